"""The few words in which PostgreSQL and SQLite differ, for the hand-written reads of this room."""

from dataclasses import dataclass

from django.db import connection

from legalcity.lib.collation import TEXT_ORDER


@dataclass(frozen=True, slots=True)
class Dialect:
    """`array` and `collect` build JSON arrays; `text_order` is the collation that text indexes are built with."""

    array: str
    collect: str
    text_order: str


DIALECTS = {
    "postgresql": Dialect("json_build_array", "json_agg", f'COLLATE "{TEXT_ORDER["postgresql"]}"'),
    "sqlite": Dialect("json_array", "json_group_array", f'COLLATE "{TEXT_ORDER["sqlite"]}"'),
}


def dialect() -> Dialect:
    """The dialect of the default database."""
    return DIALECTS[connection.vendor]
