"""The backend: Django's, but for kept connections, the locks that migrations wait for, and poolers."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error

from legalcity.lib.postgresql.schema import SchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    """Kept connections are checked at the socket.

    A server that restarted or hung up has closed its end, which makes the idle socket readable: only then is the
    server asked (`SELECT 1`). The stock check asks it on every request, a seventh of a list's time.
    """

    SchemaEditorClass = SchemaEditor

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
