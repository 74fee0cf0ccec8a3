"""The clock of the embedded default: the one schedule, run inside the process."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from legalcity.celery import app
from legalcity.lib import embedded_clock
from legalcity.lib.clock import now

pytestmark = pytest.mark.django_db

HALF_A_MINUTE = ("events.tasks.tell_notices", "events.tasks.watch_feed")
OFTEN = ["events.tasks.fan_out", "events.tasks.deliver"]  # What waits for seconds only.


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tasks that the clock has run."""
    names: list[str] = []
    monkeypatch.setattr(embedded_clock, "run", names.append)
    return names


def test_the_first_round_runs_all_and_the_next_ones_what_is_due(ran: list[str]) -> None:
    everything = [entry["task"] for entry in app.conf.beat_schedule.values()]
    start = now().replace(hour=10, minute=1, second=0)
    with time_machine.travel(start, tick=False):
        clock = embedded_clock.EmbeddedClock()
        clock.round()
    assert ran == everything
    ran.clear()
    with time_machine.travel(start + timedelta(seconds=15), tick=False):
        clock.round()
    assert ran == OFTEN
    ran.clear()
    with time_machine.travel(start + timedelta(seconds=31), tick=False):
        clock.round()
    later = [name for name in everything if "sweep" in name or name in HALF_A_MINUTE]
    assert ran == [*OFTEN, *(name for name in later if name not in OFTEN)]
    ran.clear()
    with time_machine.travel(start + timedelta(days=1), tick=False):
        clock.round()
    assert ran == everything


def test_a_hint_runs_a_task_by_the_clock_and_never_where_it_is_given(ran: list[str], settings: Settings) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    for _time in range(2):
        embedded_clock.hint(OFTEN[0])
    assert ran == []
    embedded_clock._hints.wait(0)
    embedded_clock._hints.follow()
    embedded_clock._hints.follow()
    assert ran == OFTEN[:1]
