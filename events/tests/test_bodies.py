"""The body of an event is the same bytes, whoever makes it and whenever."""

import json
from datetime import UTC, datetime

import pytest

from events.bodies import body_of, trial_body_of
from events.models import Event
from events.public_ids import public_id

pytestmark = pytest.mark.django_db

DATA = {"object": {"type": "recovery", "id": 25, "recovery_reference": "RÉC-1"}, "current": {"b": None, "a": "1.00"}}
MOMENT = datetime(2026, 11, 28, 10, 30, tzinfo=UTC)
EVENT = Event(id=7, type="recovery.updated", effective_at=MOMENT, data=DATA)


def test_the_body_says_what_the_feed_says() -> None:
    assert json.loads(body_of(EVENT)) == {
        "id": public_id(7),
        "type": "recovery.updated",
        "timestamp": "2026-11-28T10:30:00.000000Z",
        "livemode": True,
        "data": DATA,
    }


def test_the_same_event_is_the_same_bytes_in_whatever_order_the_database_gave_its_keys() -> None:
    turned = {name: dict(reversed(part.items())) for name, part in reversed(DATA.items())}
    assert body_of(EVENT) == body_of(Event(id=7, type=EVENT.type, effective_at=MOMENT, data=turned))
    told = f'{{"id":"{public_id(7)}","type":"recovery.updated","timestamp":"2026-11-28T10:30:00.000000Z",'
    assert body_of(EVENT).startswith(told.encode())
    assert '"recovery_reference":"RÉC-1"'.encode() in body_of(EVENT)


def test_a_trial_says_that_it_is_none() -> None:
    assert json.loads(trial_body_of("evt_x", "test.ping", MOMENT, {}))["livemode"] is False
