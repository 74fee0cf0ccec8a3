"""What the calls on protected invoices take and give."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from invoicing.models import ProtectedInvoice
from invoicing.protected.rules import is_overdue, is_paid
from invoicing.protected.services import protected_errors
from invoicing.serializers import NUMBER_LENGTH
from legalcity.api.fields import DayField, DigitsField, LinesField, MoneyField, TextField, WordField
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.dates import day_text, moment_text
from legalcity.lib.money import money_text
from legalcity.lib.reading.identifiers import SIREN

DESCRIPTION = 2000  # characters


class StatusField(WordField):
    """Where an invoice stands."""

    default_error_messages = {"invalid_choice": _("Status must be one of: pending, paid, cancelled.")}

    def __init__(self, **kwargs: bool) -> None:
        super().__init__(ProtectedInvoice.Status.values, **kwargs)


class ProtectedInvoiceSerializer(ContractSerializer):
    """A protected invoice as clients send it; `owner` (in the context) is whose it will be."""

    api_invoice_id = TextField(limit=NUMBER_LENGTH)
    siren = DigitsField(length=SIREN)
    invoice_number = TextField(limit=NUMBER_LENGTH)
    due_date = DayField()
    amount = MoneyField()
    currency = WordField(ProtectedInvoice.Currency.values, required=False, allow_null=True)
    status = StatusField(required=False, allow_null=True)
    description = LinesField(limit=DESCRIPTION, required=False, allow_null=True)

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """The rules of the room."""
        return protected_errors(owner=self.context["owner"], values=values)


class StatusSerializer(ContractSerializer):
    """The one thing that may be changed."""

    status = StatusField()


def protected_payload(invoice: ProtectedInvoice, today: date, *, with_description: bool) -> dict[str, Any]:
    """A protected invoice as the API shows it; lists and the change of a status leave its description out."""
    amount = money_text(invoice.amount)
    description = {"description": invoice.description} if with_description else {}
    return {
        "id": invoice.pk,
        "api_invoice_id": invoice.api_invoice_id,
        "tracking_code": invoice.tracking_code,
        "siren": invoice.siren,
        "invoice_number": invoice.invoice_number,
        "due_date": day_text(invoice.due_date),
        "amount": amount,
        "currency": invoice.currency,
        "status": invoice.status,
        "status_label": ProtectedInvoice.Status(invoice.status).label,
        **description,
        "formatted_amount": f"{amount} {invoice.currency}",
        "is_overdue": is_overdue(invoice.status, invoice.due_date, today),
        "is_paid": is_paid(invoice.status),
        "created_at": moment_text(invoice.created_at),
        "updated_at": moment_text(invoice.updated_at),
    }
