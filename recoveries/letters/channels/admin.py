"""What came back: mails of strangers to be dealt with, calls of carriers, batches of letters."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.origin import staff_of
from recoveries.letters.channels.mail_intake import mail_handle
from recoveries.models import InboundHook, InboundMail, PostBatch


def _handled(request: HttpRequest, mail: InboundMail, data: dict[str, Any]) -> str:
    mail_handle(mail_id=mail.pk, by=staff_of(request))
    return _("The mail was dealt with.")


MAIL_HANDLED = ObjectAction(
    name="mail-handled",
    label=gettext_lazy("Dealt with"),
    permission="recoveries.send_email",
    perform=_handled,
    is_offered=lambda request, mail: mail.handled_at is None,
    explain=gettext_lazy(
        "It leaves the inbox of the home page. What it says about a case is entered there: a payment, a dispute, a new "
        "address."
    ),
)


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnlyStaffAdmin):
    """Taken from the mailboxes; attachments stay there."""

    holds_personal_data = True
    list_display = ("received_at", "sort", "sender", "subject", "message", "handled_at", "handled_by")
    list_filter = ("sort", ("message", admin.EmptyFieldListFilter), ("handled_at", admin.EmptyFieldListFilter))
    list_select_related = ("message", "handled_by")
    search_fields = ("sender__iexact",)
    object_actions = (MAIL_HANDLED,)
    audit_words = {"mail_handled": gettext_lazy("Mail dealt with")}
    fields = ("received_at", "sort", "message", "sender", "subject", "text", "handled_at", "handled_by")


@admin.register(InboundHook)
class InboundHookAdmin(ReadOnlyStaffAdmin):
    """Kept as they came for thirty days."""

    list_display = ("received_at", "adapter", "provider_id", "read_at", "error")
    list_filter = ("adapter",)
    search_fields = ("provider_id__iexact",)
    fields = ("received_at", "adapter", "provider_id", "as_it_came", "read_at", "attempts", "error")
    readonly_fields = ("as_it_came",)

    @admin.display(description=gettext_lazy("as it came"))
    def as_it_came(self, hook: InboundHook) -> str:
        """Its bytes as text."""
        return bytes(hook.body).decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")


@admin.register(PostBatch)
class PostBatchAdmin(ReadOnlyStaffAdmin):
    """Printed and confirmed on pages of their own."""

    list_display = ("id", "posting_day", "state", "by", "created_at", "posted_by", "posted_at")
    list_filter = ("state",)
    list_select_related = ("by", "posted_by")
    audit_words = {
        "letters_printed": gettext_lazy("Letters of a batch opened"),
        "letters_exported": gettext_lazy("Letters of a batch exported"),
    }
    fields = ("posting_day", "state", "by", "created_at", "posted_by", "posted_at")
