"""Copies of rows, made inside the database: as many statements for a thousand of them as for one."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet
from django.db.models.expressions import Combinable


def rows_copy(rows: QuerySet[Any], *, instead: Mapping[str, Combinable], left_out: Collection[str] = ()) -> None:
    """Insert a copy of each of `rows`, in their order. One statement.

    Every column is copied, also one that the model gets tomorrow, but the key and what the database reckons by
    itself. `instead` has expressions over the row for columns that are others in the copy, `left_out` the columns that
    begin anew there, by their default in the database.
    """
    model = rows.model
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.attname not in left_out
    ]
    connection = connections[router.db_for_write(model)]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(model._meta.get_field(name).column) for name in names)
    copied = rows.values_list(*(instead.get(name, name) for name in names)).query
    select, values = copied.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) {select}", values)
