"""What became of the cases filed in a period: three statements, kept for some minutes.

All of it from the ledger: what came in from its lines of money, what is owed from the balances of the cases. While a
rate is missing, so that a case has no balance, what is left of its invoices stands in. A claim that goes to court lives
on in another case. So the case that it left is not counted again where amounts filed are added up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.kept import kept
from legalcity.lib.money import rounded
from legalcity.lib.replica import read_connection
from recoveries.catalogue import catalogue
from recoveries.ledger.money import MONEY, money_lines
from recoveries.models import Recovery

KEPT = 300  # seconds
BANDS = (30, 60, 90, 180, 365)  # The last days of the bands of age; the last band has no end.
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
    """Cases of a band of age (its place in BANDS). `claimed` and `recovered` by the age on the day of filing,
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
    """All figures of a period as they were at `at`."""

    at: datetime
    months: list[MonthRow]
    statuses: list[StatusRow]
    ages: list[AgeRow]


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
    months = {month: MonthRow(month) for month in question.months}
    statuses = {entry.id: StatusRow(entry.id) for entry in catalogue.entries.values()}
    for found in _filed(question):
        month, status = months[found["month"].date()], statuses[found["status_id"]]
        is_open = not catalogue.is_closing(status.status_id)
        month.cases += found["cases"]
        month.claimed += _money(found["claimed"])
        status.cases += found["all_cases"]
        if is_open:
            month.open += _money(found["remaining"])
            status.open += _money(found["remaining"])
    for paid in _received(question):
        months[paid["month"]].received += _money(paid["received"])
    ages = _ages(question, present)
    return Portfolio(now(), list(months.values()), [row for row in statuses.values() if row.cases], ages)


def _money(value: Any) -> Decimal:
    """A sum as drivers give it: None for no row, on SQLite a float."""
    return rounded(Decimal(str(value))) if value is not None else ZERO


def _chosen(question: Question) -> dict[str, int]:
    chosen = {"owner_id": question.owner_id, "user_id": question.handler_id}
    return {column: value for column, value in chosen.items() if value is not None}


def _bounds(question: Question) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(edge, datetime.min.time(), PARIS) for edge in (question.first, question.end))
    return start, end


def _filed(question: Question) -> Iterable[Mapping[str, Any]]:
    """By month and status."""
    start, end = _bounds(question)
    lives = Q(transferred_to=None)
    cases = Recovery.objects.filter(created_at__gte=start, created_at__lt=end, **_chosen(question)).order_by()
    return cases.values("status_id", month=TruncMonth("created_at", tzinfo=PARIS)).annotate(
        all_cases=Count("pk"),
        cases=Count("pk", filter=lives),
        claimed=Sum("amount", filter=lives),
        remaining=Sum(Coalesce(F("balance__due") + F("balance__not_due"), F("amount_torecover"))),
    )


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


@dataclass(frozen=True, slots=True)
class _Days:
    """How a database tells the day of a moment, the days between two days, a day that is given."""

    in_paris: str
    between: str
    given: str


DAYS = {
    "postgresql": _Days("({} AT TIME ZONE 'Europe/Paris')::date", "({} - {})", "%s::date"),
    "sqlite": _Days("django_datetime_cast_date({}, 'UTC', 'Europe/Paris')", "(julianday({}) - julianday({}))", "%s"),
}


class _AgeFound(NamedTuple):
    """What AGES finds: cases alike in their bands, their status and in whether they went on to court.

    `recovered`: received, but for what was paid beyond what was owed; `owed`: due or not yet.
    """

    band_filed: int
    band_now: int
    status_id: int
    lives: bool
    cases: int
    recovered: Any
    owed: Any


OLDEST = "SELECT {} MIN(COALESCE(invoice_due_date, invoice_date)) AS oldest FROM invoicing_invoice {}"
RECEIVED = (
    "SELECT {} SUM(l.debit - l.credit) AS received "
    f"FROM recoveries_line l JOIN recoveries_posting p ON p.id = l.posting_id WHERE {MONEY.format('l')} {{}}"
)
# Of all cases the tables are read as a whole; of those of a client or a handler each is looked up.
BY_CASE = "recovery_id,", "GROUP BY recovery_id"
WHOLE = {
    "oldest": "i.oldest",
    "received": "m.received",
    "joined": f"LEFT JOIN ({OLDEST.format(*BY_CASE)}) i ON i.recovery_id = r.id "
    f"LEFT JOIN ({RECEIVED.format(*BY_CASE)}) m ON m.recovery_id = r.id",
}
LOOKED_UP = {
    "oldest": f"({OLDEST.format('', 'WHERE recovery_id = r.id')})",
    "received": f"({RECEIVED.format('', 'AND p.recovery_id = r.id')})",
    "joined": "",
}
AGES = """
    WITH facts AS (
        SELECT r.status_id, r.transferred_to_id, COALESCE(b.due + b.not_due, r.amount_torecover) AS owed,
               COALESCE({received}, 0) - COALESCE(b.surplus, 0) AS recovered,
               COALESCE({oldest}, r.recovery_due_date) AS oldest,
               {filed_on} AS filed_on
          FROM recoveries_recovery r
          LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id
          {joined}
         WHERE r.created_at >= %s AND r.created_at < %s {chosen}
    )
    SELECT {age_filed} AS band_filed, {age_now} AS band_now, status_id, transferred_to_id IS NULL AS lives,
           COUNT(*) AS cases, SUM(recovered) AS recovered, SUM(owed) AS owed
      FROM facts GROUP BY 1, 2, 3, 4
"""


def _band(days: str) -> str:
    """The place of an age in BANDS."""
    steps = " ".join(f"WHEN {days} <= {last} THEN {band}" for band, last in enumerate(BANDS))
    return f"CASE {steps} ELSE {len(BANDS)} END"


def _ages(question: Question, present: date) -> list[AgeRow]:
    connection = read_connection()
    words = DAYS[connection.vendor]
    start, end = map(connection.ops.adapt_datetimefield_value, _bounds(question))
    chosen = _chosen(question)
    statement = AGES.format(
        **(LOOKED_UP if chosen else WHOLE),
        filed_on=words.in_paris.format("r.created_at"),
        chosen=" ".join(f"AND r.{column} = %s" for column in chosen),
        age_filed=_band(words.between.format("filed_on", "oldest")),
        age_now=_band(words.between.format(words.given, "oldest")),
    )
    rows = [AgeRow(band) for band in range(len(BANDS) + 1)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [start, end, *chosen.values(), *[present] * len(BANDS)])
        for found in map(_AgeFound._make, cursor.fetchall()):
            if found.lives:
                filed = rows[found.band_filed]
                filed.cases += found.cases
                filed.claimed += _money(found.recovered) + _money(found.owed)
                filed.recovered += _money(found.recovered)
            if not catalogue.is_closing(found.status_id):
                rows[found.band_now].open_cases += found.cases
                rows[found.band_now].open += _money(found.owed)
    return rows
