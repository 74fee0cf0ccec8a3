"""What happens to the unpaid invoices of cases."""

from django.utils.translation import gettext_lazy as _

from events.schemas import AMOUNT, DAY, FLAG, ID, REFERENCE, fields, or_null, some_of, thing, told
from events.types import Json, event_type
from invoicing.models import Invoice

TOLD = {
    "invoice_number": REFERENCE,
    "invoice_date": DAY,
    "invoice_due_date": or_null(DAY),
    "invoice_amount": AMOUNT,
    "invoice_part_paid": FLAG,
    "invoice_part_paid_amount": or_null(AMOUNT),
    "performed_on": or_null(DAY),
}
_INVOICE = thing("invoice", {"recovery_id": ID, "invoice_number": REFERENCE})
_EXAMPLE: Json = {"type": "invoice", "id": 41, "recovery_id": 25, "invoice_number": "2026-014"}

INVOICE_CREATED = event_type(
    "invoice.created",
    _("An invoice was added to a case."),
    told(_INVOICE, current=fields(TOLD)),
    {
        "object": _EXAMPLE,
        "current": {
            "invoice_number": "2026-014",
            "invoice_date": "2026-02-13",
            "invoice_due_date": "2026-03-15",
            "invoice_amount": "6000.00",
            "invoice_part_paid": False,
            "invoice_part_paid_amount": None,
            "performed_on": None,
        },
    },
)
INVOICE_UPDATED = event_type(
    "invoice.updated",
    _("An invoice was changed."),
    told(_INVOICE, previous=some_of(TOLD), current=some_of(TOLD)),
    {
        "object": _EXAMPLE,
        "previous": {"invoice_amount": "6000.00"},
        "current": {"invoice_amount": "5800.00"},
    },
)
INVOICE_DELETED = event_type(
    "invoice.deleted", _("An invoice was deleted from its case."), told(_INVOICE), {"object": _EXAMPLE}
)
# Told by the ledger of the case, which knows what is owed.
INVOICE_SETTLED = event_type(
    "invoice.settled",
    _("Nothing is owed of an invoice any more, neither principal nor interest nor indemnity."),
    told(_INVOICE),
    {"object": _EXAMPLE},
)


def invoice_object(invoice: Invoice) -> Json:
    """An invoice as events name it."""
    return invoice_named(invoice.pk, invoice.recovery_id, invoice.invoice_number)


def invoice_named(pk: int, recovery_id: int, number: str) -> Json:
    """The same, of what is known of one elsewhere."""
    return {"type": "invoice", "id": pk, "recovery_id": recovery_id, "invoice_number": number}
