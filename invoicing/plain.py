"""Invoices that are plainly right, read without a serializer: of a case of 500 it took more than all the rest.

Whatever is read here, `InvoiceSerializer` reads with the same values; of anything else it finds the sentences.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from legalcity.lib.dates import EARLIEST, LATEST

NEEDED = {"invoice_number", "invoice_date", "invoice_amount"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch
_FORMS = {
    "invoice_number": re.compile(r"[A-Za-z0-9]+(?:[-_./ ][A-Za-z0-9]+)*", re.ASCII).fullmatch,
    "invoice_date": _DAY,
    "invoice_due_date": _DAY,
    "invoice_amount": re.compile(r"\d{1,12}\.\d{2}", re.ASCII).fullmatch,
}


def read_plain(data: Any, *, longest: int) -> dict[str, Any] | None:
    """An invoice of nothing but texts in their usual forms, its number at most `longest` characters; else None."""
    if type(data) is not dict or not data.keys() >= NEEDED:
        return None
    for name, value in data.items():
        is_plain = _FORMS.get(name)
        if is_plain is None or type(value) is not str or is_plain(value) is None:
            return None
    if len(data["invoice_number"]) > longest:
        return None
    values = {name: data[name] for name in _FORMS if name in data}
    try:
        issued = values["invoice_date"] = date.fromisoformat(values["invoice_date"])
        if "invoice_due_date" in values:
            values["invoice_due_date"] = date.fromisoformat(values["invoice_due_date"])
    except ValueError:
        return None
    due = values.get("invoice_due_date", LATEST)
    if not EARLIEST <= issued < due <= LATEST:
        return None
    values["invoice_amount"] = Decimal(values["invoice_amount"])
    return values
