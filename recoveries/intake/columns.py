"""The columns of a file of cases: those of a complete case in the API, under the same names.

`case` is a key of the file's own: rows with the same key are one case with several invoices. A row without a key is a
case of its own.
"""

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from legalcity.api.fields import CodeField, DayField, FlagField, MoneyField, PercentField
from recoveries.serializers import CompleteSerializer

CASE = "case"
PARTS = ("recovery", "customer", "debtor")
INVOICE = "invoice"
# A court's case begins by a transfer, and staff assign handlers afterwards.
NOT_IMPORTED = frozenset({"recovery.type", "recovery.assign_to_me"})
YES_WORDS = {"yes", "oui", "vrai", "true", "1", "x"}
NO_WORDS = {"no", "non", "faux", "false", "0"}

EXAMPLES: tuple[Mapping[str, str], ...] = (
    {
        "case": "A",
        "recovery.recovery_service_object": "Travaux de peinture",
        "recovery.recovery_due_date": "2026-03-31",
        "recovery.recovery_late_interest": "oui",
        "recovery.recovery_interest_rate": "yes 3",
        "customer.company_type": "commercial",
        "customer.company_legal_form": "SARL",
        "customer.company_siren": "732829320",
        "customer.company_name": "Peintures Martin",
        "customer.company_legalrep_firstname": "Claire",
        "customer.company_legalrep_lastname": "Martin",
        "customer.company_country": "France",
        "debtor.company_type": "commercial",
        "debtor.company_legal_form": "SAS",
        "debtor.company_siren": "552100554",
        "debtor.company_name": "Immobilière du Lac",
        "debtor.company_legalrep_firstname": "Paul",
        "debtor.company_legalrep_lastname": "Durand",
        "debtor.company_address": "12 rue du Lac",
        "debtor.company_postal": "74000",
        "debtor.company_city": "Annecy",
        "debtor.company_country": "France",
        "invoice.invoice_number": "F-2026-001",
        "invoice.invoice_date": "2026-02-01",
        "invoice.invoice_due_date": "2026-03-03",
        "invoice.invoice_amount": "1500.00",
    },
    {
        "case": "A",
        "invoice.invoice_number": "F-2026-007",
        "invoice.invoice_date": "2026-03-01",
        "invoice.invoice_due_date": "2026-03-31",
        "invoice.invoice_amount": "820.50",
    },
)


@cache
def fields() -> dict[str, Any]:
    """The columns but `case`, each with the field of the API that reads it."""
    complete: Any = CompleteSerializer().fields
    parts: dict[str, Any] = {part: complete[part].fields for part in PARTS}
    parts[INVOICE] = complete["invoices"].child.fields
    return {
        f"{part}.{name}": field
        for part, named in parts.items()
        for name, field in named.items()
        if f"{part}.{name}" not in NOT_IMPORTED
    }


class Kind(Enum):
    """What a column holds, as far as cells of workbooks are read in different ways."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"
    FLAG = "flag"


_KINDS = {
    MoneyField: Kind.NUMBER,
    CodeField: Kind.NUMBER,
    PercentField: Kind.PERCENT,
    DayField: Kind.DAY,
    FlagField: Kind.FLAG,
}


@cache
def kind_of(column: str) -> Kind:
    """What `column` holds. Names, words, identifiers, and what nobody knows are text."""
    field = fields().get(column)
    return next((kind for cls, kind in _KINDS.items() if isinstance(field, cls)), Kind.TEXT)


def columns() -> tuple[str, ...]:
    """All columns in the order of the template."""
    return (CASE, *fields())


def template_rows() -> list[list[str]]:
    """The headings, and an example of a case with two invoices."""
    return [list(columns()), *([example.get(column, "") for column in columns()] for example in EXAMPLES)]


def api_text(column: str, text: str) -> str:
    """What a person wrote in a cell, as a flag of the API where the column is one. The rest is read as written."""
    if kind_of(column) is not Kind.FLAG:
        return text
    word = text.strip().casefold()
    return "1" if word in YES_WORDS else "0" if word in NO_WORDS else text
