"""Many at the same moment: each in a thread with a database connection of its own."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection, connections

from tests.factories import Api

T = TypeVar("T")


def at_once(count: int, call: Callable[[int], T]) -> list[T]:
    """What `call(0)` to `call(count - 1)` give, all begun at the same moment."""
    barrier = Barrier(count, timeout=30)

    def run(number: int) -> T:
        try:
            connection.ensure_connection()
            barrier.wait()
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run, number) for number in range(count)]]


@contextmanager
def hasty_threads() -> Iterator[None]:
    """Inside, threads take turns a hundred times as often as usual: what they share goes wrong soon."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def twin(api: Api) -> Api:
    """A client of its own, with the token of `api`."""
    other = Api()
    other.token = api.token
    return other


def statuses_at_once(count: int, api: Api, call: Callable[[Api, int], Any]) -> Counter[int]:
    """How often each status answers `call(twin of api, number)`."""
    return Counter(at_once(count, lambda number: int(call(twin(api), number).status_code)))
