"""Reads of invoices."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from invoicing.models import Invoice
from legalcity.lib.money import money_text

ZERO = Decimal(0)


class InvoiceRow(NamedTuple):
    """What the API shows of an invoice, as columns; amounts and days as the database or its JSON gives them."""

    id: int
    recovery_id: int
    invoice_amount: Any
    invoice_number: str
    invoice_date: Any
    invoice_due_date: Any
    invoice_part_paid: bool
    invoice_part_paid_amount: Any
    remaining_amount: Any
    api_invoice_id: str | None
    performed_on: Any
    is_disputed: bool


def invoices_summary(invoices: QuerySet[Invoice], today: date) -> tuple[int, dict[str, Any]]:
    """How many `invoices` there are, and the contract's summary of them. One statement."""
    sums = invoices.order_by().aggregate(
        n=Count("pk"),
        amount=Sum("invoice_amount"),
        remaining=Sum("remaining_amount"),
        part=Count("pk", filter=Q(invoice_part_paid_amount__gt=0, invoice_part_paid_amount__lt=F("invoice_amount"))),
        overdue=Count("pk", filter=Q(invoice_due_date__lt=today, remaining_amount__gt=0)),
    )
    amount, remaining = sums["amount"] or ZERO, sums["remaining"] or ZERO
    return sums["n"], {
        "total_amount": money_text(amount),
        "total_paid": money_text(amount - remaining),
        "total_remaining": money_text(remaining),
        "partially_paid_count": sums["part"],
        "overdue_count": sums["overdue"],
    }
