"""Tables whose rows are written once: the database refuses to change or remove them, but for one audited door.

A migration makes a table so, after the table, on both engines:

    operations = [CreateModel("Posting", …), AppendOnly("Posting")]

`may_set` names the fields that the machine itself sets later. `since` names the field that is set when a row is
finished: before that it is written on as any other. The columns are those that the model has at that
migration: one that adds or alters a field names `AppendOnly` again, because SQLite makes such a table anew and drops
its triggers with the old one (`tests/test_append_only.py` looks whether all are there).

What must go after all (a case that is deleted, rows past their time) goes through the door, which asks for a reason,
opens only the tables that are named, ends with its block and with its transaction, and is written down in the audit:

    with door(Line, Posting, reason="The case is deleted."):
        …

The door is what the triggers look at: on PostgreSQL a setting that is local to the transaction, on SQLite rows of a
small table, which nobody else sees before they are gone again. TRUNCATE (PostgreSQL) has no door.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models, transaction
from django.db.migrations.operations.base import Operation

SETTING = "legalcity.ledger_door"  # PostgreSQL: `,table,table,`
DOORS = "ledger_door"  # SQLite: a row for each open table
REFUSAL = "is append-only"

Record = Callable[[str, Collection[str]], None]

_recorders: list[Record] = []
_open: ContextVar[frozenset[str]] = ContextVar("open_doors", default=frozenset())


# --- the wall --------------------------------------------------------------------------------------------------------
class AppendOnly(Operation):
    """A migration's step: the rows of a model are written once, but for the fields `may_set`, from `since` on."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, may_set: Sequence[str] = (), since: str = "") -> None:
        self.model_name, self.may_set, self.since = model_name, tuple(may_set), since

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django's picture of the models stays as it is."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put up the triggers, in the place of earlier ones."""
        model = to_state.apps.get_model(app_label, self.model_name)
        fixed, free = _columns(model, self.may_set)
        vendor, table = schema_editor.connection.vendor, model._meta.db_table
        since = str(model._meta.get_field(self.since).column) if self.since else ""
        for sql in [*removed(vendor, table), *refusals(vendor, table, fixed if free else (), since)]:
            schema_editor.execute(sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take them down; what all tables share stays."""
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for sql in removed(schema_editor.connection.vendor, table):
            schema_editor.execute(sql, params=None)

    def describe(self) -> str:
        """As `migrate --plan` shows it."""
        return f"Write rows of {self.model_name} once"


def _columns(model: type[models.Model], may_set: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns that never change, and those that the machine sets."""
    stored = {field.name: str(field.column) for field in model._meta.concrete_fields if not field.generated}
    free = [stored.pop(name) for name in may_set]
    return list(stored.values()), free


def refusals(vendor: str, table: str, fixed: Sequence[str] = (), since: str = "") -> list[str]:
    """The SQL that makes `table` append-only. A change is refused when it is one of `fixed`; of any column, if none.

    With `since`, rows in which this column is empty are left alone.
    """
    return (_on_postgresql if vendor == "postgresql" else _on_sqlite)(table, fixed, since)


def removed(vendor: str, table: str) -> list[str]:
    """The SQL that takes the triggers of `refusals` down, where there are any."""
    where = f' ON "{table}"' if vendor == "postgresql" else ""
    return [f'DROP TRIGGER IF EXISTS "{name}"{where}' for name in trigger_names(vendor, table)]


def trigger_names(vendor: str, table: str) -> list[str]:
    """What the triggers are called. SQLite has no TRUNCATE."""
    verbs = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [f"{table}_no_{verb}" for verb in verbs]


def _on_postgresql(table: str, fixed: Sequence[str], since: str) -> list[str]:
    is_shut = f"strpos(coalesce(current_setting('{SETTING}', true), ''), ',{table},') = 0" + _finished(since)
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in fixed) or "true"
    update, delete, truncate = trigger_names("postgresql", table)
    return [
        "CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' {REFUSAL}', ERRCODE = 'restrict_violation'; "
        "END $$",
        f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" '
        f"FOR EACH ROW WHEN ({is_shut} AND ({changed})) EXECUTE FUNCTION append_only_refuse()",
        f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" '
        f"FOR EACH ROW WHEN ({is_shut}) EXECUTE FUNCTION append_only_refuse()",
        f'CREATE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse()",
    ]


def _finished(since: str) -> str:
    return f' AND OLD."{since}" IS NOT NULL' if since else ""


def _on_sqlite(table: str, fixed: Sequence[str], since: str) -> list[str]:
    is_shut = f"NOT EXISTS (SELECT 1 FROM {DOORS} WHERE name = '{table}')" + _finished(since)  # noqa: S608 - names of ours
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in fixed) or "1"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
    update, delete = trigger_names("sqlite", table)
    return [
        f"CREATE TABLE IF NOT EXISTS {DOORS} (name text PRIMARY KEY)",
        f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" WHEN {is_shut} AND ({changed}) {refuse}',
        f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" WHEN {is_shut} {refuse}',
    ]


# --- the door --------------------------------------------------------------------------------------------------------
def door_recorder(record: Record) -> Record:
    """Decorator: `record` writes down, in the transaction, for which reason which tables are opened."""
    _recorders[:] = [record]
    return record


@contextmanager
def door(*opened: type[models.Model], reason: str) -> Iterator[None]:
    """Let rows of these models be changed and deleted within the block, which is one transaction or part of one."""
    tables = {model._meta.db_table for model in opened}
    outside = _open.get()
    with transaction.atomic():  # What rolls it back shuts the door too.
        _recorder()(reason, sorted(tables))
        _let_through(outside, outside | tables)
        token = _open.set(outside | tables)
        try:
            yield
        finally:
            _open.reset(token)
        _let_through(outside | tables, outside)


def _recorder() -> Record:
    if not _recorders:
        raise ImproperlyConfigured("Nobody writes down that append-only tables are opened.")
    return _recorders[0]


def _let_through(before: frozenset[str], after: frozenset[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT set_config('{SETTING}', %s, true)", [_listed(after)])
            return
        for table in after - before:
            cursor.execute(f"INSERT INTO {DOORS} (name) VALUES (%s)", [table])  # noqa: S608
        for table in before - after:
            cursor.execute(f"DELETE FROM {DOORS} WHERE name = %s", [table])  # noqa: S608


def _listed(tables: Iterable[str]) -> str:
    return "".join(f",{table}," for table in sorted(tables))
