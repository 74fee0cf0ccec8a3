"""Cases alike in what the portfolio asks of them, counted and added up, now or in the night.

One scan of cases, balances, invoices and money, which takes seconds where there are a million cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from legalcity.lib.clock import now
from legalcity.lib.dates import day
from legalcity.lib.replica import read_connection
from recoveries.ledger.money import MONEY
from recoveries.models import PortfolioFigure

BANDS = (30, 60, 90, 180, 365)  # The last days of the bands of age; the last band has no end.
NOT_DUE = -1  # the band of what is not late yet, before those of BANDS
STALE = timedelta(hours=36)  # Figures of two nights ago are told by nobody
SUMS = ("cases", "claimed", "recovered", "owed")


class Group(NamedTuple):
    """Cases filed in a month that are alike in their status, their bands, and in whether they went on to court.

    `recovered`: received, but for what was paid beyond what was owed; `owed`: due or not yet.
    """

    month: Any
    status_id: int
    lives: bool
    band_filed: int
    band_now: int
    cases: int
    claimed: Any
    recovered: Any
    owed: Any


ALIKE = Group._fields[:5]


class Groups(NamedTuple):
    """What was found; `taken_at`: when the figures of the cases that were filed before were taken, None for now."""

    found: Sequence[Group]
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Days:
    """How a database tells the day of a moment, its month, the days between two days, a day that is given."""

    in_paris: str
    month: str
    between: str
    given: str


DAYS = {
    "postgresql": _Days(
        "({} AT TIME ZONE 'Europe/Paris')::date", "date_trunc('month', {}::timestamp)::date", "({} - {})", "%s::date"
    ),
    "sqlite": _Days(
        "django_datetime_cast_date({}, 'Europe/Paris', 'UTC')",
        "date({}, 'start of month')",
        "(julianday({}) - julianday({}))",
        "%s",
    ),
}
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
# `more`: what is told apart beside ALIKE.
GROUPS = """
    WITH facts AS (
        SELECT r.owner_id AS client, r.user_id AS handler, r.status_id, r.transferred_to_id IS NULL AS lives, r.amount,
               COALESCE(b.due + b.not_due, r.amount_torecover) AS owed,
               COALESCE({received}, 0) - COALESCE(b.surplus, 0) AS recovered,
               COALESCE({oldest}, r.recovery_due_date) AS oldest,
               {filed_on} AS filed_on
          FROM recoveries_recovery r
          LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id
          {joined}
         WHERE r.created_at >= %s AND r.created_at < %s {chosen}
    ), told AS (
        SELECT {month} AS month, {age_filed} AS band_filed, {age_now} AS band_now, facts.* FROM facts
    )
    SELECT {more} month, status_id, lives, band_filed, band_now, COUNT(*) AS cases, SUM(amount) AS claimed,
           SUM(recovered) AS recovered, SUM(owed) AS owed
      FROM told GROUP BY {more} month, status_id, lives, band_filed, band_now
"""


def groups_statement(
    start: datetime, end: datetime, present: date, chosen: Mapping[str, int], *, more: str = "", is_whole: bool = True
) -> tuple[str, list[Any]]:
    """The statement that finds the groups of the cases filed from `start` to `end`, with its values."""
    words = DAYS[connection.vendor]
    statement = GROUPS.format(
        **(WHOLE if is_whole else LOOKED_UP),
        more=more,
        filed_on=words.in_paris.format("r.created_at"),
        month=words.month.format("filed_on"),
        chosen=" ".join(f"AND r.{column} = %s" for column in chosen),
        age_filed=band_of(words.between.format("filed_on", "oldest")),
        age_now=band_of(words.between.format(words.given, "oldest")),
    )
    bounds = map(connection.ops.adapt_datetimefield_value, (start, end))
    return statement, [*bounds, *chosen.values(), *[present] * (len(BANDS) + 1)]


def groups_of(
    start: datetime, end: datetime, months: tuple[date, date], present: date, chosen: Mapping[str, int]
) -> Groups:
    """The groups of the cases filed from `start` to `end`, which are those of `months`, the first and the last.

    `chosen`: values of columns of the case. Two statements.
    """
    taken_at = PortfolioFigure.objects.values_list("taken_at", flat=True).first()
    if taken_at is None or taken_at < now() - STALE:
        return Groups(list(_read(start, end, present, chosen, is_whole=not chosen)), None)
    kept = list(_kept(months, chosen))
    since = _read(max(start, taken_at), end, present, chosen, is_whole=False) if end > taken_at else ()
    return Groups([*kept, *since], taken_at)


def _read(
    start: datetime, end: datetime, present: date, chosen: Mapping[str, int], *, is_whole: bool
) -> Iterator[Group]:
    statement, values = groups_statement(start, end, present, chosen, is_whole=is_whole)
    with read_connection().cursor() as cursor:
        cursor.execute(statement, values)
        for month, *row in cursor.fetchall():
            yield Group(day(month), *row)


def _kept(months: tuple[date, date], chosen: Mapping[str, int]) -> Iterator[Group]:
    names = {"owner_id": "client", "user_id": "handler"}
    figures = PortfolioFigure.objects.filter(month__range=months, **{names[key]: pk for key, pk in chosen.items()})
    for row in figures.values_list(*ALIKE).annotate(**{f"all_{name}": Sum(name) for name in SUMS}).order_by():
        yield Group(*row)


def band_of(days: str) -> str:
    """The place of an age in BANDS; NOT_DUE up to the due date itself."""
    steps = f"WHEN {days} <= 0 THEN {NOT_DUE} "
    steps += " ".join(f"WHEN {days} <= {last} THEN {band}" for band, last in enumerate(BANDS))
    return f"CASE {steps} ELSE {len(BANDS)} END"
