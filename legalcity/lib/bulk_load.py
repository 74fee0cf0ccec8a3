"""Many rows at once, by COPY: for loads of whole tables' worth, where a statement a table is still too dear.

The rows have their keys, from `keys_reserve`, so that they can name each other before any of them is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import connection, models

from legalcity.lib.json_text import json_text
from legalcity.lib.search_columns import SearchText


def keys_reserve(model: type[models.Model], many: int) -> list[int]:
    """Keys for `many` new rows of a model, in rising order. On SQLite within the transaction that writes the rows."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(kept.name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) "
                "AS kept, generate_series(1, %s)",
                [table, key, many],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + 1 + many))


def keys_give(rows: Sequence[models.Model]) -> None:
    """A new key to each of these rows of a model."""
    if rows:
        for row, key in zip(rows, keys_reserve(type(rows[0]), len(rows)), strict=True):
            row.pk = key


def rows_load(rows: Sequence[models.Model]) -> None:
    """Insert rows of a model that have their keys, with the moments that they have: nothing but search texts is made.

    No signals are sent. Raises IntegrityError.
    """
    if not rows:
        return
    model = type(rows[0])
    for field in _search_texts(model):
        for row in rows:
            field.pre_save(row, True)
    names = _names(model)
    _loaded(model, names, map(itemgetter(*names), map(vars, rows)), rows)


def values_load(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """`rows_load` of rows that are no models: the same attributes in each. The database gives their keys."""
    if rows:
        _loaded(model, tuple(rows[0]), (tuple(row.values()) for row in rows), rows)


def references_checked() -> None:
    """Have PostgreSQL look now whether the rows that were loaded refer to rows that are there. Raises IntegrityError.

    Left to the commit, it would hold whatever was locked last for all of that time.
    """
    if connection.vendor == "postgresql":
        connection.check_constraints()


def planner_told() -> None:
    """Tell PostgreSQL how large its tables have become: by plans made when they were empty, each row is looked for in
    the whole of them. Outside a transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _loaded(model: type[models.Model], names: Sequence[str], values: Iterable[Sequence[Any]], rows: Any) -> None:
    if connection.vendor != "postgresql":
        made = rows if isinstance(rows[0], models.Model) else [model(**row) for row in rows]
        model._base_manager.bulk_create(made)
        return
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(_field(model, name).column) for name in names)
    stored = _stored(model, tuple(names))
    with (
        connection.wrap_database_errors,  # Django wraps those of its own methods alone.
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN") as to,
    ):
        for row in values:
            to.write_row(stored(row))


@cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.generated)


@cache
def _search_texts(model: type[models.Model]) -> list[SearchText]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SearchText)]


@cache
def _stored(model: type[models.Model], names: tuple[str, ...]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What makes the values of these attributes ready to be sent: JSON is written out."""
    places = {place for place, name in enumerate(names) if isinstance(_field(model, name), models.JSONField)}
    if not places:
        return lambda row: row
    return lambda row: [_json(value) if place in places else value for place, value in enumerate(row)]


def _json(value: Any) -> str | None:
    return None if value is None else json_text(value)


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
