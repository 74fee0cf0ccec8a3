"""What happens to the unpaid invoices of cases, to protected invoices, and to those of the firm."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import (
    AMOUNT,
    DAY,
    FLAG,
    ID,
    REFERENCE,
    WORD,
    change,
    fields,
    one_of,
    or_null,
    plain,
    thing,
    told,
)
from events.services import Ref, Told, changes_of
from events.types import EventType, Json, event_type
from invoicing.models import FirmInvoice, Invoice, ProtectedInvoice

# --- invoices of cases -----------------------------------------------------------------------------------------------

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
    change(_INVOICE, TOLD),
    {
        "object": _EXAMPLE,
        "previous": {"invoice_amount": "6000.00"},
        "current": {"invoice_amount": "5800.00"},
        "changed": ["invoice_amount"],
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


# --- protected invoices ----------------------------------------------------------------------------------------------
_PROTECTED = thing("protected_invoice", {"api_invoice_id": REFERENCE, "tracking_code": REFERENCE})
_GUARDED: Json = {
    "type": "protected_invoice",
    "id": 8,
    "api_invoice_id": "INV-202405252001",
    "tracking_code": "fyn_INV-202405252001",
}
_PROTECTED_STATUS = fields({"status": one_of(ProtectedInvoice.Status)})

PROTECTED_CREATED = event_type(
    "protected_invoice.created",
    _("An invoice was put under protection."),
    told(_PROTECTED, current=_PROTECTED_STATUS),
    {"object": _GUARDED, "current": {"status": "pending"}},
)
PROTECTED_STATUS_CHANGED = event_type(
    "protected_invoice.status_changed",
    _("A protected invoice has another status."),
    told(_PROTECTED, previous=_PROTECTED_STATUS, current=_PROTECTED_STATUS),
    {"object": _GUARDED, "previous": {"status": "pending"}, "current": {"status": "paid"}},
)


def protected_event(
    declared: EventType, invoice: ProtectedInvoice, *, by: User | None, before: str | None = None
) -> Told:
    """A protected invoice that is new, or has another status than `before`."""
    about = {
        "type": "protected_invoice",
        "id": invoice.pk,
        "api_invoice_id": invoice.api_invoice_id,
        "tracking_code": invoice.tracking_code,
    }
    data: Json = {"object": about, "current": {"status": str(invoice.status)}}
    if before is not None:
        data["previous"] = {"status": before}
    return Told(
        type=declared,
        owner_id=invoice.owner_id,
        obj=Ref("protected_invoice", invoice.pk),
        data=data,
        changes=changes_of(invoice, {"status": [before, str(invoice.status)]}) if before is not None else None,
        by=by,
    )


# --- invoices of the firm --------------------------------------------------------------------------------------------
_PAPER = fields({"type": {"const": "firm_invoice"}, "id": REFERENCE, "reference": REFERENCE})
_PAPER_EXAMPLE: Json = {
    "type": "firm_invoice",
    "id": "0b8cdb6f-3f0b-4a3c-9a57-5a2e7c0f9f11",
    "reference": "F-2026-0012",
}

FIRM_INVOICE_ISSUED = event_type(
    "firm_invoice.issued",
    _("The firm has issued an invoice to the client, or a credit note that corrects one."),
    told(
        _PAPER,
        current=fields(
            {"total": AMOUNT, "currency": WORD, "due_on": DAY, "is_credit_note": FLAG, "corrects": or_null(REFERENCE)}
        ),
    ),
    {
        "object": _PAPER_EXAMPLE,
        "current": {
            "total": "240.00",
            "currency": "EUR",
            "due_on": "2026-12-28",
            "is_credit_note": False,
            "corrects": None,
        },
    },
)
FIRM_INVOICE_PAID = event_type(
    "firm_invoice.paid",
    _("An invoice of the firm is paid: nothing of it is left."),
    told(_PAPER, current=fields({"on": DAY})),
    {"object": _PAPER_EXAMPLE, "current": {"on": "2026-12-20"}},
)


def issued_current(invoice: FirmInvoice) -> Json:
    """What an issued paper says."""
    return {
        "total": plain(invoice.total),
        "currency": invoice.currency.name_short,
        "due_on": plain(invoice.due_on),
        "is_credit_note": invoice.is_credit_note,
        "corrects": str(invoice.corrects_id) if invoice.corrects_id else None,
    }


def firm_invoice_events(
    declared: EventType, invoice: FirmInvoice, *, members: Sequence[int], by: User | None, current: Json
) -> list[Told]:
    """An event for each user (`members`, by their ids) of the billed client; of one without users the firm's alone."""
    about = {"type": "firm_invoice", "id": str(invoice.pk), "reference": invoice.reference}
    owners: Sequence[int | None] = members or [None]
    return [
        Told(
            type=declared,
            owner_id=owner_id,
            obj=Ref("firm_invoice", str(invoice.pk)),
            data={"object": about, "current": current},
            by=by,
        )
        for owner_id in owners
    ]
