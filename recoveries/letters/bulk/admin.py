"""The bulk sendings of everybody: who sent what to how many. Each is worked on a page of its own."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from backoffice.admins import ReadOnlyStaffAdmin
from recoveries.models import Mailing


@admin.register(Mailing)
class MailingAdmin(ReadOnlyStaffAdmin):
    """Reviewed, confirmed and followed on pages of their own."""

    list_display = ("created_at", "kind", "channel", "state", "by", "confirmed_at", "done_at")
    list_filter = ("state", "kind", "channel")
    list_select_related = ("by",)
    audit_words = {
        "mailing_confirmed": gettext_lazy("Reminders sent to many"),
        "mailing_stopped": gettext_lazy("Sending to many stopped"),
    }
    fields = (
        *("kind", "channel", "moves_case", "with_held", "state", "by"),
        *("created_at", "reviewed_at", "confirmed_at", "done_at"),
    )
