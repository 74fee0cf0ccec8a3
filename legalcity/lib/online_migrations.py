"""Operations that change a large table while it is in use (docs/adding.md, *A change of a large table*).

They are those of `django.contrib.postgres`, which know PostgreSQL alone. On SQLite, where one process works and a table
is changed by copying it, the plain ones do.
"""

from typing import Any

from django.contrib.postgres import operations as online
from django.db.migrations import operations as plain


class AddIndexConcurrently(online.AddIndexConcurrently):
    """An index that is built beside those who write. Wants `atomic = False`."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Build it; what an earlier migration has left of it goes before."""
        drop = "DROP INDEX CONCURRENTLY" if _is_postgres(schema_editor) else "DROP INDEX"
        schema_editor.execute(f"{drop} IF EXISTS {schema_editor.quote_name(self.index.name)}")
        way = online.AddIndexConcurrently if _is_postgres(schema_editor) else plain.AddIndex
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop it."""
        way = online.AddIndexConcurrently if _is_postgres(schema_editor) else plain.AddIndex
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexConcurrently(online.RemoveIndexConcurrently):
    """An index that goes without anybody waiting. Wants `atomic = False`."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop it."""
        way = online.RemoveIndexConcurrently if _is_postgres(schema_editor) else plain.RemoveIndex
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Build it again."""
        way = online.RemoveIndexConcurrently if _is_postgres(schema_editor) else plain.RemoveIndex
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)


class AddConstraintNotValid(online.AddConstraintNotValid):
    """A check that new rows must pass from now on; `ValidateConstraint` in a later migration looks at the old ones."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add it; SQLite looks at all rows at once."""
        way = online.AddConstraintNotValid if _is_postgres(schema_editor) else plain.AddConstraint
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)


class ValidateConstraint(online.ValidateConstraint):
    """Looks at the rows that were there before a check, beside those who write."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Look; SQLite has looked already."""
        if _is_postgres(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


def _is_postgres(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")
