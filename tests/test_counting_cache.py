"""Counters of rate limits on a Redis of their own: exact among threads, and whatever becomes of a connection."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from legalcity.lib.breaker import redis_breaker
from legalcity.lib.counting_cache import CountingCache
from legalcity.lib.settings.stores import OPTIONS
from tests.services import MISSING, Redis

SECONDS = 60
needs_redis = pytest.mark.skipif(MISSING, reason="apt-get install postgresql redis-server to count on Redis")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis that may be killed."""
    made = Redis(tmp_path_factory.mktemp("counters"))
    yield made
    made.kill()


@pytest.fixture
def counters(server: Redis) -> CountingCache:
    """Counters on it."""
    redis.Redis.from_url(server.url).flushdb()
    return CountingCache(server.url, {"OPTIONS": OPTIONS, "KEY_PREFIX": "counted"})


def counted(cache: Any, times: int) -> list[int]:
    """What so many calls of one key are told, asked as django-ratelimit asks."""
    return [1 if cache.add("key", 1, SECONDS) else cache.incr("key") for _ in range(times)]


@needs_redis
def test_threads_count_together_and_the_counter_ends(counters: CountingCache, server: Redis) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = pool.map(lambda _: counted(counters, 25), range(8))
        assert sorted(each for thread in told for each in thread) == [*range(1, 201)]
    client = redis.Redis.from_url(server.url)
    (name,) = client.keys("counted*")
    assert 0 < client.ttl(name) <= SECONDS


@needs_redis
def test_a_connection_that_the_server_has_closed_costs_no_count(counters: CountingCache, server: Redis) -> None:
    assert counted(counters, 2) == [1, 2]
    client = redis.Redis.from_url(server.url)
    client.client_kill_filter(skipme=True, _type="normal")
    assert counted(counters, 2) == [3, 4]
    assert not redis_breaker.is_open


@needs_redis
def test_while_it_is_away_each_process_counts_and_then_all_together(counters: CountingCache, server: Redis) -> None:
    assert counted(counters, 2) == [1, 2]
    server.kill()
    try:
        assert counted(counters, 3) == [1, 2, 3]
        assert redis_breaker.is_open
    finally:
        server.start()
    redis_breaker.reset()
    assert counted(counters, 2) == [1, 2], "of a server that has forgotten"


@needs_redis
def test_a_long_absence_fills_no_pool(counters: CountingCache, server: Redis) -> None:
    pool = counters.client.get_client(write=True).connection_pool
    assert counted(counters, 2) == [1, 2]
    server.kill()
    try:
        for _ in range(pool.max_connections + 1):
            redis_breaker.reset()
            counters.add("another", 1, SECONDS)
    finally:
        server.start()
    redis_breaker.reset()
    assert counted(counters, 2) == [1, 2]
    assert not redis_breaker.is_open
    assert redis.Redis.from_url(server.url).keys("counted*"), "counted on Redis, not here"
    assert counters.get("nothing") is None, "the pool has room for others"
