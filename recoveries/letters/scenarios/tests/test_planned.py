"""A message that goes in the one of another case: its case is told so, and its timeline shows it once."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from recoveries.desk.reads.timeline import Told, timeline
from recoveries.letters.scenarios.tests.drawing import CALL, EMAIL, drawn, entered, round_of_the_house
from recoveries.letters.scenarios.tests.test_grouping import case_of, clock, firm, of  # noqa: F401 - two are fixtures
from recoveries.letters.scenarios.ticking import tick
from tests.factories import Api
from tests.told import last_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]


def test_a_message_that_goes_in_another_is_told_to_its_case(owner: Api, clock: time_machine.Traveller) -> None:  # noqa: F811
    first, second = case_of(owner), case_of(owner, amount="250.00")
    version = drawn({**EMAIL, "delay": 1}, {**CALL, "delay": 20})
    entered(first, version)
    entered(second, version)
    last = last_event()
    clock.move_to(datetime(2026, 6, 2, 8, 0, 1, tzinfo=UTC))
    with CaptureQueriesContext(connection) as asked:
        tick()
    [written] = [one["sql"] for one in asked if "INSERT" in one["sql"] and "message.planned" in one["sql"]]
    assert written.count("scenario.step_done") == 2  # One statement writes all that the transaction tells.
    events = Event.objects.filter(pk__gt=last).order_by("pk")
    assert [one.type for one in events] == ["message.planned", "scenario.step_done", "scenario.step_done"]
    assert events[0].data == {
        "object": {"type": "message", "id": of(second).pk, "recovery_id": second},
        "current": {"channel": "email", "kind": "relance_1"},
    }
    [entry] = [one for one in timeline(second).entries if one.kind == "email"]
    assert entry.event == Told(events[0].pk, "message.planned")
    round_of_the_house()
    kinds = [one.event.type for one in timeline(second, tab="email").entries if one.event is not None]
    assert kinds == ["message.sent"]
