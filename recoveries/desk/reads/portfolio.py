"""What became of the cases filed in a period: three statements, kept for some minutes.

All of it from the ledger: what came in from its lines of money, what is owed from the balances of the cases. While a
rate is missing, so that a case has no balance, what is left of its invoices stands in. A claim that goes to court lives
on in another case. So the case that it left is not counted again where amounts filed are added up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth

from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.kept import kept
from legalcity.lib.money import rounded
from recoveries.catalogue import catalogue
from recoveries.desk.reads.portfolio_groups import BANDS, NOT_DUE, Group, groups_of
from recoveries.ledger.money import money_lines

KEPT = 300  # seconds
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Question:
    """From the first day of `first` to the last day of the month that begins with `last`; all clients, all handlers
    unless named by id.
    """

    first: date
    last: date
    owner_id: int | None = None
    handler_id: int | None = None

    @property
    def end(self) -> date:
        """The first day after the period."""
        return add_months(self.last, 1)

    @property
    def months(self) -> list[date]:
        """The first day of each month."""
        found, month = [], self.first
        while month <= self.last:
            found.append(month)
            month = add_months(month, 1)
        return found


@dataclass(slots=True)
class MonthRow:
    """One month: cases filed in it, what they claim, what is open of them now, what was received in the month."""

    month: date
    cases: int = 0
    claimed: Decimal = ZERO
    open: Decimal = ZERO
    received: Decimal = ZERO


@dataclass(slots=True)
class StatusRow:
    """The cases filed in the period that stand in a status now; what is open of them."""

    status_id: int
    cases: int = 0
    open: Decimal = ZERO


@dataclass(slots=True)
class AgeRow:
    """Cases of a band of age (its place in BANDS, or NOT_DUE). `claimed` and `recovered` by the age at filing,
    `open_cases` and `open` by the age today. `claimed` is what was recovered and what is owed, interest and all: so
    nothing is recovered in full on which something is owed.
    """

    band: int
    cases: int = 0
    claimed: Decimal = ZERO
    recovered: Decimal = ZERO
    open_cases: int = 0
    open: Decimal = ZERO

    @property
    def rate(self) -> Decimal | None:
        """Recovered of what was claimed, in percent; None where nothing was."""
        return self.recovered * 100 / self.claimed if self.claimed else None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All figures of a period as they were at `at`; of cases filed before `taken_at`, if told, as they were then."""

    at: datetime
    months: list[MonthRow]
    statuses: list[StatusRow]
    ages: list[AgeRow]
    taken_at: datetime | None = None


def portfolio(question: Question) -> Portfolio:
    """The figures, at most KEPT seconds old.

    months    of the day of filing (Paris). `claimed`: invoices and debts of the cases, those left for the court out.
              `open`: what remains to recover today of the cases that are not closed. `received`: payments received
              (acomptes) dated in the month on any case, whenever filed. Part payments that a client declares on an
              invoice have no date and are in none of these but `open`, which they lower.
    statuses  cases by their status today, empty ones left out, in the order of the catalogue
    ages      age: days since the oldest due date of the case's invoices (an invoice without one is due on its own
              date, a case without invoices on its due date). `claimed`: amount less part payments; `recovered`: that
              less what remains to recover, so payments count up to what was claimed; both by the age at filing
    """
    present = today()
    key = f"portfolio:{question.first}:{question.last}:{question.owner_id}:{question.handler_id}:{present}"
    return kept(key, KEPT, Portfolio, lambda: _reckoned(question, present))


def _reckoned(question: Question, present: date) -> Portfolio:
    start, end = _bounds(question)
    groups = groups_of(start, end, (question.first, question.last), present, _chosen(question))
    months = {month: MonthRow(month) for month in question.months}
    statuses = {entry.id: StatusRow(entry.id) for entry in catalogue.entries.values()}
    ages = {band: AgeRow(band) for band in range(NOT_DUE, len(BANDS) + 1)}
    for found in groups.found:
        _count(found, months[found.month], statuses[found.status_id], ages)
    for paid in _received(question):
        months[paid["month"]].received += _money(paid["received"])
    there = [row for row in statuses.values() if row.cases]
    return Portfolio(now(), list(months.values()), there, list(ages.values()), groups.taken_at)


def _count(found: Group, month: MonthRow, status: StatusRow, ages: Mapping[int, AgeRow]) -> None:
    """Add a group of cases to the rows that tell of it."""
    owed, recovered = _money(found.owed), _money(found.recovered)
    status.cases += found.cases
    if found.lives:
        month.cases += found.cases
        month.claimed += _money(found.claimed)
        filed = ages[found.band_filed]
        filed.cases += found.cases
        filed.claimed += recovered + owed
        filed.recovered += recovered
    if not catalogue.is_closing(found.status_id):
        month.open += owed
        status.open += owed
        ages[found.band_now].open_cases += found.cases
        ages[found.band_now].open += owed


def _money(value: Any) -> Decimal:
    """A sum as drivers give it: None for no row, on SQLite a float."""
    return rounded(Decimal(str(value))) if value is not None else ZERO


def _chosen(question: Question) -> dict[str, int]:
    chosen = {"owner_id": question.owner_id, "user_id": question.handler_id}
    return {column: value for column, value in chosen.items() if value is not None}


def _bounds(question: Question) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(edge, datetime.min.time(), PARIS) for edge in (question.first, question.end))
    return start, end


def _received(question: Question) -> Iterable[Mapping[str, Any]]:
    """By month."""
    # A posting says whose it is, and who handles the case is asked of the case.
    places = {"owner_id": "posting__owner_id", "user_id": "posting__recovery__user_id"}
    chosen = {places[column]: value for column, value in _chosen(question).items()}
    lines = money_lines().filter(
        posting__effective_on__gte=question.first, posting__effective_on__lt=question.end, **chosen
    )
    months: Iterable[Mapping[str, Any]] = lines.values(month=TruncMonth("posting__effective_on")).annotate(
        received=Sum(F("debit") - F("credit"))
    )
    return months
