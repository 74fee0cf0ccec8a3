"""Reading from a streaming replica, where who calls says that it may be a moment behind.

Nothing goes there by itself: a read is led there within `using_replica()`, which pages of staff ask for by
`reads_replica` (backoffice/replica_pages.py). Clients read what they have just written, so their calls never do. Writes
and whatever is read in a transaction, locks with it, stay with the primary.

A replica that is away or too far behind is left alone, and the primary is read instead.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from legalcity.lib.readiness import State, readiness

log = structlog.get_logger("legalcity.replica")

ALIAS = "replica"
CHECKED = 1.0  # seconds that an answer about the lag is believed
PAUSE = 5.0  # seconds that one which is away is left alone
AWAY = float("inf")

_chosen: ContextVar[str] = ContextVar("database", default=DEFAULT_DB_ALIAS)

_WRITTEN = "SELECT pg_current_wal_lsn()::text"
# Nothing of its own time is told where all is there: a primary that nobody writes to would seem to run away. NULL where
# it is no replica, or has replayed nothing yet.
_BEHIND = """
    SELECT CASE WHEN pg_last_wal_replay_lsn() >= %s::pg_lsn THEN 0
           ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""


class Lag:
    """How many seconds the replica is behind, as one process sees it for all its threads; `AWAY` without it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_again_at = float("-inf")
        self._seconds = AWAY

    def seconds(self) -> float:
        """What was measured a moment ago, else what is now. Who comes while another one measures takes the former."""
        if time.monotonic() >= self._asked_again_at and self._lock.acquire(blocking=False):
            try:
                was_there, self._seconds = self._seconds < AWAY, _measured()
                is_there = self._seconds < AWAY
                self._asked_again_at = time.monotonic() + (CHECKED if is_there else PAUSE)
                if was_there != is_there:
                    log.warning("replica_back" if is_there else "replica_away")
            finally:
                self._lock.release()
        return self._seconds

    def is_away(self) -> None:
        """It has just failed."""
        self._seconds, self._asked_again_at = AWAY, time.monotonic() + PAUSE

    def forget(self) -> None:
        """It is asked at once."""
        self._seconds, self._asked_again_at = AWAY, float("-inf")


lag = Lag()


def is_configured() -> bool:
    """Whether this installation has one."""
    return ALIAS in settings.DATABASES


@contextmanager
def using_replica() -> Iterator[str]:
    """Inside, rows are read from the replica, if there is one that is not too far behind. Gives the alias."""
    is_fresh = is_configured() and lag.seconds() <= settings.DATABASE_REPLICA_LAG
    with reading_from(ALIAS if is_fresh else DEFAULT_DB_ALIAS) as alias:
        yield alias


@contextmanager
def reading_from(alias: str) -> Iterator[str]:
    """Inside, rows are read from the database of that name."""
    token = _chosen.set(alias)
    try:
        yield alias
    finally:
        _chosen.reset(token)


def read_alias() -> str:
    """The name of the database that rows are read from here. Within a transaction of the primary it is the primary."""
    return DEFAULT_DB_ALIAS if connections[DEFAULT_DB_ALIAS].in_atomic_block else _chosen.get()


def read_connection() -> BaseDatabaseWrapper:
    """Its connection, for SQL that is written by hand."""
    return connections[read_alias()]


class ReadRouter:
    """Has Django ask `read_alias`. Nothing is ever written to the replica."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """As this module says."""
        return read_alias()

    def db_for_write(self, model: Any, **_hints: Any) -> str:
        """The primary, also for what was read elsewhere."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """The replica gets its tables as it gets its rows."""
        return db != ALIAS


def lag_figures() -> dict[str, float]:
    """For who watches: nothing where there is no replica, or it is away, which `legalcity_up` says."""
    seconds = lag.seconds() if is_configured() else AWAY
    return {} if seconds == AWAY else {"": seconds}


def _measured() -> float:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(_WRITTEN)
            (written,) = cursor.fetchone()
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(_BEHIND, [written])
            (behind,) = cursor.fetchone()
    except Error:
        connections[ALIAS].close()
        return AWAY
    return AWAY if behind is None else float(behind)


def _state() -> State:
    if not is_configured():
        return State.UNUSED
    return State.AWAY if lag.seconds() == AWAY else State.OK


readiness.register("replica", _state)
