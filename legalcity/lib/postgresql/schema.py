"""Changes of tables that do not keep the product waiting.

A statement that asks for a lock stands in a line, and everybody who comes later stands behind it. One long transaction
ahead of a migration is enough to stop every request on that table. So a migration gives up after a while
(`MIGRATION_LOCK_TIMEOUT`), leaves nothing behind, and is tried again by who runs it.
"""

from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db.backends.postgresql import schema


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Waits for a lock no longer than it may.

    A statement that works beside the others (`CONCURRENTLY`, in migrations without a transaction) may wait: nobody
    stands behind it, and given up it would leave an index that is of no use.
    """

    def __enter__(self) -> Self:
        entered = super().__enter__()
        self._wait_for_locks(settings.MIGRATION_LOCK_TIMEOUT)
        return entered

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if not self.atomic_migration:
            self._wait_for_locks(None)

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Run a statement, with the patience that it may have."""
        is_patient = not self.atomic_migration and " CONCURRENTLY " in str(sql).upper()
        if is_patient:
            self._wait_for_locks(0)
        super().execute(sql, params)
        if is_patient:
            self._wait_for_locks(settings.MIGRATION_LOCK_TIMEOUT)

    def _wait_for_locks(self, seconds: int | None) -> None:
        """Until the transaction ends; without one until it is said otherwise. None is what the server has."""
        if self.collect_sql:
            return
        with self.connection.cursor() as cursor:
            if seconds is None:
                cursor.execute("RESET lock_timeout")
            else:
                cursor.execute("SELECT set_config('lock_timeout', %s, %s)", [f"{seconds}s", self.atomic_migration])
