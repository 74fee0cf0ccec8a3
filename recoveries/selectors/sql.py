"""The few words in which PostgreSQL and SQLite differ, for the hand-written reads of this room."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from legalcity.lib.collation import TEXT_ORDER


@dataclass(frozen=True, slots=True)
class Dialect:
    """`array` and `collect` build JSON arrays; `text_order` is the collation that text indexes are built with.

    `money` and `moment` write a column as answers do, which costs the database a tenth of what it costs us.
    `ids` collects ids into a text, `among` holds for a column that is one of them. `text_lengths` are the conditions of
    the indexes of searched texts (migration 0088), which together hold for every case.
    """

    array: str
    collect: str
    text_order: str
    money: str
    moment: str
    ids: str
    among: str
    text_lengths: tuple[str, ...]


DIALECTS = {
    "postgresql": Dialect(
        array="json_build_array",
        collect="json_agg",
        text_order=f'COLLATE "{TEXT_ORDER["postgresql"]}"',
        money="CAST({0} AS text)",
        moment="""to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        ids="CAST(array_agg(id) AS text)",
        among="= ANY(CAST(%s AS bigint[]))",
        text_lengths=(" AND octet_length(r.search_text) <= 2000", " AND octet_length(r.search_text) > 2000"),
    ),
    "sqlite": Dialect(
        array="json_array",
        collect="json_group_array",
        text_order=f'COLLATE "{TEXT_ORDER["sqlite"]}"',
        money="CASE WHEN {0} IS NOT NULL THEN printf('%%.2f', {0}) END",
        # It keeps no fraction of a second that is nothing.
        moment="replace(substr({0}, 1, 19), ' ', 'T') || '.' || substr(substr({0}, 21) || '000000', 1, 6) || 'Z'",
        ids="json_group_array(id)",
        among="IN (SELECT value FROM json_each(%s))",
        text_lengths=("",),
    ),
}


@contextmanager
def planned_for_their_values() -> Iterator[None]:
    """Inside, PostgreSQL plans statements for the values that they come with, and prepares none.

    A prepared statement is planned once for any values. Of a search that plan expects a handful of matches, and sorts
    a hundred thousand where it could have read the first page in order.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver: Any = connection.connection
    kept, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = kept


def dialect() -> Dialect:
    """The dialect of the default database."""
    return DIALECTS[connection.vendor]


def quoted(words: Iterable[str]) -> str:
    """Words of ours as a list for IN. Nothing that anybody sends goes this way."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"({listed})"
