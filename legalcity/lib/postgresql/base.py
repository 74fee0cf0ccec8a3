"""The backend: Django's, but for the question whether a kept connection still stands, and the locks of migrations."""

import select

from django.db.backends.postgresql import base
from psycopg import Error

from legalcity.lib.postgresql.schema import SchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    """Kept connections are checked at the socket.

    A server that restarted or hung up has closed its end, which makes the idle socket readable: only then is the
    server asked (`SELECT 1`). The stock check asks it on every request, a seventh of a list's time.
    """

    SchemaEditorClass = SchemaEditor

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
