"""Operations that migrations share."""

from typing import Any

from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation

from legalcity.lib.collation import TEXT_ORDER


class SqlOf(RunSQL):
    """SQL for one kind of database only; the others pass it by."""

    def __init__(self, vendor: str, sql: str, reverse_sql: str) -> None:
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
