"""Telling a database that is away for a moment from one that refuses."""

import sqlite3

from django.db import InterfaceError, OperationalError
from psycopg import Error as PostgresError

RETRY_AFTER = 10  # seconds, as 503 tells

# Connection failures, too many connections, shutdown and start of the server.
_AWAY_ON_POSTGRESQL = ("08", "53300", "57P")
_AWAY_ON_SQLITE = frozenset({"SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_LOCKED"})


def is_away(error: BaseException | None) -> bool:
    """Whether `error` says that the database cannot be reached, has hung up, or takes nobody in just now.

    What was asked is not at fault then: it may be asked again. A deadlock or a statement that took too long is not
    meant.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, PostgresError):
        # Without a state it is the driver that speaks, since no server does.
        return cause.sqlstate is None or cause.sqlstate.startswith(_AWAY_ON_POSTGRESQL)
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorname", "") in _AWAY_ON_SQLITE
