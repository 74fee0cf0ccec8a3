"""Where a process counts: in memory, or in a file of METRICS_DIR that `manage.py serve_metrics` adds up.

A file belongs to a place and not to a process: whoever is first free takes the lowest, and goes on counting where the
one before has stopped. So there are as many files as there were processes at a time, however often they are renewed,
and what a killed process has counted is not lost. A place is a lock: the system gives it back.
"""

import fcntl
import os
from pathlib import Path

import structlog
from django.conf import settings
from prometheus_client import values

log = structlog.get_logger("legalcity.metrics")

MOST = 1000  # processes of one machine


class NoPlace(OSError):
    """The folder cannot be written to, or holds more processes than a machine has."""


class Place:
    """The place of this process; a child that was forked takes its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = 0
        self._number = 0
        self._lock = -1

    def number(self) -> int:
        """Which one it is. Raises NoPlace."""
        if self._pid != os.getpid():
            if self._lock >= 0:
                os.close(self._lock)  # The parent's, which goes on holding it.
            self._number, self._lock = _first_free(self._folder)
            self._pid = os.getpid()
        return self._number


def _first_free(folder: Path) -> tuple[int, int]:
    """A place that nobody holds, and its lock. What belongs to another user is passed over."""
    for number in range(MOST):
        try:
            descriptor = os.open(folder / f"{number}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except PermissionError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return number, descriptor
    raise NoPlace


def count_in_files() -> None:
    """Have this process, and those that it forks, count in METRICS_DIR, where it is set: before the first figure.

    A folder that cannot be written to costs the figures and nothing else.
    """
    if not settings.METRICS_DIR:
        return
    folder = Path(settings.METRICS_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = values.MultiProcessValue(Place(folder).number)
    except OSError as error:
        log.warning("metrics_not_kept", error=type(error).__name__)
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # Where the library looks for it.
    values.ValueClass = kind
