"""What a test with transactions leaves behind: the database as the migrations made it.

Django empties every table after such a test, and has the next one load the rows of migrations through the ORM: a
quarter of a second on SQLite, more on PostgreSQL. Here the database keeps those rows beside the tables and puts them
back itself, and only tables that hold something are emptied. So no test finds a database without them, in whatever
order tests run.
"""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = "as_migrated_"  # before the name of the table whose rows are kept


def put_back_rather_than_empty(connection: BaseDatabaseWrapper) -> None:
    """Change how this process cleans up after tests with transactions (`serialized_rollback=True`)."""
    creation: Any = connection.creation
    operations: Any = connection.ops
    creation.serialize_db_to_string = lambda: _keep(connection)
    creation.deserialize_db_from_string = lambda _kept: None
    operations.sql_flush = lambda _style, tables, **_options: list(_statements(connection, sorted(tables)))


def _keep(connection: BaseDatabaseWrapper) -> str:
    """Copy the rows that are there. Returns what Django is to remember of them: nothing."""
    with connection.cursor() as cursor:
        for table in _filled(connection, sorted(connection.introspection.django_table_names(only_existing=True))):
            cursor.execute(f"DROP TABLE IF EXISTS {KEPT}{table}")
            cursor.execute(f"CREATE TABLE {KEPT}{table} AS SELECT * FROM {table}")
    return ""


def _statements(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    """Empty what is filled, put back what was kept. Append-only tables refuse that: their triggers step aside."""
    kept = {name.removeprefix(KEPT) for name in connection.introspection.table_names() if name.startswith(KEPT)}
    changed = _changed(connection, sorted(kept))
    before, after = _without_triggers(connection)
    yield from before
    for table in _filled(connection, tables):
        if table in changed or table not in kept:
            yield f"DELETE FROM {table}"
    for table in changed:
        yield f"INSERT INTO {table} SELECT * FROM {KEPT}{table}"
    yield from after


def _changed(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    """Those that do not hold what was kept of them: few tests touch the rows of migrations."""
    question = " UNION ALL ".join(
        f"SELECT '{table}' WHERE (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM {KEPT}{table}) "
        f"OR EXISTS (SELECT * FROM {table} EXCEPT SELECT * FROM {KEPT}{table})"
        for table in tables
    )
    return [row[0] for row in _rows(connection, question)]


def _filled(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    question = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables)
    return [row[0] for row in _rows(connection, question)]


def _without_triggers(connection: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    """Statements for before and after."""
    if connection.vendor == "sqlite":
        triggers = _rows(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]
    if _rows(connection, "SELECT current_setting('is_superuser')") == [("on",)]:
        # Nothing fires, and nobody looks for references to what goes; it ends with the transaction.
        return ["SET LOCAL session_replication_role = replica"], []
    guarded = [
        row[0]
        for row in _rows(connection, "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    ]
    return (
        [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded],
        # References are checked at the end otherwise, and until then no table may be altered.
        ["SET CONSTRAINTS ALL IMMEDIATE", *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded)],
    )


def _rows(connection: BaseDatabaseWrapper, question: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())
