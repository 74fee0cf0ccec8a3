"""Rows in one statement, sent as one JSON value.

The ORM prepares each value of a row by itself, and the driver sends each by itself: five times what PostgreSQL needs
to read the same rows from JSON.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from django.db import connection, models


def rows_create(rows: Sequence[models.Model], *, returning: tuple[str, ...] = ()) -> None:
    """Insert unsaved rows of a model, which get their keys, and what the database makes of their columns `returning`.

    As `bulk_create` it calls no `save` and sends no signals. Raises IntegrityError.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        type(rows[0])._base_manager.bulk_create(rows)
        return
    names = ("pk", *returning)
    made = _inserted(type(rows[0]), list(map(_stored, rows)), names)
    for row, values in zip(rows, made, strict=True):
        for name, value in zip(names, values, strict=True):
            setattr(row, name, value)
        row._state.adding, row._state.db = False, connection.alias


def rows_insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`: the same attributes of the model in each, as they are stored. No instance is made of them."""
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create([model(**row) for row in rows])
    elif rows:
        _inserted(model, rows, ("pk",))


def rows_update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the attributes `names` of saved rows of a model. As `bulk_update` it sends no signals."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._base_manager.bulk_update(rows, names)
        return
    meta: Any = model._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    sent = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(names)), [orjson.dumps(sent, default=_text).decode()])


def _inserted(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], returning: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, tuple(rows[0]), returning), [orjson.dumps(rows, default=_text).decode()])
        return list(cursor.fetchall())


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a column")


@cache
def _statement(model: type[models.Model], names: tuple[str, ...], returning: tuple[str, ...]) -> str:
    """One text however many rows there are, prepared once a connection."""
    meta: Any = model._meta
    quoted = connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    columns = ", ".join(quoted(field.column) for field in fields)
    typed = ", ".join(f"{quoted(field.column)} {field.db_type(connection)}" for field in fields)
    told = ", ".join(quoted((meta.pk if name == "pk" else meta.get_field(name)).column) for name in returning)
    return (
        f"INSERT INTO {quoted(meta.db_table)} ({columns}) "  # noqa: S608 - names of ours
        f"SELECT {columns} FROM json_to_recordset(%s::json) AS given ({typed}) RETURNING {told}"
    )


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    meta: Any = model._meta
    quoted = connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    key = quoted(meta.pk.column)
    columns = ", ".join(f"{quoted(field.column)} = given.{quoted(field.column)}" for field in fields)
    typed = ", ".join(f"{quoted(field.column)} {field.db_type(connection)}" for field in fields)
    return (
        f"UPDATE {quoted(meta.db_table)} AS written SET {columns} "  # noqa: S608 - names of ours
        f"FROM json_to_recordset(%s::json) AS given ({key} {meta.pk.rel_db_type(connection)}, {typed}) "
        f"WHERE written.{key} = given.{key}"
    )


def _stored(row: Any) -> dict[str, Any]:
    """The attributes of a row as they are stored, those that are made when it is saved included."""
    row._prepare_related_fields_for_save(operation_name="rows_create")  # Keys of rows saved since they were named.
    return {
        field.attname: field.pre_save(row, True)
        for field in row._meta.concrete_fields
        if not field.primary_key and not field.generated
    }
