"""Operations that migrations share."""

from typing import Any

from django.db.migrations.operations import AddField, RunPython, RunSQL
from django.db.migrations.operations.base import Operation

from legalcity.lib.collation import TEXT_ORDER
from legalcity.lib.search_columns import SearchText
from legalcity.lib.text import searchable

BATCH = 500  # rows


class SqlOf(RunSQL):
    """SQL for one kind of database only; the others pass it by."""

    def __init__(self, vendor: str, sql: str | list[Any], reverse_sql: str) -> None:
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

    def fold(apps: Any, schema_editor: Any) -> None:
        rows = apps.get_model(app_label, model_name)._base_manager.using(schema_editor.connection.alias)
        last: Any = 0
        while batch := list(rows.filter(pk__gt=last).order_by("pk").only("search_text", *sources)[:BATCH]):
            last = batch[-1].pk
            texts = {row.pk: searchable(*(getattr(row, name) for name in sources)) for row in batch}
            changed = [row for row in batch if row.search_text != texts[row.pk]]
            for row in changed:
                row.search_text = texts[row.pk]
            rows.bulk_update(changed, ["search_text"])

    return RunPython(fold, RunPython.noop)
