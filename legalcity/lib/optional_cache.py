"""The cache of pages: on a Redis that may be away, and that nobody need trust.

What lies in it is JSON. A Redis that others can write to could hold anything else (pickles run code when they are
loaded): what is no JSON counts as not there.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

from legalcity.lib.breaker import redis_breaker

T = TypeVar("T")

log = structlog.get_logger("legalcity.cache")


class OptionalCache(RedisCache):
    """Redis, whose absence costs time and no answer: nothing is found then, and nothing kept."""

    def get(self, key: str, default: Any = None, **options: Any) -> Any:
        """What is kept under `key`, else `default`."""
        return self._asked(lambda: super(OptionalCache, self).get(key, default, **options), default)

    def set(self, key: str, value: Any, *args: Any, **options: Any) -> bool:
        """Keep `value`; whether it was."""
        return bool(self._asked(lambda: super(OptionalCache, self).set(key, value, *args, **options), False))

    def close(self, **_: Any) -> None:
        """Connections are kept from one request to the next."""

    @staticmethod
    def _asked(call: Callable[[], T], otherwise: T) -> T:
        if redis_breaker.is_open:
            return otherwise
        try:
            return call()
        except RedisError as error:
            redis_breaker.trip()
            log.warning("cache_away", error=type(error).__name__)
        except ValueError as error:
            log.warning("cache_not_ours", error=type(error).__name__)
        return otherwise
