"""Amounts as people read them."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from legalcity.lib.money import rounded


def euros(amount: Decimal | float) -> str:
    """An amount to the cent, grouped as the language groups: `1 234,50 €`."""
    cents = rounded(Decimal(str(amount)))
    return _("{amount} €").format(amount=number_format(cents, 2, use_l10n=True, force_grouping=True))


def short_euros(amount: Decimal | float) -> str:
    """A round amount for an axis: `350 k€`, `1,2 M€`."""
    value = Decimal(str(amount))
    for size, unit in ((Decimal(10) ** 6, "M€"), (Decimal(10) ** 3, "k€")):
        if value >= size:
            number = (value / size).quantize(Decimal("0.1")).normalize()
            return f"{number_format(f'{number:f}', use_l10n=True)} {unit}"
    return f"{number_format(f'{value.quantize(Decimal(1)):f}', use_l10n=True)} €"
