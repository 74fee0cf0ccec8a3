"""The list of cases: at most two statements, whatever the size of the account or of the page.

Written in SQL because the ORM spends more time on building these queries than the database on answering them
(docs/decisions.md, "The read path"). Column names come from this file only; whatever clients send is a parameter.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import connection

from legalcity.lib.asking import rows_of
from legalcity.lib.searching import TRIGRAM
from legalcity.lib.text import like_pattern, searchable
from recoveries.catalogue import catalogue
from recoveries.selectors.matches import TEXT, UNINDEXED, matches
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
# Those that are in order within one status too, by `recovery_by_status_created` and `recovery_by_status`.
WITHIN_STATUS = frozenset({"created_at", "id", "recovery_last_status"})
IDS = "SELECT {columns} FROM recoveries_recovery r WHERE {where} {order} {cut}"
REMEMBERED = 500  # statements
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


OF_THE_HANDLER, OF_THE_BALANCE = {"first_name", "last_name"}, {"due", "next_change"}
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
    if wanted.offset == 0 and not wanted.is_counted:
        return _first_page(wanted)
    where, values = _conditions(wanted)
    if wanted.search is not None:
        return _found_page(wanted, where, values)
    total = _total(wanted, where, values)
    # What is best within a status hangs on how many cases of it there are.
    with nullcontext() if wanted.group is None else planned_for_their_values():
        return _any_page(wanted, total, where, values)


def _found_page(wanted: Wanted, where: str, values: list[Any]) -> tuple[int, list[CaseRow]]:
    """A page of what a search finds: by ids where they are few, else looked for again along the order of the list."""
    cases = int(rows_of(TOTAL.format(where=f"owner_id = {OWNER}"), [wanted.owner_id])[0][0])
    with planned_for_their_values():
        total, few = matches(where, values, cases)
        if few is None:
            return _any_page(wanted, total, where.format(text=TEXT), values)
    return _any_page(wanted, total, f"owner_id = {OWNER} AND r.id {dialect().among}", [wanted.owner_id, few])


def _any_page(wanted: Wanted, total: int, where: str, values: list[Any]) -> tuple[int, list[CaseRow]]:
    """The page of a list whose total is known."""
    limit = min(wanted.limit, total - wanted.offset)
    if limit <= 0:
        return total, []
    # The far half of a list is read from its end: the last page costs what the first one costs.
    backwards = wanted.offset > total // 2
    offset = total - wanted.offset - limit if backwards else wanted.offset
    order = _order(wanted.sort, descending=wanted.descending != backwards)
    ids = IDS.format(columns="r.id", where=where, order=order, cut="LIMIT %s OFFSET %s")
    rows = [*map(CaseRow._make, rows_of(f"SELECT {_page(ids, order)}", [*values, limit, offset]))]
    return total, rows[::-1] if backwards else rows


def _first_page(wanted: Wanted) -> tuple[int, list[CaseRow]]:
    """The page that nearly everybody asks for, its total in the same statement; without rows there is none."""
    owner, form = wanted.owner_id, (wanted.sort, wanted.descending, wanted.limit)
    if wanted.group is None:
        found = rows_of(_first_of_all(*form), [owner, owner])
    elif wanted.sort not in WITHIN_STATUS:
        found = _first_sorted(wanted)
    else:
        statuses = catalogue.of_group(wanted.group)
        each = [value for status in statuses for value in (owner, status)]
        found = rows_of(_first_of_statuses(*form, len(statuses)), [owner, *statuses, *each])
    return int(found[0][0]) if found else 0, [CaseRow._make(columns[1:]) for columns in found]


def _first_sorted(wanted: Wanted) -> list[tuple[Any, ...]]:
    """Of a group of statuses, in an order that no index has within one."""
    where, values = _conditions(wanted)
    order = _order(wanted.sort, descending=wanted.descending)
    ids = IDS.format(columns="r.id", where=where, order=order, cut=f"LIMIT {wanted.limit:d}")
    with planned_for_their_values():
        return rows_of(f"SELECT ({TOTAL.format(where=where)}), {_page(ids, order)}", [*values, *values])


@lru_cache(maxsize=REMEMBERED)
def _first_of_all(sort: str, descending: bool, limit: int) -> str:
    """With a literal limit (a checked number): for one that it does not know PostgreSQL plans at each call."""
    order = _order(sort, descending=descending)
    ids = IDS.format(columns="r.id", where=IS_OWNED, order=order, cut=f"LIMIT {limit:d}")
    return f"SELECT ({TOTAL.format(where=IS_OWNED)}), {_page(ids, order)}"


@lru_cache(maxsize=REMEMBERED)
def _first_of_statuses(sort: str, descending: bool, limit: int, many: int) -> str:
    """The first of each of so many statuses, which stand in order in an index, and of these the first."""
    order, cut = _order(sort, descending=descending), f"LIMIT {limit:d}"
    columns = "r.id" if sort == "id" else f"r.id, r.{SORTS[sort][0]}"
    first = IDS.format(columns=columns, where=f"{IS_OWNED} AND status_id = {HIDDEN_STATUS}", order=order, cut=cut)
    firsts = " UNION ALL ".join([f"SELECT * FROM ({first}) of_one"] * many)
    total = f"{IS_OWNED} AND status_id IN ({', '.join([HIDDEN_STATUS] * many)})"
    return f"SELECT ({TOTAL.format(where=total)}), {_page(f'SELECT r.id FROM ({firsts}) r {order} {cut}', order)}"


def _page(ids: str, order: str) -> str:
    """The columns of the cases that `ids` gives: ids are passed over in the index, rows fetched for the page alone."""
    return (
        f"{_shown()} FROM ({ids}) page JOIN recoveries_recovery r ON r.id = page.id "
        f"LEFT JOIN accounts_user u ON u.id = r.user_id "
        f"LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id {order}"
    )


@cache
def _shown() -> str:
    return ", ".join(map(_written, CaseRow._fields))


def _written(name: str) -> str:
    """A column of the page, as the contract writes it."""
    column = f"{'u' if name in OF_THE_HANDLER else 'b' if name in OF_THE_BALANCE else 'r'}.{name}"
    if name in MONEY:
        return dialect().money.format(column)
    if name in MOMENTS:
        return dialect().moment.format(column)
    return f"CAST({column} AS text)" if name in DAYS else column


# The cast keeps psycopg from sending a small id as int2, which the search index could not use.
OWNER = "CAST(%s AS bigint)"
# Page 1 is read from the index of its order, whoever asks for whichever status. Behind a subquery the planner does not
# see whom and which: it finds no plan that is better for these and keeps that for all, where planning took twice the
# time of reading. It takes the account for one of the usual size. Ids alone stand in that index, so that no other is
# cheaper for a small account, which for a large one would be all its cases, sorted.
IS_OWNED = f"owner_id = (SELECT {OWNER})"
HIDDEN_STATUS = "(SELECT CAST(%s AS smallint))"


def _conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    """What the cases meet; of a search the column that is compared is left to be filled in, as `text`."""
    where, values = [f"owner_id = {OWNER}"], [wanted.owner_id]
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
        text = "{text}" if len(term) >= TRIGRAM else UNINDEXED
        where.append(f"{text} LIKE %s ESCAPE '\\'")
        values.append(like_pattern(term))  # type: ignore[arg-type]
    return " AND ".join(where), values


def _total(wanted: Wanted, where: str, values: list[Any]) -> int:
    """Read from the table that the services keep, where it has it."""
    if wanted.is_counted:
        counted = f"SELECT count(*) FROM recoveries_recovery r WHERE {where}"
        return int(rows_of(counted, values)[0][0])
    return int(rows_of(TOTAL.format(where=where), values)[0][0])


def _order(sort: str, *, descending: bool) -> str:
    column, is_text = SORTS[sort]
    collation = f" {dialect().text_order}" if is_text else ""
    direction = "DESC" if descending else "ASC"
    if column == "id":
        return f"ORDER BY r.id {direction}"
    return f"ORDER BY r.{column}{collation} {direction}, r.id {direction}"
