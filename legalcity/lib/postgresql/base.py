"""The backend: Django's, but for kept connections, the locks that migrations wait for, and poolers."""

import re
import select
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error, RawCursor

from legalcity.lib.postgresql.schema import SchemaEditor

PLACEHOLDER = re.compile(r"%(?:(?P<place>s)|\((?P<name>\w+)\)s|%)")


class DatabaseWrapper(base.DatabaseWrapper):
    """Kept connections are checked at the socket.

    A server that restarted or hung up has closed its end, which makes the idle socket readable: only then is the
    server asked (`SELECT 1`). The stock check asks it on every request, a seventh of a list's time.
    """

    SchemaEditorClass = SchemaEditor
    _asking: RawCursor[Any] | None = None

    def chunked_cursor(self) -> Any:
        """A cursor of the server, which is read a piece at a time.

        Outside a transaction it would have to outlive its statement (`WITH HOLD`), which no connection of a pooler
        does: there the rows come at once.
        """
        if self.settings_dict.get("IS_POOLED") and self.get_autocommit():
            return self.cursor()
        return super().chunked_cursor()

    def is_usable(self) -> bool:
        """True while nothing has arrived on the idle connection, or the server still answers."""
        if self.connection is None:
            return False
        try:
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN)
            is_quiet = not poll.poll(0)
        except (OSError, Error):
            return False
        return is_quiet or super().is_usable()

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement, none of one that gives none, by one cursor that the connection keeps.

        Making a cursor of Django's and taking it through its layers costs as much again as asking. What those layers
        are for is done here: the connection's health, wrappers, broken transactions, Django's errors. Who logs
        statements gets a cursor of Django's.
        """
        if self.queries_logged:
            with self.cursor() as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall()) if cursor.description else []
        self.validate_thread_sharing()
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self._asking is None or self._asking.connection is not self.connection:
            self._asking = RawCursor(self.connection)
        ask: Any = self._ask
        for wrapper in reversed(self.execute_wrappers):
            ask = partial(wrapper, ask)
        asked: list[tuple[Any, ...]] = ask(sql, values, False, {"connection": self, "cursor": self._asking})
        return asked

    def _ask(self, sql: str, values: Any, _many: bool, context: dict[str, Any]) -> list[tuple[Any, ...]]:
        self.validate_no_broken_transaction()
        text, names = _numbered(sql)
        cursor = context["cursor"]
        with self.wrap_database_errors:
            cursor.execute(text, [values[name] for name in names] if names else values)
            # Not `description`, which makes an object of each column.
            return list(cursor.fetchall()) if cursor.pgresult.nfields else []


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with the placeholders that the server reads, and the names of its values, if they have some.

    The driver does so at each execution, for the longest statements from the beginning.
    """
    names: dict[str, int] = {}
    places = iter(range(1, len(sql)))

    def number(found: re.Match[str]) -> str:
        if found["name"]:
            return f"${names.setdefault(found['name'], len(names) + 1)}"
        return f"${next(places)}" if found["place"] else "%"

    return PLACEHOLDER.sub(number, sql), tuple(names)
