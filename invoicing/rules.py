"""Rules over the fields of an invoice. Pure: values in, values and sentences out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Sentence

Errors = dict[str, list[Sentence]]


def invoice_settled(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with the part payment dropped where there is none."""
    if values.get("invoice_part_paid"):
        return dict(values)
    return {**values, "invoice_part_paid": False, "invoice_part_paid_amount": None}


def invoice_errors(values: Mapping[str, Any], *, reject_inapplicable: bool) -> Errors:
    """Sentences of the rules that `values` (the whole invoice) break."""
    errors: Errors = {}
    issued, due = values.get("invoice_date"), values.get("invoice_due_date")
    if issued and due and due <= issued:
        errors["invoice_due_date"] = [_("The invoice due date must be after the invoice date.")]
    amount, paid = values.get("invoice_amount"), values.get("invoice_part_paid_amount")
    if values.get("invoice_part_paid"):
        if paid is None:
            errors["invoice_part_paid_amount"] = [
                Coded(
                    _("The invoice part paid amount field is required when invoice part paid is true."),
                    FieldCode.REQUIRED_WHEN,
                )
            ]
        elif amount is not None and paid > amount:
            errors["invoice_part_paid_amount"] = [_("The partial payment amount cannot exceed the invoice amount.")]
    elif reject_inapplicable and paid is not None:
        errors["invoice_part_paid_amount"] = [
            Coded(
                _("The invoice part paid amount must be null when invoice part paid is false."), FieldCode.INAPPLICABLE
            )
        ]
    return errors


def remaining(amount: Decimal, part_paid: Decimal | None) -> Decimal:
    """What remains of an invoice, as the database reckons it too."""
    return amount if part_paid is None else amount - part_paid


def is_paid(remaining: Decimal) -> bool:
    """An invoice is paid when nothing remains of it."""
    return remaining <= 0


def days_overdue(due: date | None, remaining: Decimal, today: date) -> int:
    """Whole days since the due date while something remains; 0 before it, without one, and once paid."""
    if due is None or is_paid(remaining):
        return 0
    return max(0, (today - due).days)
