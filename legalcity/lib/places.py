"""Places for requests that wait for a worker: few at a time, counted over all processes of this machine.

A thread that waits answers nobody else. When the workers are away everybody waits, and without a bound no thread would
be left for a list, a login, or the supervisor's question. A place is a lock on a file: the system gives it back when
its process dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import request_started
from django.dispatch import receiver

log = structlog.get_logger("legalcity.places")


class Server:
    """What is known of the server that this process is one of."""

    threads: int | None = None  # of all its processes on this machine, told by the server's own configuration
    has_others = False  # else: whether it has another thread or process than the one at work


def server_has(threads: int) -> None:
    """Say how many threads the server has, in all its processes (gunicorn.conf.py)."""
    Server.threads = threads


@receiver(request_started)
def _seen(environ: dict[str, Any] | None = None, **_: Any) -> None:
    """A server that says nothing of its threads says in each request whether there are others."""
    if environ is not None:
        Server.has_others = bool(environ.get("wsgi.multithread") or environ.get("wsgi.multiprocess"))


def most() -> int:
    """How many requests may wait at a time: half of the threads or WAITING_REQUESTS, and never the last one."""
    wanted: int = settings.WAITING_REQUESTS
    if Server.threads is None:
        return wanted or int(Server.has_others)
    return min(wanted or max(1, Server.threads // 2), Server.threads - 1)


@contextmanager
def place() -> Iterator[bool]:
    """Inside, one of the places is held; False where none is free."""
    held = _taken()
    try:
        yield held is not None
    finally:
        if held is not None:
            os.close(held)


def _taken() -> int | None:
    folder = Path(settings.DATA_DIR) / "waiting"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        places = (_locked(folder / str(number)) for number in range(most()))
        return next((held for held in places if held is not None), None)
    except OSError as error:  # Nobody waits then: the answer is 202, which is always true.
        log.warning("no_places", error=type(error).__name__)
        return None


def _locked(path: Path) -> int | None:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
