"""Amounts and percentages. What can be read two ways is read in neither."""

import re
from decimal import Decimal
from functools import cache
from typing import Any

from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.texts import cleaned

EUROS = ("euros", "euro", "EUR", "€")  # The longest first.
PERCENT = ("%",)

_MACHINE = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_PLAIN = re.compile(r"\d{1,40}([.,]\d{1,40})?", re.ASCII)
# Groups of three, by the sign that sets them apart → the sign that may begin the decimals.
_GROUPED = {
    mark: re.compile(rf"[1-9]\d{{0,2}}({re.escape(mark)}\d{{3}}){{1,12}}([{decimal}]\d{{1,40}})?", re.ASCII)
    for mark, decimal in ((" ", ".,"), (".", ","), (",", "."))
}


def read_amount(
    value: Any,
    *,
    manner: Manner,
    digits: int = 12,
    places: int = 2,
    grouped: bool = True,
    units: tuple[str, ...] = EUROS,
) -> Decimal:
    """A number that is not negative, of at most `digits` integer digits and `places` decimals.

    A machine sends a JSON number or a string with a point. A person writes a comma or a point, spaces of all kinds,
    groups of three unless `grouped` is false, one of `units` before or after.

    Raises Unreadable: `invalid`, `two_ways` (text, whole, decimal), `negative`, `decimals` (places), `digits` (digits).
    """
    number = _number(value, manner, grouped, units)
    if number < 0:
        raise Unreadable("negative")
    if -int(number.as_tuple().exponent) > places:
        raise Unreadable("decimals", places=places)
    if number >= 10**digits:
        raise Unreadable("digits", digits=digits)
    return round(abs(number), places)


def _number(value: Any, manner: Manner, grouped: bool, units: tuple[str, ...]) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Unreadable("invalid")
    if isinstance(value, str) and manner == Manner.WRITTEN:
        return _written(value, grouped, units)
    text = str(value).strip()
    if not _MACHINE.fullmatch(text):
        raise Unreadable("invalid")
    return Decimal(text)


def _written(text: str, grouped: bool, units: tuple[str, ...]) -> Decimal:
    shown = cleaned(text)
    found = _with_unit(units).fullmatch(" ".join(shown.replace("\N{MINUS SIGN}", "-").split()))
    if found is None:
        raise Unreadable("invalid")
    bare = found["before"] or found["after"]
    readings = _readings(bare.lstrip("- "), grouped)
    if len(readings) > 1:
        decimal, whole = sorted(readings)
        raise Unreadable("two_ways", text=shown, whole=whole, decimal=decimal)
    if not readings:
        raise Unreadable("invalid")
    return -readings.pop() if bare.startswith("-") else readings.pop()


def _readings(text: str, grouped: bool) -> set[Decimal]:
    """Every number that `text` can be."""
    readings = {Decimal(text.replace(",", "."))} if _PLAIN.fullmatch(text) else set()
    for mark, form in _GROUPED.items() if grouped else ():
        if form.fullmatch(text):
            readings.add(Decimal(text.replace(mark, "").replace(",", ".")))
    return readings


@cache
def _with_unit(units: tuple[str, ...]) -> re.Pattern[str]:
    """A number with one of the units before it, behind it, or none."""
    number, unit = r"-? ?\d[\d., ]*", "|".join(map(re.escape, units)) or "(?!)"
    return re.compile(
        rf"(?:(?:{unit}) ?)?(?P<before>{number})|(?P<after>{number}?) ?(?:{unit})", re.ASCII | re.IGNORECASE
    )
