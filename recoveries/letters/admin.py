"""The e-mails that debtors were sent, as they were sent."""

from django.contrib import admin

from backoffice.admins import ReadOnlyStaffAdmin
from recoveries.models import FormalNotice, SentEmail


@admin.register(SentEmail)
class SentEmailAdmin(ReadOnlyStaffAdmin):
    """Written by the act on a case; what became of each is seen here."""

    holds_personal_data = True
    list_display = ("recovery", "kind", "recipient", "state", "error", "user", "created_at", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("recovery", "user")
    search_fields = ("recovery__search_text", "recipient__iexact")
    fields = (
        *("recovery", "kind", "recipient", "subject", "total", "text"),
        *("state", "error", "attempts", "user", "moves_case", "created_at", "sent_at"),
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
