"""Operations that migrations share."""

from collections.abc import Callable
from typing import Any

from django.db.migrations.operations import AddField, RunPython, RunSQL
from django.db.migrations.operations.base import Operation

from legalcity.lib.collation import TEXT_ORDER
from legalcity.lib.search_columns import SearchText

BATCH = 500  # rows


class SqlOf(RunSQL):
    """SQL for one kind of database only; the others pass it by."""

    def __init__(self, vendor: str, sql: str | list[Any], reverse_sql: str | list[Any]) -> None:
        super().__init__(sql, reverse_sql)
        self.vendor = vendor

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As any operation."""
        return (self.__class__.__qualname__, [self.vendor, self.sql, self.reverse_sql], {})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run the SQL where it belongs."""
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Undo it there."""
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def text_index(name: str, table: str, column: str) -> list[Operation]:
    """An index for the sort of a list by a text column: owner, column under the reader's collation, id."""
    drop = f"DROP INDEX IF EXISTS {name}"
    return [
        SqlOf(
            vendor,
            f'CREATE INDEX {name} ON {table} (owner_id, {column} COLLATE "{collation}", id)',
            drop,
        )
        for vendor, collation in TEXT_ORDER.items()
    ]


def search_texts_added(app_label: str, model_name: str, *sources: str) -> list[Operation]:
    """A column that the rows of a table are found by, with the texts of `sources` in it."""
    return [
        AddField(model_name.lower(), "search_text", SearchText(*sources)),
        search_texts_folded(app_label, model_name, *sources),
    ]


def search_texts_folded(app_label: str, model_name: str, *sources: str) -> RunPython:
    """Fold the search texts of a table anew from the columns `sources`: for a change of `legalcity.lib.text.folded`.

    Batch by batch, so its migration should not be atomic; what is right already is not written.
    """
    return _folded(app_label, model_name, lambda _column: SearchText(*sources))


def search_texts_anew(app_label: str, model_name: str) -> RunPython:
    """Write the search texts of a table as its column says by now. As above."""
    return _folded(app_label, model_name, lambda column: column)


def _folded(app_label: str, model_name: str, rule_of: Callable[[Any], SearchText]) -> RunPython:
    def fold(apps: Any, schema_editor: Any) -> None:
        model = apps.get_model(app_label, model_name)
        rows, rule = model._base_manager.using(schema_editor.connection.alias), rule_of(_column(model))
        last: Any = 0
        while batch := list(rows.filter(pk__gt=last).order_by("pk").only("search_text", *rule.columns)[:BATCH]):
            last = batch[-1].pk
            texts = {row.pk: rule.text_of(row) for row in batch}
            changed = [row for row in batch if row.search_text != texts[row.pk]]
            for row in changed:
                row.search_text = texts[row.pk]
            rows.bulk_update(changed, ["search_text"])

    return RunPython(fold, RunPython.noop)


def _column(model: Any) -> Any:
    return model._meta.get_field("search_text")


def search_index(name: str, table: str) -> list[Operation]:
    """An index for the search of staff, who look through the rows of all accounts at once. PostgreSQL only.

    Nobody waits for it, so its migration is not atomic; one that was left half built is made anew.
    """
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    built = f"CREATE INDEX CONCURRENTLY {name} ON {table} USING gin (search_text gin_trgm_ops)"
    return [SqlOf("postgresql", ["CREATE EXTENSION IF NOT EXISTS pg_trgm", drop, built], drop)]
