"""Invoices as the API answers them."""

from invoicing.models import ProtectedInvoice
from legalcity.api.components import (
    COUNT,
    DAY,
    FLAG,
    ID,
    MOMENT,
    MONEY,
    TEXT,
    Schema,
    component,
    described,
    fields,
    one_of,
    or_null,
)

_SIREN: Schema = {"type": "string", "pattern": "^[0-9]{9}$"}
_FIELDS: Schema = {
    "id": ID,
    "recovery_id": ID,
    "invoice_amount": MONEY,
    "invoice_number": TEXT,
    "invoice_date": DAY,
    "invoice_due_date": or_null(DAY),
    "invoice_part_paid": FLAG,
    "invoice_part_paid_amount": or_null(MONEY),
    "remaining_amount": described(MONEY, "The amount less what was paid, without interest."),
    "api_invoice_id": or_null(TEXT),
    "is_paid": FLAG,
    "days_overdue": COUNT,
}
_ADDED: Schema = {"performed_on": or_null(DAY), "is_disputed": FLAG}
_CASE: Schema = {
    "id": ID,
    "recovery_reference": TEXT,
    "debtor_name": or_null(TEXT),
    "debtor_company": or_null(TEXT),
}
_CASE_OF_ROW: Schema = {
    **{name: _CASE[name] for name in ("id", "recovery_reference", "debtor_name")},
    "recovery_last_status": described(ID, "The status of the case."),
}


def _with_case(case: Schema) -> Schema:
    return fields({**_FIELDS, "recovery": case, **_ADDED})


CASE_BRIEF = component("CaseBrief", fields(_CASE), "The case that a thing belongs to.")
CASE_INVOICE = component("CaseInvoice", fields({**_FIELDS, **_ADDED}), "An invoice in the answer on its case.")
INVOICE_ROW = component("InvoiceRow", _with_case(fields(_CASE_OF_ROW)), "An invoice in a list.")
INVOICE = component("Invoice", _with_case(CASE_BRIEF), "An invoice.")
INVOICE_DETAIL = component(
    "InvoiceDetail", _with_case(fields({**_CASE, "case_status": one_of(["active", "closed"])})), "One invoice."
)
INVOICES_SUMMARY = component(
    "InvoicesSummary",
    fields(
        {
            "total_amount": MONEY,
            "total_paid": MONEY,
            "total_remaining": MONEY,
            "partially_paid_count": COUNT,
            "overdue_count": COUNT,
        }
    ),
    "Over all invoices that the filters let through.",
)
FILED_INVOICE = component(
    "FiledInvoice",
    fields(
        {
            "id": ID,
            **{name: _FIELDS[name] for name in ("invoice_number", "invoice_amount", "invoice_date")},
            "remaining_amount": MONEY,
        }
    ),
    "An invoice that was filed with its case.",
)

_PROTECTED: Schema = {
    "id": ID,
    "api_invoice_id": TEXT,
    "tracking_code": TEXT,
    "siren": _SIREN,
    "invoice_number": TEXT,
    "due_date": DAY,
    "amount": MONEY,
    "currency": one_of(ProtectedInvoice.Currency),
    "status": one_of(ProtectedInvoice.Status),
    "status_label": described(TEXT, "The status in French."),
    "formatted_amount": TEXT,
    "is_overdue": FLAG,
    "is_paid": FLAG,
    "created_at": MOMENT,
    "updated_at": MOMENT,
}
PROTECTED_ROW = component("ProtectedInvoiceRow", fields(_PROTECTED), "A protected invoice without its description.")
PROTECTED = component("ProtectedInvoice", fields({**_PROTECTED, "description": or_null(TEXT)}), "A protected invoice.")
