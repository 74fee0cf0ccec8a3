"""The portfolio at the end of a past day, by the ledger: what was received by then, what was left, how late."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, Sum

from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.kept import kept, kept_already
from legalcity.lib.money import rounded
from legalcity.lib.replica import read_connection
from recoveries.desk.reads.claims_left import claims_left
from recoveries.desk.reads.portfolio_groups import BANDS, NOT_DUE
from recoveries.ledger.money import money_lines
from recoveries.models import CaseCount, Posting

KEPT = 3_600  # seconds: a day that has passed changes by what is entered late alone
MANY = 50_000  # cases: of more a page would take longer than half a second
ZERO = Decimal("0.00")


@dataclass(slots=True)
class LateRow:
    """Claims of a band (its place in BANDS, or NOT_DUE): on how many cases, and what was left of them, EUR."""

    band: int
    cases: int = 0
    left: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class AsOf:
    """The portfolio at the end of a day, EUR."""

    received: Decimal
    late: list[LateRow]

    @property
    def left(self) -> Decimal:
        """The principal that was left, due or not."""
        return sum((row.left for row in self.late), ZERO)


def ledger_begins() -> date | None:
    """The day on which the first entry that stands was recorded (Paris); None while there is none. One statement."""
    first = Posting.objects.aggregate(first=Min("recorded_at"))["first"]
    return first.astimezone(PARIS).date() if first else None


def as_of(on: date, *, owner_id: int | None = None, handler_id: int | None = None) -> AsOf:
    """The figures at the end of the day `on`, of a client and a handler (of today) if they are named by id."""
    return kept(_key(on, owner_id, handler_id), KEPT, AsOf, lambda: _reckoned(on, owner_id, handler_id))


def as_of_at_once(on: date, *, owner_id: int | None = None, handler_id: int | None = None) -> AsOf | None:
    """`as_of`, where it is kept or of so few cases that a page may wait for it; else None."""
    found: AsOf | None = kept_already(_key(on, owner_id, handler_id), AsOf)
    if found is not None or is_long(owner_id):
        return found
    return as_of(on, owner_id=owner_id, handler_id=handler_id)


def _key(on: date, owner_id: int | None, handler_id: int | None) -> str:
    return f"as_of:{on}:{owner_id}:{handler_id}:{today()}"


def is_long(owner_id: int | None) -> bool:
    """Whether a page may not wait for a past day: those of a client are looked up, those of a handler picked from all.

    One statement.
    """
    counts = CaseCount.objects.all() if owner_id is None else CaseCount.objects.filter(owner_id=owner_id)
    return int(counts.aggregate(n=Sum("n"))["n"] or 0) >= MANY


def _reckoned(on: date, owner_id: int | None, handler_id: int | None) -> AsOf:
    chosen = {"posting__owner_id": owner_id, "posting__recovery__user_id": handler_id}
    asked = {name: value for name, value in chosen.items() if value is not None}
    lines = money_lines().filter(posting__effective_on__lte=on, **asked)
    received = _money(lines.aggregate(sum=Sum(F("debit") - F("credit")))["sum"])
    rows = {band: LateRow(band) for band in range(NOT_DUE, len(BANDS) + 1)}
    late, values = claims_left(on, owner_id=owner_id, handler_id=handler_id)
    with read_connection().cursor() as cursor:
        cursor.execute(f"{late} SELECT band, COUNT(*), SUM(remains) FROM late GROUP BY band", values)
        for band, cases, left in cursor.fetchall():
            rows[band].cases, rows[band].left = cases, _money(left)
    return AsOf(received, list(rows.values()))


def _money(value: Any) -> Decimal:
    """A sum as drivers give it: None for no row, on SQLite a float."""
    return rounded(Decimal(str(value))) if value is not None else ZERO
