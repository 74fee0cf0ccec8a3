"""Several clocks on one Redis: what one has sent the others leave, and nothing is left out when one of them goes."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import Celery
from celery.schedules import crontab
from django.core.cache import caches
from pytest_django import Settings

from legalcity.lib import heartbeats
from legalcity.lib.clock import now
from legalcity.lib.queues import FORMER, PURPOSES
from legalcity.lib.readiness import State, readiness
from legalcity.lib.settings.stores import caches_of
from legalcity.lib.shared_clock import SharedClock
from tests.services import Redis

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="apt-get install redis-server")

SCHEDULE = {
    "often": {"task": "t.often", "schedule": timedelta(seconds=30)},
    "daily": {"task": "t.daily", "schedule": crontab(hour="6", minute="0")},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis of this module."""
    started = Redis(tmp_path_factory.mktemp("redis"))
    yield started
    started.kill()


@pytest.fixture
def redis(server: Redis, settings: Settings) -> Any:
    """The product's Redis, empty."""
    settings.REDIS_URL = server.url
    settings.CACHES = caches_of(server.url)
    client = caches["default"].client.get_client()
    client.flushdb()
    yield client
    client.connection_pool.disconnect()


class Clock(SharedClock):
    """A clock that notes what it sends."""

    def __init__(self, sent: list[str]) -> None:
        app = Celery(set_as_current=False)
        app.conf.update(beat_schedule=SCHEDULE, timezone="Europe/Paris", broker_url="memory://")
        self.sent = sent
        super().__init__(app)

    def apply_async(self, entry: Any, **_: Any) -> None:
        """Send nothing."""
        self.sent.append(entry.name)


def runs(clock: SharedClock) -> None:
    """As many rounds as there is something to send."""
    while clock.tick() == 0:
        pass


def test_of_two_clocks_one_sends_each_entry(redis: Any) -> None:
    start = now().replace(hour=10, minute=0, second=0, microsecond=0)
    sent: list[str] = []
    with time_machine.travel(start, tick=False) as moment:
        clocks = [Clock(sent), Clock(sent)]
        for _second in range(0, 121, 5):
            for clock in clocks:
                runs(clock)
            redis.delete("legalcity:clock:often")  # A moment of real time has passed, which a test has not.
            moment.shift(5)
    assert sent == ["often"] * 4


def test_a_clock_goes_on_where_another_has_stopped_and_makes_up_for_what_nobody_sent(redis: Any) -> None:
    night = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=1)
    first: list[str] = []
    with time_machine.travel(night, tick=False) as moment:
        clock = Clock(first)
        runs(clock)
        for _hour in range(4):
            moment.shift(3600)
            redis.delete("legalcity:clock:often", "legalcity:clock:daily")
            runs(clock)
    assert first.count("daily") == 1
    again: list[str] = []
    with time_machine.travel(night + timedelta(hours=6), tick=False):
        redis.delete("legalcity:clock:often", "legalcity:clock:daily")
        runs(Clock(again))
    assert again.count("daily") == 0
    with time_machine.travel(night + timedelta(days=1, hours=9), tick=False):
        redis.delete("legalcity:clock:often", "legalcity:clock:daily")
        runs(Clock(again))
    assert again.count("daily") == 1


def test_without_redis_a_clock_sends_for_itself(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = caches_of(settings.REDIS_URL)
    sent: list[str] = []
    start = now()
    with time_machine.travel(start, tick=False) as moment:
        clock = Clock(sent)
        moment.shift(31)
        runs(clock)
    assert sent == ["often"]


@pytest.mark.django_db
def test_who_gives_no_sign_of_life_is_away(redis: Any, settings: Settings) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    assert readiness.states()["beat"] is State.AWAY
    heart = heartbeats.Heart()
    heart.stands_for(["beat", *map(heartbeats.worker_of, ("celery", "fetching"))])
    heart.beat()
    assert readiness.states()["beat"] is State.OK
    assert readiness.states()["worker"] is State.AWAY, "the other queues have nobody"
    all_of_them = heartbeats.Heart()
    all_of_them.stands_for(heartbeats.worker_of(queue) for queue in PURPOSES if queue != FORMER)
    all_of_them.beat()
    assert readiness.states()["worker"] is State.OK
    with time_machine.travel(now() + timedelta(seconds=heartbeats.LOST_AFTER + 1)):
        assert readiness.states()["beat"] is State.AWAY
