"""A value that all requests read and that changes a few times a year: read at most every five seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, Generic, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from legalcity.lib.logs import log_failure
from legalcity.lib.outages import is_away

log = structlog.get_logger("snapshots")

MAX_AGE = 5.0  # seconds

T = TypeVar("T")


class Snapshot(Generic[T]):
    """What `read` said last, for MAX_AGE seconds; longer while the database is away.

    Nothing is made up: until `read` has succeeded once, its error is the reader's.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._kept: tuple[T, ...] = ()
        self._looked_at = float("-inf")
        self._lock = Lock()
        self._forgotten = object()  # another one each time: it tells what was read before from what was read since
        self._held: ContextVar[tuple[T, ...]] = ContextVar("held_snapshot", default=())

    @property
    def value(self) -> T:
        """The value. Raises OperationalError or InterfaceError when the database is away and nothing is kept."""
        if held := self._held.get():
            return held[0]
        return self._look() if time.monotonic() - self._looked_at > MAX_AGE else self._kept[0]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, this thread sees one value, whatever another one reads meanwhile."""
        token = self._held.set((self.value,))
        try:
            yield
        finally:
            self._held.reset(token)

    def _look(self) -> T:
        forgotten = self._forgotten
        try:
            read: tuple[T, ...] = (self._read(),)
        except (OperationalError, InterfaceError) as error:
            if not self._kept:
                raise
            read = self._kept
            if is_away(error):
                log_failure(error)  # Which says so once, not every five seconds.
            else:
                log.warning("snapshot_is_old", error=type(error).__name__)
        with self._lock:
            if self._forgotten is forgotten:  # Else another thread has changed it since, and this is of before.
                self._kept, self._looked_at = read, time.monotonic()
        return read[0]

    def forget(self, **_: Any) -> None:
        """Read again at the next look, and once more when what changes it is committed: until then others read what
        was before. The last value is kept for the case that it fails.
        """
        self._forget()
        if connection.in_atomic_block:
            transaction.on_commit(self._forget)

    def _forget(self) -> None:
        with self._lock:
            self._forgotten, self._looked_at = object(), float("-inf")
