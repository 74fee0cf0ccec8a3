"""Beat on as many machines as one likes: what one of them has sent, the others leave.

When each entry was sent last is kept in Redis, for all of them and over their restarts: a clock that was away makes up
for what nobody sent meanwhile. While Redis is away each sends for itself, which costs time and no harm: what a task
does it does once, by its claim, its lock or its day.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import crontab, schedule
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from legalcity.lib.heartbeats import BEAT, heart

KEY = "legalcity:clock"  # a hash: the name of an entry, and when it was sent last, in Unix seconds
EARLY = 0.8  # of an interval: clocks of two machines do not tick together
SENDING = 2000  # milliseconds for which one of them has an entry for itself


class SharedClock(Scheduler):
    """Celery's scheduler, with its memory in Redis."""

    def setup_schedule(self) -> None:
        """Go on from when each entry was last sent, by whichever machine."""
        super().setup_schedule()
        for name, entry in self.schedule.items():
            if (sent := _sent_at(name)) is not None:
                entry.last_run_at = _local(entry, sent)
        heart.stands_for([BEAT])

    def tick(self, *args: Any, **options: Any) -> float:
        """One round. It is a sign of life."""
        heart.beat()
        seconds: float = super().tick(*args, **options)
        return min(seconds, 5.0)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send an entry, unless another clock just did."""
        if _is_mine(entry):
            super().apply_entry(entry, producer=producer)


def _is_mine(entry: ScheduleEntry) -> bool:
    """Whether this clock sends the entry now; noted for the others. Of several that ask at once one is told yes."""
    with suppress(RedisError):
        redis = get_redis_connection("default")
        name, seconds = str(entry.name), _interval(entry)
        lock = SENDING if seconds is None or seconds * 1000 > SENDING else 200
        if not redis.set(f"{KEY}:{name}", 1, nx=True, px=lock):
            return False
        sent = _sent_at(name)
        if sent is not None and not _is_due(entry, sent):
            return False
        redis.hset(KEY, name, time.time())
    return True


def _sent_at(name: str) -> float | None:
    with suppress(RedisError):
        sent = get_redis_connection("default").hget(KEY, name)
        return None if sent is None else float(sent)
    return None


def _interval(entry: ScheduleEntry) -> float | None:
    """Seconds between two times of an entry; None for one that goes by the hour of the day."""
    return float(entry.schedule.seconds) if isinstance(entry.schedule, schedule) else None


def _is_due(entry: ScheduleEntry, sent: float) -> bool:
    seconds = _interval(entry)
    if seconds is not None:
        return time.time() - sent >= EARLY * seconds
    times = entry.schedule
    return not isinstance(times, crontab) or bool(times.is_due(_local(entry, sent)).is_due)


def _local(entry: ScheduleEntry, moment: float) -> datetime:
    zone = entry.default_now().tzinfo or UTC
    return datetime.fromtimestamp(moment, tz=zone)
