"""Interest on a sum in euros, as published figures state it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from legalcity.lib.money import cents

from law.interest import Rate, RatePair, RateTable, Segment


def interest_segments(principal: Decimal, first: date, last: date, rates: Sequence[Rate | RatePair]) -> list[Segment]:
    """Interest on `principal` EUR from `first` to `last`, both included, cut at each entry of `rates`."""
    return RateTable.of(rates).segments(cents(principal), first, last)
