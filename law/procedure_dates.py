"""In which order the dates of a procedure come, and what its order may grant. Pure: values in, sentences out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from legalcity.lib.errors import Sentence

# Dates of a procedure that cannot come before another one.
PROCEDURE_ORDER = (
    ("filed_on", "order_made_on"),
    ("order_made_on", "served_on"),
    ("order_made_on", "enforceable_on"),
    ("served_on", "reached_on"),
    ("served_on", "opposed_on"),
    ("opposed_on", "costs_invited_on"),
    ("opposed_on", "opposition_notified_on"),
    ("opposed_on", "hearing_on"),
    ("costs_invited_on", "costs_paid_on"),
)
# Those that may lie ahead.
PROCEDURE_AHEAD = frozenset({"hearing_on"})
# What the order grants under each head (art. 1409 CPC); null is all that was asked.
GRANTED = ("granted_principal", "granted_interest", "granted_indemnity", "granted_penalty", "granted_cost")

Errors = dict[str, list[Sentence]]


def procedure_errors(
    values: Mapping[str, Any], names: Mapping[str, Sentence], *, first_invoice: date | None, today: date
) -> Errors:
    """Sentences for the dates of a whole procedure that cannot be; `names` are the fields as people read them."""
    errors: Errors = {}
    for earlier, later in PROCEDURE_ORDER:
        if values.get(earlier) and values.get(later) and values[later] < values[earlier]:
            sentence = _("This day is before “{other}” ({day}).")
            errors.setdefault(later, []).append(
                sentence.format(other=names[earlier], day=values[earlier].strftime("%d/%m/%Y"))
            )
    for name, value in values.items():
        if isinstance(value, date) and value > today and name not in PROCEDURE_AHEAD:
            errors.setdefault(name, []).append(_("This day is still to come."))
        elif isinstance(value, date) and first_invoice and value < first_invoice:
            sentence = _("This day is before the first invoice of the case ({day}).")
            errors.setdefault(name, []).append(sentence.format(day=first_invoice.strftime("%d/%m/%Y")))
    if values.get("served_how") and not values.get("served_on"):
        errors.setdefault("served_on", []).append(_("When was it served?"))
    for name, sentences in _granted_errors(values).items():
        errors.setdefault(name, []).extend(sentences)
    return errors


def _granted_errors(values: Mapping[str, Any]) -> Errors:
    """What is granted stands in an order, and its heads come to no more than the whole."""
    heads = [values[name] for name in GRANTED if values.get(name) is not None]
    if heads and not values.get("order_made_on"):
        return {"order_made_on": [_("When was the order made?")]}
    whole = values.get("granted_amount")
    if whole is not None and sum(heads, Decimal(0)) > whole:
        return {"granted_amount": [_("The heads come to more than what was granted in all.")]}
    return {}
