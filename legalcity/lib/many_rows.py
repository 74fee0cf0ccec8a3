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

Row = Mapping[str, Any]  # attribute → value
BY_JSON = ("postgresql",)
NOTHING: Row = {}


def rows_create(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of a model, which get their keys.

    As `bulk_create` it calls no `save` and sends no signals. Raises IntegrityError.
    """
    if not rows:
        return
    if not is_by_json():
        type(rows[0])._base_manager.bulk_create(rows)
        return
    for row, key in zip(rows, _inserted(type(rows[0]), [_stored(row) for row in rows]), strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def rows_insert(model: type[models.Model], rows: Sequence[Row], shared: Row = NOTHING) -> list[int]:
    """Insert `rows`: the same attributes of the model in each, as they are stored; all of them have `shared` too.

    Returns their keys. No instance is made of them. Raises IntegrityError.
    """
    if not rows:
        return []
    if not is_by_json():
        return [row.pk for row in model._base_manager.bulk_create([model(**shared, **row) for row in rows])]
    return _inserted(model, rows, shared)


def rows_append(model: type[models.Model], rows: Sequence[Row], shared: Row = NOTHING) -> None:
    """`rows_insert` where nobody asks for the keys."""
    if not is_by_json():
        rows_insert(model, rows, shared)
    elif rows:
        write(*_insertion(model, rows, shared))


def rows_put(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Insert rows of a model that have their keys; of those that are there, write the attributes `names`."""
    if not rows:
        return
    model = type(rows[0])
    if not is_by_json():
        fields: Any = {"unique_fields": [model._meta.pk.name], "update_fields": names}
        model._base_manager.bulk_create(rows, update_conflicts=True, **fields)
        return
    sent = [{model._meta.pk.attname: row.pk, **_stored(row)} for row in rows]
    write(_put(model, tuple(sent[0]), tuple(names)), [as_json(sent)])


def rows_update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the attributes `names` of saved rows of a model. As `bulk_update` it sends no signals."""
    if not rows:
        return
    model = type(rows[0])
    if not is_by_json():
        model._base_manager.bulk_update(rows, names)
        return
    meta: Any = model._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    sent = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(names)), [as_json(sent)])


def _inserted(model: type[models.Model], rows: Sequence[Row], shared: Row = NOTHING) -> list[int]:
    """The keys of the rows: those that the database gives, or that were reserved where what is written waits."""
    if is_waiting():
        keys = keys_taken(model, len(rows))
        rows_append(model, [{model._meta.pk.attname: key, **row} for key, row in zip(keys, rows, strict=True)], shared)
        return keys
    statement, values = _insertion(model, rows, shared)
    with connection.cursor() as cursor:
        cursor.execute(statement + _keys_told(model), values)
        return [key for (key,) in cursor.fetchall()]


def _insertion(model: type[models.Model], rows: Sequence[Row], shared: Row) -> tuple[str, list[str]]:
    values = [as_json(rows), as_json(shared)] if shared else [as_json(rows)]
    return _insert(model, tuple(rows[0]), tuple(shared)), values


def is_by_json() -> bool:
    """Whether the database takes rows as one JSON value."""
    return connection.vendor in BY_JSON


def as_json(rows: Any) -> str:
    """Rows as such a value."""
    return orjson.dumps(rows, default=_text).decode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a column")


@cache
def _insert(model: type[models.Model], names: tuple[str, ...], shared: tuple[str, ...] = ()) -> str:
    """One text however many rows there are, prepared once a connection."""
    meta: Any = model._meta
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(meta.get_field(name).column) for name in (*names, *shared))
    beside = f", json_to_record(%s::json) AS shared ({_typed(model, shared)})" if shared else ""
    return (
        f"INSERT INTO {quoted(meta.db_table)} ({columns}) "  # noqa: S608 - names of ours
        f"SELECT {columns} FROM json_to_recordset(%s::json) AS given ({_typed(model, names)}){beside}"
    )


def _typed(model: type[models.Model], names: tuple[str, ...]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return ", ".join(f"{connection.ops.quote_name(each.column)} {each.rel_db_type(connection)}" for each in fields)


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
