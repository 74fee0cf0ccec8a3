"""What the invoice calls take and give."""

from datetime import date
from typing import Any

from invoicing.models import Invoice
from invoicing.plain import read_plain
from invoicing.rules import days_overdue, is_paid
from invoicing.selectors import InvoiceRow
from invoicing.services import invoice_errors
from legalcity.api.fields import DayField, FlagField, MoneyField, TextField
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.dates import day, day_text
from legalcity.lib.money import money_text
from legalcity.lib.reading import Manner
from legalcity.lib.settings.live import live

NUMBER_LENGTH = "INVOICE_NUMBER_LENGTH"  # the system setting: characters of an invoice number or reference


def number_length() -> int:
    """Characters of an invoice number or reference, as of now."""
    return int(live.INVOICE_NUMBER_LENGTH)


class InvoiceSerializer(ContractSerializer):
    """An invoice as clients send it."""

    invoice_number = TextField(limit=NUMBER_LENGTH)
    invoice_date = DayField()
    invoice_due_date = DayField(required=False, allow_null=True)
    invoice_amount = MoneyField()
    invoice_part_paid = FlagField(required=False)
    invoice_part_paid_amount = MoneyField(required=False, allow_null=True)
    api_invoice_id = TextField(limit=NUMBER_LENGTH, required=False, allow_null=True)
    performed_on = DayField(required=False, allow_null=True)
    is_disputed = FlagField(required=False)

    def read_plainly(self, data: Any) -> dict[str, Any] | None:
        """An invoice in the usual forms."""
        return read_plain(data, longest=number_length())

    def read_all_plainly(self, items: list[Any]) -> list[dict[str, Any]] | None:
        """Whole invoices that a program sent; None unless each of them is plain."""
        if self.manner is not Manner.MACHINE:
            return None
        longest, found = number_length(), []
        for item in items:
            if (plain := read_plain(item, longest=longest)) is None:
                return None
            found.append(plain)
        return found

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """The rules of the room."""
        return invoice_errors(values)


def invoice_payload(invoice: Invoice | InvoiceRow, recovery: dict[str, Any] | None, today: date) -> dict[str, Any]:
    """An invoice as the API shows it; `recovery` is what the call tells of its case, if anything."""
    payload: dict[str, Any] = {
        "id": invoice.id,
        "recovery_id": invoice.recovery_id,
        "invoice_amount": money_text(invoice.invoice_amount),
        "invoice_number": invoice.invoice_number,
        "invoice_date": day_text(invoice.invoice_date),
        "invoice_due_date": day_text(invoice.invoice_due_date),
        "invoice_part_paid": bool(invoice.invoice_part_paid),
        "invoice_part_paid_amount": money_text(invoice.invoice_part_paid_amount),
        "remaining_amount": money_text(invoice.remaining_amount),
        "api_invoice_id": invoice.api_invoice_id,
        "is_paid": is_paid(invoice.remaining_amount),
        "days_overdue": days_overdue(day(invoice.invoice_due_date), invoice.remaining_amount, today),
    }
    if recovery is not None:
        payload["recovery"] = recovery
    payload["performed_on"] = day_text(invoice.performed_on)
    payload["is_disputed"] = bool(invoice.is_disputed)
    return payload
