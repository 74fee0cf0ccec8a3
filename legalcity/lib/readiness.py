"""Whether each service that the product works with is there, by its name. For `/readyz` and for `/metrics`."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import StrEnum

from django.conf import settings
from django.db import Error, connection
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from legalcity.lib.heartbeats import BEAT, LOST_AFTER, ages, worker_of
from legalcity.lib.queues import FORMER


class State(StrEnum):
    """What is known of a service."""

    OK = "ok"
    AWAY = "away"
    UNUSED = "unused"  # This installation does without: the embedded default.


Question = Callable[[], State]


def _database() -> State:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return State.AWAY
    return State.OK


def _redis() -> State:
    if not settings.REDIS_URL:
        return State.UNUSED
    try:
        get_redis_connection("default").ping()
    except RedisError:
        return State.AWAY
    return State.OK


def queues() -> list[str]:
    """The names of the queues that workers serve."""
    return [queue.name for queue in settings.CELERY_TASK_QUEUES]


def _heard(names: Iterable[str]) -> State:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return State.UNUSED
    with suppress(RedisError):
        heard = ages()
        if all(heard.get(name, LOST_AFTER) < LOST_AFTER for name in names):
            return State.OK
    return State.AWAY


class Readiness:
    """The services by name, in the order in which they are told. Rooms add those that only they know."""

    def __init__(self) -> None:
        self._questions: dict[str, Question] = {
            "database": _database,
            "redis": _redis,
            # Nothing new is queued under the former name.
            "worker": lambda: _heard(worker_of(queue) for queue in queues() if queue != FORMER),
            "beat": lambda: _heard([BEAT]),
        }

    def register(self, name: str, question: Question) -> None:
        """Add a service. Its question takes a second at most, and raises nothing."""
        self._questions[name] = question

    def states(self) -> dict[str, State]:
        """Ask all of them."""
        return {name: question() for name, question in self._questions.items()}


readiness = Readiness()
