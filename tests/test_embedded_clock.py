"""The clock of the embedded default: the one schedule, run inside the process."""

from datetime import timedelta

import pytest
import time_machine

from legalcity.celery import app
from legalcity.lib import embedded_clock
from legalcity.lib.clock import now

pytestmark = pytest.mark.django_db


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
    with time_machine.travel(start + timedelta(seconds=20), tick=False):
        clock.round()
    assert ran == []
    with time_machine.travel(start + timedelta(seconds=31), tick=False):
        clock.round()
    assert ran == [name for name in everything if "sweep" in name]
    ran.clear()
    with time_machine.travel(start + timedelta(days=1), tick=False):
        clock.round()
    assert ran == everything
