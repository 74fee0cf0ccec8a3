"""The list of cases: at most two statements, whatever the size of the account or of the page.

Written in SQL because the ORM spends more time on building these queries than the database on answering them
(docs/decisions.md, "The read path"). Column names come from this file only; whatever clients send is a parameter.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from legalcity.lib.searching import TRIGRAM
from legalcity.lib.text import like_pattern, searchable
from recoveries.catalogue import catalogue
from recoveries.selectors.sql import dialect, planned_for_their_values

# Sorts of the API, each with its index (models.py, migration 0002); True for text, which has a collation.
SORTS: dict[str, tuple[str, bool]] = {
    "id": ("id", False),
    "recovery_reference": ("recovery_reference", False),
    "recovery_service_object": ("recovery_service_object", True),
    "recovery_last_status": ("status_id", False),
    "recovery_due_date": ("recovery_due_date", False),
    "amount": ("amount", False),
    "amount_torecover": ("amount_torecover", False),
    "user_id": ("user_id", False),
    "created_at": ("created_at", False),
    "updated_at": ("updated_at", False),
    "debtor_name": ("debtor_name", True),
    "debtor_company": ("debtor_company", True),
    "customer_company": ("customer_company", True),
}
FROM = "FROM recoveries_recovery r LEFT JOIN accounts_user u ON u.id = r.user_id"
TOTAL = "SELECT COALESCE(SUM(n), 0) FROM recoveries_casecount WHERE {where}"


class CaseRow(NamedTuple):
    """What the list shows of a case; amounts, days and moments as texts, as the contract writes them.

    `due`: what is owed, None while nobody can say, because a rate is missing; `next_change`: the day from which it may
    be otherwise, None for no day.
    """

    id: int
    recovery_reference: str
    debtor_name: str
    debtor_company: str
    customer_company: str
    amount: str
    amount_torecover: str
    due: str | None
    next_change: str | None
    status_id: int
    recovery_due_date: str | None
    created_at: str
    updated_at: str
    invoices_count: int
    comments_count: int
    user_id: int | None
    first_name: str | None
    last_name: str | None
    external_id: str | None


HANDLER = ("first_name", "last_name")
BALANCE = {
    name: f"(SELECT b.{name} FROM recoveries_casebalance b WHERE b.recovery_id = page.id)"
    for name in ("due", "next_change")
}
READ = ", ".join(f"{'u' if name in HANDLER else 'r'}.{name}" for name in CaseRow._fields if name not in BALANCE)
MONEY, MOMENTS = {"amount", "amount_torecover", "due"}, {"created_at", "updated_at"}
DAYS = {"recovery_due_date", "next_change"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of one account's cases.

    group           a group of statuses
    search          a literal text
    external_id     the client's own reference
    updated_after   cases that were changed later than that
    """

    owner_id: int
    group: int | None
    search: str | None
    sort: str
    descending: bool
    offset: int
    limit: int
    external_id: str | None = None
    updated_after: datetime | None = None

    @property
    def is_counted(self) -> bool:
        """Whether the total is not one of those that the services keep."""
        return any(asked is not None for asked in (self.search, self.external_id, self.updated_after))


def cases_page(wanted: Wanted) -> tuple[int, list[CaseRow]]:
    """How many cases there are in all, and the rows of the page."""
    where, values = _conditions(wanted)
    with connection.cursor() as cursor:
        if wanted.search is not None:
            with planned_for_their_values():
                return _any_page(cursor, wanted, where, values)
        if wanted.offset == 0 and not wanted.is_counted:
            return _first_page(cursor, wanted, where, values)
        return _any_page(cursor, wanted, where, values)


def _any_page(cursor: Any, wanted: Wanted, where: str, values: list[Any]) -> tuple[int, list[CaseRow]]:
    """The total, then the page."""
    total = _total(cursor, wanted, where, values)
    limit = min(wanted.limit, total - wanted.offset)
    if limit <= 0:
        return total, []
    # The far half of a list is read from its end: the last page costs what the first one costs.
    backwards = wanted.offset > total // 2
    offset = total - wanted.offset - limit if backwards else wanted.offset
    order = _order(wanted, descending=wanted.descending != backwards)
    page = _rows().format(where=where, order=f"{order} LIMIT %s OFFSET %s")
    cursor.execute(f"SELECT {page}", [*values, limit, offset])
    rows = [*map(CaseRow._make, cursor.fetchall())]
    return total, rows[::-1] if backwards else rows


def _first_page(cursor: Any, wanted: Wanted, where: str, values: list[Any]) -> tuple[int, list[CaseRow]]:
    """The page that nearly everybody asks for, its total in the same statement; without rows there is none."""
    # A literal limit (a checked number): for one that it does not know PostgreSQL plans at each call.
    order = f"{_order(wanted, descending=wanted.descending)} LIMIT {wanted.limit:d}"
    total = TOTAL.format(where=where)
    cursor.execute(f"SELECT ({total}), {_rows().format(where=where, order=order)}", [*values, *values])
    found = cursor.fetchall()
    return int(found[0][0]) if found else 0, [CaseRow._make(columns[1:]) for columns in found]


@cache
def _rows() -> str:
    """Balances are looked up for the rows of the page only, not for those that an offset passes over."""
    return f"{', '.join(map(_written, CaseRow._fields))} FROM (SELECT {READ} {FROM} WHERE {{where}} {{order}}) page"


def _written(name: str) -> str:
    """A column of the page, as the contract writes it."""
    column = BALANCE.get(name, f"page.{name}")
    if name in MONEY:
        return dialect().money.format(column)
    if name in MOMENTS:
        return dialect().moment.format(column)
    return f"CAST({column} AS text)" if name in DAYS else column


def _conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    # The cast keeps psycopg from sending a small id as int2, which the search index could not use.
    where, values = ["owner_id = CAST(%s AS bigint)"], [wanted.owner_id]
    if wanted.group is not None:
        statuses = catalogue.of_group(wanted.group)
        marks = ", ".join(["%s"] * len(statuses))
        where.append(f"status_id IN ({marks})")
        values += statuses
    if wanted.external_id is not None:
        where.append("r.external_id = %s")
        values.append(wanted.external_id)  # type: ignore[arg-type]
    if wanted.updated_after is not None:
        where.append("r.updated_at > %s")
        values.append(connection.ops.adapt_datetimefield_value(wanted.updated_after))  # type: ignore[arg-type]
    if wanted.search is not None:
        term = searchable(wanted.search)
        column = "r.search_text" if len(term) >= TRIGRAM else "(r.search_text || '')"
        where.append(f"{column} LIKE %s ESCAPE '\\'")
        values.append(like_pattern(term))  # type: ignore[arg-type]
    return " AND ".join(where), values


def _total(cursor: Any, wanted: Wanted, where: str, values: list[Any]) -> int:
    """Read from the table that the services keep, where it has it."""
    if wanted.is_counted:
        cursor.execute(f"SELECT count(*) FROM recoveries_recovery r WHERE {where}", values)
    else:
        cursor.execute(TOTAL.format(where=where), values)
    return int(cursor.fetchone()[0])


def _order(wanted: Wanted, *, descending: bool) -> str:
    column, is_text = SORTS[wanted.sort]
    collation = f" {dialect().text_order}" if is_text else ""
    direction = "DESC" if descending else "ASC"
    if column == "id":
        return f"ORDER BY r.id {direction}"
    return f"ORDER BY r.{column}{collation} {direction}, r.id {direction}"
