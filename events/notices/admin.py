"""What clients and staff are told by e-mail, as it was sent; what clients have chosen; addresses that are held."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.actions import ObjectAction, Reason
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.home import Panel, Row, Viewer, first_rows, panel_register
from backoffice.origin import staff_of
from backoffice.user_facts import user_fact
from events.models import Notice, Preference, Recipient
from events.notices.delivery import notice_resend, recipient_release
from events.notices.tokens import links_hidden
from legalcity.lib.errors import Sentence

RESEND = ObjectAction(
    name="resend",
    label=_("Send again"),
    permission="events.manage_notices",
    is_offered=lambda request, notice: notice.state == Notice.State.FAILED,
    explain=_("The same words go to the same address once more."),
    perform=lambda request, notice, data: _resent(request, notice),
)
RELEASE = ObjectAction(
    name="release",
    label=_("Release"),
    permission="events.manage_notices",
    form=Reason,
    is_offered=lambda request, recipient: recipient.held_at is not None,
    explain=_("Notices go to this address again from now on. Make sure first that it takes e-mails."),
    perform=lambda request, recipient, data: _released(request, recipient),
)


def _resent(request: HttpRequest, notice: Notice) -> Sentence:
    notice_resend(notice_id=notice.pk, by=staff_of(request))
    return _("The notice is on its way again.")


def _released(request: HttpRequest, recipient: Recipient) -> Sentence:
    recipient_release(recipient_id=recipient.pk, by=staff_of(request))
    return _("The address is written to again.")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyStaffAdmin):
    """Written by the machine; what became of each is seen here. Who sees some cases only sees their own alerts."""

    holds_personal_data = True
    list_display = ("owner", "group", "recipient", "state", "error", "created_at", "sent_at")
    list_filter = ("state", "group")
    list_select_related = ("owner",)
    search_fields = ("owner__search_text", "recipient__iexact")
    object_actions = (RESEND,)
    bulk_actions = (RESEND,)
    fields = (
        *("owner", "group", "recipient", "subject", "words"),
        *("state", "error", "attempts", "created_at", "sent_at"),
    )

    @admin.display(description=_("text"))
    def words(self, notice: Notice) -> str:
        """As they went out, but for the links: who opens one acts for the recipient."""
        return links_hidden(notice.text)


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyStaffAdmin):
    """Chosen by clients through the API; what has no row here is told as usual."""

    list_display = ("owner", "group", "mode", "told_to", "language", "updated_at")
    list_filter = ("group", "mode")
    list_select_related = ("owner",)
    search_fields = ("owner__search_text",)
    holds_personal_data = True
    fields = ("owner", "group", "mode", "told_to", "language", "updated_at")

    @admin.display(description=_("recipients"))
    def told_to(self, preference: Preference) -> str:
        """The addresses."""
        return ", ".join(preference.recipients) or "–"


class HeldFilter(admin.SimpleListFilter):
    """Whether an address is held, or has yet to confirm."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Three of them."""
        return [("held", _("held")), ("pending", _("not confirmed")), ("open", _("written to"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Recipient]) -> QuerySet[Recipient]:
        """The chosen one."""
        conditions = {
            "held": Q(held_at__isnull=False),
            "pending": Q(confirmed_at=None, asked_at__isnull=False),
            "open": Q(held_at=None, confirmed_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Recipient)
class RecipientAdmin(ReadOnlyStaffAdmin):
    """Named by clients; one that a mail server refuses is held until staff release it."""

    holds_personal_data = True
    list_display = ("email", "owner", "confirmed_at", "held_at", "held_reason")
    list_filter = (HeldFilter,)
    list_select_related = ("owner",)
    search_fields = ("owner__search_text", "email__iexact")
    object_actions = (RELEASE,)
    fields = ("owner", "email", "asked_at", "confirmed_at", "held_at", "held_reason", "created_at")


def held_addresses(_viewer: Viewer) -> Panel:
    """Addresses that take no e-mails: somebody has to ask the client for another one. The latest first."""
    held = Recipient.objects.filter(held_at__isnull=False).select_related("owner").order_by("-held_at", "-id")
    count, rows = first_rows(held)
    return Panel(
        title=_t("Addresses that refuse notices"),
        count=count,
        url=f"{reverse('admin:events_recipient_changelist')}?standing=held",
        rows=[
            Row(text=row.email, url=reverse("admin:events_recipient_change", args=[row.pk]), note=str(row.owner))
            for row in rows
        ],
        empty=_t("Every address takes its notices."),
        tone="wait",
    )


panel_register("held", position=80, permission="events.manage_notices", read=held_addresses)


@user_fact
def notices_fact(user: User) -> tuple[Sentence, Sentence]:
    """Where a client's notices are found."""
    address = f"{reverse('admin:events_notice_changelist')}?owner__id__exact={user.pk}"
    return _("Notices by e-mail"), format_html('<a href="{}">{}</a>', address, _t("Show them"))
