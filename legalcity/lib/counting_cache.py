"""The cache that rate limits are counted in: one INCR a call where the stock one takes two round trips."""

import threading
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

from legalcity.lib.breaker import redis_breaker

MOST_COUNTERS = 10_000  # in a process, when it counts for itself

log = structlog.get_logger("legalcity.limits")


class CountingCache(RedisCache):
    """Redis, for django-ratelimit's way of counting: `add` the key, or `incr` it when it was there.

    Redis makes a counter that it has not: `add` counts, and lets the first of a window set its end; `incr` (by the
    same thread, right after) gives what was counted. While Redis is away each process counts for itself, so that
    nobody guesses keys uncounted.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._counted = threading.local()
        self._meanwhile = LocMemCache("limits-meanwhile", {"OPTIONS": {"MAX_ENTRIES": MOST_COUNTERS}})

    def add(self, key: str, value: Any, timeout: Any = None, version: int | None = None, **_: Any) -> bool:
        """Count a call; True for the first of its window."""
        name = self.make_key(key, version)
        counted = None if redis_breaker.is_open else self._count_there(name, timeout)
        self._counted.n = self._count_here(str(name), timeout) if counted is None else counted
        return bool(self._counted.n == 1)

    def incr(self, key: str, delta: int = 1, version: int | None = None, **_: Any) -> Any:
        """What `add` counted."""
        return self._counted.n

    def _count_there(self, name: str, timeout: Any) -> int | None:
        try:
            redis = self.client.get_client(write=True)
            count = int(redis.incr(name))
            if count == 1:
                redis.expire(name, timeout)
            return count
        except RedisError as error:
            redis_breaker.trip()
            log.warning("limits_counted_here", error=type(error).__name__)
            return None

    def _count_here(self, name: str, timeout: Any) -> int:
        try:
            return 1 if self._meanwhile.add(name, 1, timeout) else self._meanwhile.incr(name)
        except ValueError:  # Its window has ended between the two.
            return 1
