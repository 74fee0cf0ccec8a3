"""A service that failed a moment ago is not asked: who waits for it would wait again."""

import time

PAUSE = 5.0  # seconds


class Breaker:
    """Of one process, for all its threads: open for PAUSE seconds after each failure."""

    def __init__(self) -> None:
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether the service is left alone now."""
        return time.monotonic() < self._open_until

    def trip(self) -> None:
        """It has just failed."""
        self._open_until = time.monotonic() + PAUSE

    def reset(self) -> None:
        """It is asked again at once."""
        self._open_until = float("-inf")


redis_breaker = Breaker()  # REDIS_URL is one server, whatever is kept on it.
