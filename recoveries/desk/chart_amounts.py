"""Amounts of a chart as people read them."""

from decimal import Decimal

from django.utils.formats import number_format


def short_euros(amount: Decimal | float) -> str:
    """A round amount for an axis: `350 k€`, `1,2 M€`."""
    value = Decimal(str(amount))
    for size, unit in ((Decimal(10) ** 6, "M€"), (Decimal(10) ** 3, "k€")):
        if value >= size:
            number = (value / size).quantize(Decimal("0.1")).normalize()
            return f"{number_format(f'{number:f}', use_l10n=True)}\xa0{unit}"
    return f"{number_format(f'{value.quantize(Decimal(1)):f}', use_l10n=True)}\xa0€"
