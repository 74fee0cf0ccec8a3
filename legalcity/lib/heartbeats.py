"""Signs of life of workers and of the clock, kept in Redis, where every machine can read them.

A worker gives one from the loop that takes messages, the clock from the loop that sends them: who hangs gives none.
"""

import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import Any

from celery.signals import heartbeat_sent, worker_ready
from django.conf import settings
from django_redis import get_redis_connection
from redis.exceptions import RedisError

KEY = "legalcity:heartbeats"  # a hash: who, and when it was last heard of, in Unix seconds
BEAT = "beat"
EVERY = 5.0  # seconds between two signs
LOST_AFTER = 60.0  # seconds without a sign
FORGOTTEN_AFTER = 86_400.0  # seconds


class Heart:
    """The signs of life of one process."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._last = float("-inf")

    def stands_for(self, names: Iterable[str]) -> None:
        """Whose life it tells of: `beat`, or `worker:` and the name of each queue that is worked on."""
        self._names = tuple(names)

    def beat(self) -> None:
        """Give a sign, where the last one is EVERY seconds ago. Redis may be away: then nobody hears it."""
        moment = time.monotonic()
        if not self._names or not settings.REDIS_URL or moment - self._last < EVERY:
            return
        self._last = moment
        with contextlib.suppress(RedisError):
            _redis().hset(KEY, mapping=dict.fromkeys(self._names, time.time()))


heart = Heart()


def worker_of(queue: str) -> str:
    """The name under which workers of a queue are heard of."""
    return f"worker:{queue}"


@worker_ready.connect
def begin(sender: Any = None, **_: Any) -> None:
    """A worker knows by now which queues it works on."""
    heart.stands_for(worker_of(queue) for queue in sender.app.amqp.queues.consume_from)
    heart.beat()


@heartbeat_sent.connect
def go_on(**_: Any) -> None:
    """Celery's own heartbeat, every two seconds."""
    heart.beat()


def ages() -> Mapping[str, float]:
    """For each name that was heard of, how many seconds ago. Raises RedisError."""
    if not settings.REDIS_URL:
        return {}
    moment = time.time()
    heard = _redis().hgetall(KEY)
    found = {name.decode(): max(0.0, moment - float(at)) for name, at in heard.items()}
    return {name: age for name, age in found.items() if age < FORGOTTEN_AFTER}


def _redis() -> Any:
    return get_redis_connection("default")
