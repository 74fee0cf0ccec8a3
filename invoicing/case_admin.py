"""Staff's door to the invoices of cases: looked up here, changed through their case."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.amounts import amount_column
from invoicing.models import Invoice
from invoicing.rules import days_overdue, is_paid
from legalcity.lib.bounded_paginator import BoundedPaginator
from legalcity.lib.clock import today


class PaidFilter(admin.SimpleListFilter):
    """By what remains to be paid."""

    title = _("paid")
    parameter_name = "paid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Three states."""
        return [("yes", _("paid")), ("no", _("not paid")), ("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        """Those in the state."""
        unpaid = queryset.filter(remaining_amount__gt=0)
        if self.value() == "yes":
            return queryset.filter(remaining_amount=0)
        if self.value() == "overdue":
            return unpaid.filter(invoice_due_date__lt=today())
        return unpaid if self.value() == "no" else queryset


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyStaffAdmin):
    """Which case an invoice stands in, what remains of it, since when it is due."""

    holds_personal_data = True
    list_display = (
        "invoice_number",
        "case",
        "debtor",
        "amount_shown",
        "remaining_shown",
        "invoice_due_date",
        "late",
    )
    list_filter = (PaidFilter, "is_disputed")
    list_select_related = ("recovery",)
    list_per_page = 50
    paginator = BoundedPaginator
    search_fields = ("search_text",)
    search_help_text = _("Number, reference of the case, or the client's own id.")
    ordering = ("-id",)
    fields = (
        "case",
        "debtor",
        "invoice_number",
        "invoice_date",
        "invoice_due_date",
        "performed_on",
        "is_disputed",
        "amount_shown",
        "part_paid_shown",
        "remaining_shown",
        "late",
        "api_invoice_id",
    )
    readonly_fields = ("case", "debtor", "late", "amount_shown", "part_paid_shown", "remaining_shown")

    amount_shown = staticmethod(amount_column("invoice_amount", _("amount")))
    part_paid_shown = staticmethod(amount_column("invoice_part_paid_amount", _("part payment")))
    remaining_shown = staticmethod(amount_column("remaining_amount", _("remaining")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        """With their cases."""
        return super().get_queryset(request).select_related("recovery")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invoice], search_term: str
    ) -> tuple[QuerySet[Invoice], bool]:
        """What looks like the reference of a case is looked for there, by its index; else the invoices are read."""
        reference = search_term.strip().upper()
        if reference.startswith("REC-"):
            return queryset.filter(recovery__recovery_reference=reference), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("case"), ordering="recovery__recovery_reference")
    def case(self, invoice: Invoice) -> SafeString:
        """The way to the case."""
        address = reverse("admin:recoveries_recovery_change", args=[invoice.recovery_id])
        return format_html('<a href="{}">{}</a>', address, invoice.recovery)

    @admin.display(description=_("debtor"))
    def debtor(self, invoice: Invoice) -> str:
        """Who owes it."""
        return invoice.recovery.debtor_company or invoice.recovery.debtor_name or "-"

    @admin.display(description=_("state"))
    def late(self, invoice: Invoice) -> SafeString:
        """Paid, or how long it is overdue."""
        if is_paid(invoice.remaining_amount):
            return format_html('<span class="lc-badge lc-badge-good">{}</span>', _("paid"))
        days = days_overdue(invoice.invoice_due_date, invoice.remaining_amount, today())
        late = ngettext("{days} day overdue", "{days} days overdue", days).format(days=days)
        tone, words = ("bad", late) if days else ("wait", _("not due yet"))
        return format_html('<span class="lc-badge lc-badge-{}">{}</span>', tone, words)
