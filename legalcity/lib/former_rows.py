"""Tables of which the database keeps what a row said before, so that an earlier day can be told as it was known.

A migration makes a table so, on both engines, whoever changes its rows and through whichever door:

    KeepsFormer("Company", about="company", fields=("company_type", "acts_as"), into="recoveries_formerrow")

Each change of one of `fields` writes a row to the table `into` (`about`, `row_id`, `until`, `told`): what they said
until that moment. Nothing is written when a row begins, unless `events` has "insert": then `told` is null, since there
was none until then. So what holds at a moment is the earliest row that says what was so until later, else the row
itself.

SQLite makes a table anew when a migration alters it, and drops its triggers with the old one: such a migration names
`KeepsFormer` again (`tests/test_former_rows.py` looks whether all are there).
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation

NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}
OBJECT = {"postgresql": "jsonb_build_object", "sqlite": "json_object"}
DIFFERS = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}


class KeepsFormer(Operation):
    """A migration's step. `key`: SQL for `row_id`, that of OLD or NEW unless given; `where`: which rows, as SQL."""

    reversible = True
    reduces_to_sql = True

    def __init__(
        self,
        model_name: str,
        *,
        about: str,
        fields: Sequence[str],
        into: str,
        events: Sequence[str] = ("update",),
        key: str = "",
        where: str = "",
    ) -> None:
        self.model_name, self.about, self.fields, self.into = model_name, about, tuple(fields), into
        self.events, self.key, self.where = tuple(events), key, where

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django's picture of the models stays as it is."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put up the triggers, in the place of earlier ones."""
        model, vendor = self._model(app_label, to_state), schema_editor.connection.vendor
        kept = [sql for event in self.events for sql in self._kept(vendor, model, event)]
        for sql in [*self._removed(vendor, model), *kept]:
            schema_editor.execute(sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take them down."""
        for sql in self._removed(schema_editor.connection.vendor, self._model(app_label, from_state)):
            schema_editor.execute(sql, params=None)

    def describe(self) -> str:
        """As `migrate --plan` shows it."""
        return f"Keep what rows of {self.model_name} said before"

    def trigger_names(self, table: str) -> list[str]:
        """What the triggers are called."""
        return [f"{table}_former_{event}" for event in self.events]

    def _model(self, app_label: str, state: Any) -> type[models.Model]:
        """The model, of this app unless it names another one."""
        app, _, name = self.model_name.rpartition(".")
        found: type[models.Model] = state.apps.get_model(app or app_label, name)
        return found

    def _columns(self, model: Any) -> list[Any]:
        return [model._meta.get_field(name) for name in self.fields]

    def _removed(self, vendor: str, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        where = f' ON "{table}"' if vendor == "postgresql" else ""
        return [f'DROP TRIGGER IF EXISTS "{name}"{where}' for name in self.trigger_names(table)]

    def _kept(self, vendor: str, model: type[models.Model], event: str) -> list[str]:
        table, columns = model._meta.db_table, self._columns(model)
        name, row = f"{table}_former_{event}", "NEW" if event == "insert" else "OLD"
        told = "NULL" if event == "insert" else self._told(vendor, columns)
        key = self.key or f'{row}."{model._meta.pk.column}"'
        write = (
            f'INSERT INTO "{self.into}" (about, row_id, until, told) '  # noqa: S608 - names of ours
            f"VALUES ('{self.about}', {key}, {NOW[vendor]}, {told})"
        )
        happens = self._happens(vendor, event, row, [column.column for column in columns])
        if vendor == "sqlite":
            return [f'CREATE TRIGGER "{name}" AFTER {happens[0]} ON "{table}" WHEN {happens[1]} BEGIN {write}; END']
        return [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN {write}; RETURN NULL; END $$",
            f'CREATE TRIGGER "{name}" AFTER {happens[0]} ON "{table}" FOR EACH ROW WHEN ({happens[1]}) '
            f'EXECUTE FUNCTION "{name}"()',
        ]

    def _happens(self, vendor: str, event: str, row: str, columns: Sequence[str]) -> tuple[str, str]:
        """When a row is written: the verb of the trigger and its condition."""
        conditions = [self.where.format(row=row)] if self.where else []
        if event != "update":
            return event.upper(), " AND ".join(conditions) or "true"
        changed = " OR ".join(f'OLD."{column}" {DIFFERS[vendor]} NEW."{column}"' for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        return f"UPDATE OF {named}", " AND ".join([*conditions, f"({changed})"])

    def _told(self, vendor: str, columns: Sequence[Any]) -> str:
        """What the row said, as JSON by the names of its attributes; amounts as text, which JSON would round."""
        pairs = (f"'{column.attname}', {_value(column)}" for column in columns)
        return f"{OBJECT[vendor]}({', '.join(pairs)})"


def _value(column: Any) -> str:
    old = f'OLD."{column.column}"'
    return f"CAST({old} AS text)" if isinstance(column, models.DecimalField) else old
