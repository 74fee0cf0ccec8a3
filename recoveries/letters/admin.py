"""What debtors and creditors were sent, as it was sent."""

from django.contrib import admin

from backoffice.admins import ReadOnlyStaffAdmin
from recoveries.letters.posting_acts import RECEIPT_POSTED
from recoveries.models import CreditorNotice, FormalNotice, SentEmail


@admin.register(SentEmail)
class SentEmailAdmin(ReadOnlyStaffAdmin):
    """Written by the act on a case, receipts by the payment; what became of each is seen here."""

    holds_personal_data = True
    list_display = ("recovery", "kind", "recipient", "state", "error", "user", "created_at", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("recovery", "user")
    search_fields = ("recovery__search_text", "recipient__iexact")
    object_actions = (RECEIPT_POSTED,)
    fields = (
        *("recovery", "kind", "recipient", "subject", "total", "payment", "text"),
        *("state", "error", "attempts", "user", "moves_case", "created_at", "sent_at"),
    )


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
