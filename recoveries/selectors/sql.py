"""The few words in which PostgreSQL and SQLite differ, for the hand-written reads of this room."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Dialect:
    """`array` and `collect` build JSON arrays; `text_order` is the collation that text indexes are built with."""

    array: str
    collect: str
    text_order: str


DIALECTS = {
    # The collation is the one of ICU for French: case and accents as a French reader expects, on any server.
    "postgresql": Dialect("json_build_array", "json_agg", 'COLLATE "fr-x-icu"'),
    "sqlite": Dialect("json_array", "json_group_array", "COLLATE NOCASE"),
}


def dialect() -> Dialect:
    """The dialect of the default database."""
    return DIALECTS[connection.vendor]
