"""The cache that rate limits are counted in: one round trip a call where the stock one takes two."""

import threading
from typing import Any

import structlog
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger("legalcity.limits")


class CountingCache(RedisCache):
    """Redis, for django-ratelimit's way of counting: `add` the key, or `incr` it when it was there.

    Both travel together: `add` creates the counter if need be and counts, `incr` (by the same thread, right after)
    gives what was counted. A Redis that is down answers None, which the limits take as "let it pass".
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._counted = threading.local()

    def add(self, key: str, value: Any, timeout: Any = None, version: int | None = None, **_: Any) -> bool:
        """Count a call; True for the first of its window."""
        self._counted.n = None
        try:
            with self.client.get_client(write=True).pipeline(transaction=False) as pipe:
                name = self.make_key(key, version)
                pipe.set(name, 0, ex=timeout, nx=True)
                pipe.incr(name)
                self._counted.n = pipe.execute()[1]
        except RedisError as error:
            log.warning("limits_not_counted", error=type(error).__name__)
        return bool(self._counted.n == 1)

    def incr(self, key: str, delta: int = 1, version: int | None = None, **_: Any) -> Any:
        """What `add` counted."""
        return self._counted.n
