"""Staff's door to protected invoices: look, and change the status."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.actions import ObjectAction
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.amounts import amount_shown
from backoffice.lookups import StandingInline
from backoffice.origin import staff_of
from invoicing.models import ProtectedInvoice, ProtectedInvoiceChange
from invoicing.protected.services import protected_status_change

Status = ProtectedInvoice.Status


def _status_action(status: Status, label: Any) -> ObjectAction:
    """The act of giving a protected invoice `status`."""

    def perform(request: HttpRequest, invoice: ProtectedInvoice, _data: dict[str, Any]) -> None:
        protected_status_change(invoice_id=invoice.pk, to_status=status, by=staff_of(request))

    return ObjectAction(
        name=f"protected_{status.value}",
        label=label,
        permission="change_protectedinvoice",
        perform=perform,
        is_offered=lambda request, invoice: invoice.status != status,
        explain=_("The client sees the new status at once; the change is recorded under your name."),
    )


class ChangeInline(StandingInline):
    """The status history of a protected invoice, oldest first."""

    model = ProtectedInvoiceChange
    fields = readonly_fields = ("created_at", "from_status", "to_status", "user")


@admin.register(ProtectedInvoice)
class ProtectedInvoiceAdmin(ReadOnlyStaffAdmin):
    """Invoices that clients protect, with the history of their status."""

    list_display = ("tracking_code", "owner", "siren", "invoice_number", "due_date", "amount_shown", "status")
    list_filter = ("status", "currency")
    list_select_related = ("owner",)
    search_fields = ("search_text", "tracking_code__iexact", "siren__exact", "owner__search_text")
    date_hierarchy = "due_date"
    inlines = (ChangeInline,)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, invoice: ProtectedInvoice) -> str:
        """With its currency."""
        return amount_shown(invoice.amount, invoice.currency)

    object_actions = bulk_actions = (
        _status_action(Status.PAID, _("Record as paid")),
        _status_action(Status.CANCELLED, _("Cancel")),
        _status_action(Status.PENDING, _("Back to waiting for payment")),
    )
