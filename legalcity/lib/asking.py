"""Statements that are on the way of nearly every call, asked with as little around them as there can be."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def rows_of(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement, none of one that gives none. Raises what a cursor of Django's raises.

    PostgreSQL's connections have a quicker way than those cursors (`legalcity/lib/postgresql/base.py`).
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        rows: list[tuple[Any, ...]] = connection.rows(sql, values)
        return rows
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []
