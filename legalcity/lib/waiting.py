"""Waiting for a worker, for a while: what a service offers who asks for slow work and wants to see its end."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25  # seconds


def read_until(is_over: Callable[[T], bool], read: Callable[[], T], *, seconds: float) -> T:
    """What `read` gives once that `is_over`, or what it gives after `seconds`. Outside transactions only.

    It is read at least once; the pauses between grow.
    """
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        value = read()
        if is_over(value) or time.monotonic() >= deadline:
            return value
        time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        pause = min(pause * 1.6, LONGEST_PAUSE)
