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

from legalcity.lib.one_statement import is_waiting, keys_taken, write

BY_JSON = ("postgresql",)


def rows_create(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of a model, which get their keys.

    As `bulk_create` it calls no `save` and sends no signals. Raises IntegrityError.
    """
    if not rows:
        return
    if connection.vendor not in BY_JSON:
        type(rows[0])._base_manager.bulk_create(rows)
        return
    for row, key in zip(rows, _inserted(type(rows[0]), [_stored(row) for row in rows]), strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def rows_insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert `rows`: the same attributes of the model in each, as they are stored. Returns their keys.

    No instance is made of them. Raises IntegrityError.
    """
    if not rows:
        return []
    if connection.vendor not in BY_JSON:
        return [row.pk for row in model._base_manager.bulk_create([model(**row) for row in rows])]
    return _inserted(model, rows)


def rows_append(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """`rows_insert` where nobody asks for the keys."""
    if connection.vendor not in BY_JSON:
        rows_insert(model, rows)
    elif rows:
        write(_insert(model, tuple(rows[0])), [_as_json(rows)])


def rows_put(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Insert rows of a model that have their keys; of those that are there, write the attributes `names`."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor not in BY_JSON:
        fields: Any = {"unique_fields": [model._meta.pk.name], "update_fields": names}
        model._base_manager.bulk_create(rows, update_conflicts=True, **fields)
        return
    sent = [{model._meta.pk.attname: row.pk, **_stored(row)} for row in rows]
    write(_put(model, tuple(sent[0]), tuple(names)), [_as_json(sent)])


def rows_update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the attributes `names` of saved rows of a model. As `bulk_update` it sends no signals."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor not in BY_JSON:
        model._base_manager.bulk_update(rows, names)
        return
    meta: Any = model._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    sent = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(names)), [_as_json(sent)])


def _inserted(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The keys of the rows: those that the database gives, or that were reserved where what is written waits."""
    if is_waiting():
        keys = keys_taken(model, len(rows))
        rows_append(model, [{model._meta.pk.attname: key, **row} for key, row in zip(keys, rows, strict=True)])
        return keys
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, tuple(rows[0])) + _keys_told(model), [_as_json(rows)])
        return [key for (key,) in cursor.fetchall()]


def _as_json(rows: Any) -> str:
    return orjson.dumps(rows, default=_text).decode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a column")


@cache
def _insert(model: type[models.Model], names: tuple[str, ...]) -> str:
    """One text however many rows there are, prepared once a connection."""
    meta: Any = model._meta
    quoted = connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    columns = ", ".join(quoted(field.column) for field in fields)
    typed = ", ".join(f"{quoted(field.column)} {field.rel_db_type(connection)}" for field in fields)
    return (
        f"INSERT INTO {quoted(meta.db_table)} ({columns}) "  # noqa: S608 - names of ours
        f"SELECT {columns} FROM json_to_recordset(%s::json) AS given ({typed})"
    )


@cache
def _keys_told(model: type[models.Model]) -> str:
    meta: Any = model._meta
    return f" RETURNING {connection.ops.quote_name(meta.pk.column)}"


@cache
def _put(model: type[models.Model], names: tuple[str, ...], written: tuple[str, ...]) -> str:
    meta: Any = model._meta
    quoted = connection.ops.quote_name
    columns = [quoted(meta.get_field(name).column) for name in written]
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return f"{_insert(model, names)} ON CONFLICT ({quoted(meta.pk.column)}) DO UPDATE SET {changed}"


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
    model: type[models.Model] = type(row)
    plain, made = _columns(model)
    values = {name: getattr(row, name) for name in plain}
    for field in made:
        values[field.attname] = field.pre_save(row, True)
    return values


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], list[Any]]:
    """The columns of a model but its key: those that are stored as they are, and those that are made on saving."""
    meta: Any = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key and not field.generated]
    made = [field for field in fields if type(field).pre_save is not models.Field.pre_save]
    return [field.attname for field in fields if field not in made], made
