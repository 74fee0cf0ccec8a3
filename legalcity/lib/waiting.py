"""Waiting for a worker, for a while: what a service offers who asks for slow work and wants to see its end."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import Error

from legalcity.lib.places import place
from legalcity.lib.publishing import last_task_is_lost

T = TypeVar("T")

log = structlog.get_logger("legalcity.waiting")
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25  # seconds


def read_until(
    is_over: Callable[[T | None], bool], read: Callable[[], T | None], *, seconds: float, known: T
) -> T | None:
    """What `read` gives once that `is_over`, or what it gives after `seconds`; None is gone. Outside transactions only.

    It is read at least once; the pauses between grow. Nobody waits where no place is free, or for a task that could not
    be queued. What was asked for is written down by now, so a database that goes away is no failure of it: then the
    answer is what is `known` without it.
    """
    deadline = time.monotonic() + (0 if last_task_is_lost() else seconds)
    try:
        value = read()
        if is_over(value) or time.monotonic() >= deadline:
            return value
        with place() as is_free:
            return _awaited(is_over, read, deadline) if is_free else value
    except Error as error:
        log.warning("waiting_ended", error=type(error).__name__)
        return known


def _awaited(is_over: Callable[[T | None], bool], read: Callable[[], T | None], deadline: float) -> T | None:
    pause = FIRST_PAUSE
    while True:
        time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        value = read()
        if is_over(value) or time.monotonic() >= deadline:
            return value
        pause = min(pause * 1.6, LONGEST_PAUSE)
