"""A value that all requests read and that changes a few times a year: read at most every five seconds."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import structlog
from django.db import InterfaceError, OperationalError

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

    @property
    def value(self) -> T:
        """The value. Raises OperationalError or InterfaceError when the database is away and nothing is kept."""
        if time.monotonic() - self._looked_at > MAX_AGE:
            self._look()
        return self._kept[0]

    def _look(self) -> None:
        try:
            self._kept = (self._read(),)
        except (OperationalError, InterfaceError) as error:
            if not self._kept:
                raise
            if is_away(error):
                log_failure(error)  # Which says so once, not every five seconds.
            else:
                log.warning("snapshot_is_old", error=type(error).__name__)
        self._looked_at = time.monotonic()

    def forget(self, **_: Any) -> None:
        """Read again at the next look. The last value is kept for the case that it fails."""
        self._looked_at = float("-inf")
