"""The rates that the product ships with, written into the catalogues."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from recoveries.models import EcbRate, LegalRate
from recoveries.shipped import shipped_rates

# The file, the catalogue, and what tells its rows from one another.
SHIPPED: tuple[tuple[str, type[LegalRate] | type[EcbRate], tuple[str, ...]], ...] = (
    ("legal_rates.csv", LegalRate, ("valid_from", "creditor")),
    ("ecb_rates.csv", EcbRate, ("valid_from",)),
)


@dataclass(frozen=True, slots=True)
class RateChange:
    """What became of one shipped rate. `was` is the percentage before (None for a new row)."""

    rate: LegalRate | EcbRate
    was: Decimal | None
    is_kept: bool = False


@transaction.atomic
def rates_load(*, replace: bool = False) -> list[RateChange]:
    """Write the shipped rates; returns what changed, and the rows entered by hand that differ and were kept.

    Rows that staff entered or corrected are overwritten only when `replace` says so; rows of other half-years are
    never touched. A second call changes nothing.
    """
    changes: list[RateChange] = []
    for name, model, keys in SHIPPED:
        present = {tuple(getattr(rate, key) for key in keys): rate for rate in model.objects.select_for_update()}
        for values in shipped_rates(name):
            rate = present.get(tuple(values[key] for key in keys))
            change = _written(model(**values, by_hand=False)) if rate is None else _matched(rate, values, replace)
            changes += [change] if change else []
    return changes


def _written(rate: LegalRate | EcbRate, was: Decimal | None = None) -> RateChange:
    rate.save()
    return RateChange(rate, was)


def _matched(rate: LegalRate | EcbRate, values: dict[str, Any], replace: bool) -> RateChange | None:
    if all(getattr(rate, field) == value for field, value in values.items()):
        return None
    if rate.by_hand and not replace:
        return RateChange(rate, rate.rate_percent, is_kept=True)
    was, rate.by_hand = rate.rate_percent, False
    for field, value in values.items():
        setattr(rate, field, value)
    return _written(rate, was)
