"""What debtors and creditors were sent, as it was sent."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.origin import staff_of
from law.contact import Outcome
from legalcity.lib.errors import Sentence
from recoveries.letters.channels.resend_acts import RESEND
from recoveries.letters.channels.telling import facts_told, paper_told
from recoveries.letters.exhibit_acts import FILE_MESSAGE
from recoveries.letters.holding_acts import CANCEL_LETTER, LIFT_LETTER
from recoveries.letters.message_pages import MessagePages
from recoveries.letters.posting_acts import RECEIPT_POSTED
from recoveries.letters.telling import beside_told, verdict_told, why_told
from recoveries.models import ClientRhythm, CreditorNotice, FormalNotice, Message, PartyFact

State = Message.State
TONES: dict[str, str] = {
    **dict.fromkeys((State.HELD, State.PLANNED, State.TO_POST, State.SENDING), "wait"),
    **dict.fromkeys((State.SENT, State.DELIVERED, State.OPENED), "good"),
    **dict.fromkeys((State.BOUNCED, State.RETURNED, State.REFUSED, State.UNCLAIMED), "bad"),
    **dict.fromkeys((State.EXPIRED, State.FAILED), "bad"),
}
# What is shown only of a message that has it → the column that says so.
MAY_LACK = {
    **{name: name for name in ("recipient", "address", "header_id", "provider", "provider_ref", "cost", "sent_at")},
    **{name: name for name in ("subject", "text", "total", "extra", "attempts", "error")},
    **{"template_version": "template_version_id", "payment": "payment_id", "account_sha256": "decompte_sha256"},
}


def day_shown(moment: datetime) -> str:
    """The day of a moment, in the short form of the language."""
    return date_format(localtime(moment), "SHORT_DATE_FORMAT")


class HandlerFilter(admin.SimpleListFilter):
    """On one's own cases; the morning's e-mail leads here."""

    title = gettext_lazy("handler")
    parameter_name = "handler"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """As in the list of cases."""
        return [("me", gettext_lazy("me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Those of the cases that who asks handles."""
        return queryset.filter(recovery__user=staff_of(request)) if self.value() == "me" else queryset


