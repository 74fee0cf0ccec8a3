"""The cache that rate limits are counted in: one INCR a call where the stock one takes two round trips."""

import threading
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from redis.connection import Connection
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError

from legalcity.lib.breaker import redis_breaker

MOST_COUNTERS = 10_000  # in a process, when it counts for itself

log = structlog.get_logger("legalcity.limits")


class CountingCache(RedisCache):
    """Redis, for django-ratelimit's way of counting: `add` the key, or `incr` it when it was there.

    Redis makes a counter that it has not: `add` counts, and lets the first of a window set its end; `incr` (by the
    same thread, right after) gives what was counted. While Redis is away each process counts for itself, so that
    nobody guesses keys uncounted. Each thread keeps a connection, and sends it the command as it stands: a client that
    looks for one in its pool, and asks whether it is still good, takes four times as long. Connections are made as the
    pool makes them, but are none of its own: it would count each, and all caches would find it full in the end.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._thread = threading.local()
        self._meanwhile = LocMemCache("limits-meanwhile", {"OPTIONS": {"MAX_ENTRIES": MOST_COUNTERS}})

    def add(self, key: str, value: Any, timeout: Any = None, version: int | None = None, **_: Any) -> bool:
        """Count a call; True for the first of its window, which `timeout` seconds keep."""
        name = str(self.make_key(key, version))
        counted = None if redis_breaker.is_open else self._count_there(name, timeout)
        self._thread.counted = self._count_here(name, timeout) if counted is None else counted
        return bool(self._thread.counted == 1)

    def incr(self, key: str, delta: int = 1, version: int | None = None, **_: Any) -> Any:
        """What `add` counted."""
        return self._thread.counted

    def close(self, **_: Any) -> None:
        """Connections are kept from one request to the next."""

    def _count_here(self, name: str, timeout: Any) -> int:
        try:
            return 1 if self._meanwhile.add(name, 1, timeout) else self._meanwhile.incr(name)
        except ValueError:  # Its window has ended between the two.
            return 1

    def _count_there(self, name: str, timeout: Any) -> int | None:
        try:
            count = self._asked("INCR", name)
            if count == 1:
                self._asked("EXPIRE", name, str(timeout))
            return count
        except RedisError as error:
            redis_breaker.trip()
            log.warning("limits_counted_here", error=type(error).__name__)
            return None

    def _asked(self, *words: str) -> int:
        """What Redis answers. It may have closed a connection that was kept: then once more, by a new one."""
        is_kept = hasattr(self._thread, "connection")
        try:
            return self._told(words)
        except Disconnected:
            if not is_kept:
                raise
            return self._told(words)

    def _told(self, words: tuple[str, ...]) -> int:
        connection = self._connection()
        try:
            connection.send_packed_command([_packed(words)], check_health=False)
            return int(connection.read_response())
        except BaseException:  # Whatever stopped it, its answer may still come.
            del self._thread.connection
            connection.disconnect()
            raise

    def _connection(self) -> Connection:
        if not hasattr(self._thread, "connection"):
            pool = self.client.get_client(write=True).connection_pool
            self._thread.connection = pool.connection_class(**pool.connection_kwargs)
        connection: Connection = self._thread.connection
        return connection


def _packed(words: tuple[str, ...]) -> bytes:
    """A command as Redis reads it; ASCII words."""
    return "".join((f"*{len(words)}\r\n", *(f"${len(word)}\r\n{word}\r\n" for word in words))).encode("ascii")
