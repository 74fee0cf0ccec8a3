"""Telling a database that is away for a moment from one that refuses, and one outage from the next."""

import sqlite3
import time
from threading import Lock

from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as NoBroker
from psycopg import Error as PostgresError
from redis.exceptions import ConnectionError as LostBroker

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


class Outage:
    """The absence of a service as one process sees it, for all its threads: told when it begins, and when it ends."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: float | None = None

    def has_begun(self) -> bool:
        """Note that the service is away; whether that is news."""
        with self._lock:
            is_news = self._since is None
            if self._since is None:
                self._since = time.monotonic()
            return is_news

    def has_ended(self) -> float | None:
        """Note that the service is there; for how many seconds it was away, None when it was not."""
        if self._since is None:  # The everyday, which waits for nobody.
            return None
        with self._lock:
            since, self._since = self._since, None
            return None if since is None else time.monotonic() - since


database_outage = Outage()
queue_outage = Outage()


def is_of_the_queue(error: BaseException | None) -> bool:
    """Whether `error` says that the broker cannot be reached, or has hung up."""
    return isinstance(error, NoBroker | LostBroker)
