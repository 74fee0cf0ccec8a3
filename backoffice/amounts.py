"""Amounts as staff read them, in the form of their language. The API has a form of its own (legalcity/lib/money.py)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from legalcity.lib.money import rounded


def amount_shown(amount: Decimal | float, unit: str) -> str:
    """An amount to the cent, grouped, with its currency: `1 234,50 USD`."""
    cents = rounded(Decimal(str(amount)))
    return _("{amount} {unit}").format(amount=number_format(cents, 2, force_grouping=True), unit=unit)


def euros(amount: Decimal | float) -> str:
    """An amount of EUR: `1 234,50 €`."""
    return amount_shown(amount, "€")


def amount_column(name: str, label: Any) -> Callable[[Any], str]:
    """The field `name` of a thing, in EUR: for `list_display`, or for a page where it is read only."""

    @admin.display(description=label, ordering=name)
    def column(thing: Any) -> str:
        amount = getattr(thing, name)
        return "-" if amount is None else euros(amount)

    column.__name__ = name
    return column