@admin.register(Message)
class MessageAdmin(MessagePages, ReadOnlyStaffAdmin):
    """Written by the act on a case, receipts by the payment; what became of each is seen here."""

    holds_personal_data = True
    list_display = ("recovery", "letter", "addressee", "standing", "written", "left")
    list_filter = ("state", HandlerFilter, "channel", "kind", "runs__step__needs_approval")
    list_select_related = ("recovery",)
    search_fields = ("recovery__search_text", "recipient__iexact")
    object_actions = (RECEIPT_POSTED, LIFT_LETTER, CANCEL_LETTER, RESEND, FILE_MESSAGE)
    audit_words = {
        "hold_lifted": gettext_lazy("Hold of a letter lifted"),
        "message_resent": gettext_lazy("Message sent again"),
        "letter_left_already": gettext_lazy("Letter had left before what speaks against it was known"),
    }
    readonly_fields = ("verdict", "became", "paper", "account_sha256", "beside")
    fields = (
        *("recovery", "beside", "kind", "channel", "recipient", "address", "state", "became"),
        *("paper", "template_version", "account_sha256"),
        *("verdict", "judged_at", "error", "header_id", "provider", "provider_ref", "cost"),
        *("subject", "total", "payment", "extra", "text"),
        *("attempts", "user", "moves_case", "created_at", "sent_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """With the case, by which a message is called."""
        return super().get_queryset(request).select_related("recovery")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what there is nothing to say of: a letter by post has no Message-ID, one that is held no words."""
        if obj is None:
            return self.fields
        is_said = (obj.guard or {}).get("verdict", Outcome.SEND) != Outcome.SEND  # by the verdict, reason by reason
        return [
            name
            for name in self.fields
            if (name not in MAY_LACK or getattr(obj, MAY_LACK[name])) and not (is_said and name == "error")
        ]

    @admin.display(description=gettext_lazy("letter"), ordering="kind")
    def letter(self, email: Message) -> Sentence:
        """Which one it is, and how it goes."""
        channel = email.get_channel_display()
        return format_html('{}<br><span class="lc-quiet">{}</span>', email.get_kind_display(), channel)

    @admin.display(description=gettext_lazy("recipient"), ordering="recipient")
    def addressee(self, email: Message) -> str:
        """Where it goes: an address on the net, a phone, or the name on the envelope."""
        return email.recipient or email.address.partition("\n")[0] or "–"

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def standing(self, email: Message) -> Sentence:
        """Where it is; of one that waits or did not leave, why, in a few words."""
        tone = TONES.get(email.state, "")
        return format_html(
            '<span class="lc-badge{}">{}</span>{}',
            tone and f" lc-badge-{tone}",
            email.get_state_display(),
            format_html('<br><span class="lc-quiet">{}</span>', why) if (why := why_told(email)) else "",
        )

    @admin.display(description=gettext_lazy("written on"), ordering="created_at")
    def written(self, email: Message) -> str:
        """The day."""
        return day_shown(email.created_at)

    @admin.display(description=gettext_lazy("sent on"), ordering="sent_at")
    def left(self, email: Message) -> str:
        """The day, of one that has left."""
        return day_shown(email.sent_at) if email.sent_at else "–"

    @admin.display(description=gettext_lazy("verdict"))
    def verdict(self, email: Message) -> Sentence:
        """What the guard said last, with the articles, and what is not asked for."""
        return verdict_told(email)

    @admin.display(description=gettext_lazy("what became of it"))
    def became(self, email: Message) -> Sentence:
        """What mail servers, carriers and staff have told, oldest first."""
        return facts_told(email)

    @admin.display(description=gettext_lazy("paper (PDF)"))
    def paper(self, email: Message) -> Sentence:
        """The letter as it left, or the account that an e-mail encloses."""
        return paper_told(email)

    @admin.display(description=gettext_lazy("further cases of the message"))
    def beside(self, email: Message) -> Sentence:
        """The cases that went, or go, in one message with this one."""
        return beside_told(email)

    @admin.display(description=gettext_lazy("account (SHA-256)"))
    def account_sha256(self, email: Message) -> str:
        """By which the account that it encloses is known again."""
        return email.decompte_sha256


@admin.register(PartyFact)
class PartyFactAdmin(ReadOnlyStaffAdmin):
    """Entered and withdrawn by acts on a case."""

    holds_personal_data = True
    list_display = ("party", "kind", "value", "since", "by", "created_at", "withdrawn_at")
    list_filter = ("kind",)
    list_select_related = ("party", "by")
    fields = (
        *("party", "kind", "value", "since", "published_on", "note", "proof"),
        *("by", "created_at", "withdrawn_at", "withdrawn_by"),
    )


@admin.register(ClientRhythm)
class ClientRhythmAdmin(StaffAdmin):
    """Written by managers."""

    list_display = ("owner", "reminder_days", "formal_notice_days", "per_week", "per_month")
    list_select_related = ("owner",)
    autocomplete_fields = ("owner",)


@admin.register(CreditorNotice)
class CreditorNoticeAdmin(ReadOnlyStaffAdmin):
    """Written by each payment; what became of each is seen here."""

    holds_personal_data = True
    list_display = ("posting", "recipient", "subject", "state", "error", "created_at", "sent_at")
    list_filter = ("state",)
    list_select_related = ("posting",)
    search_fields = ("posting__recovery__search_text", "recipient__iexact")
    fields = (
        *("posting", "payment", "recipient", "subject", "text"),
        *("state", "error", "attempts", "created_at", "sent_at"),
    )


@admin.register(FormalNotice)
class FormalNoticeAdmin(ReadOnlyStaffAdmin):
    """Written by the sending of a letter and by the act on a case."""

    holds_personal_data = True
    list_display = ("recovery", "channel", "state", "sent_on", "presented_on", "received_on", "by", "created_at")
    list_filter = ("state", "channel")
    list_select_related = ("recovery", "by")
    search_fields = ("recovery__recovery_reference",)
    fields = (
        *("recovery", "amount", "channel", "state", "sent_on", "presented_on", "received_on"),
        *("proof", "by", "created_at"),
    )
