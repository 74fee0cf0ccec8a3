"""Receivers that do not answer: no run waits for them, nobody else does, and what comes of them is written down."""

import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.db import connection

from events.webhooks import delivering
from events.webhooks.delivering import deliver
from events.webhooks.fan_out import fan_out
from events.webhooks.lanes import SLOW_AFTER, Lane
from events.webhooks.models import Attempt, Delivery, Endpoint
from events.webhooks.tests.receivers import Receiver, endpoint_at, happen, reply
from tests.factories import ApiUserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write beside each other"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def let_go(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The receiver answers nothing at `/slow` before this is set. A run is soon over."""
    monkeypatch.setattr(delivering, "IDLE_FOR", 0.05)
    monkeypatch.setattr(delivering, "TURN", 0.05)
    event = threading.Event()

    def answer(handler: Any) -> None:
        if handler.path == "/slow":
            event.wait(10)
        reply(handler)

    receiver.answer = answer
    yield event
    event.set()


def test_a_run_goes_on_beside_receivers_that_do_not_answer(receiver: Receiver, let_go: threading.Event) -> None:
    slow, other = ApiUserFactory(), ApiUserFactory()
    for _turn in range(10):
        endpoint_at(slow, f"http://127.0.0.1:{receiver.port}/slow")
    theirs = endpoint_at(other, receiver.url)
    happen(slow, times=20)
    fan_out()
    assert deliver() == 0
    held = delivering.post.room().lanes[Lane.QUICK]
    assert held.free >= held.of_owners[slow.pk] > 0
    for number in range(1, 4):
        happen(other)
        fan_out()
        assert deliver() == 1
        assert theirs.deliveries.filter(state="delivered").count() == number
    assert Attempt.objects.filter(delivery__endpoint__owner=slow).count() == 0
    begun = Delivery.objects.filter(claimed_until__isnull=False).count()

    let_go.set()
    delivering.post.close()
    assert Delivery.objects.filter(endpoint__owner=slow, state="delivered").count() == begun
    assert Delivery.objects.filter(claimed_until__isnull=False).count() == 0


def test_many_accounts_whose_receivers_are_slow_keep_no_other_waiting(
    receiver: Receiver, let_go: threading.Event
) -> None:
    for _account in range(5):
        slow = ApiUserFactory()
        for _turn in range(10):
            endpoint_at(slow, f"http://127.0.0.1:{receiver.port}/slow")
        happen(slow, times=10)
    fan_out()
    began = time.monotonic()
    while time.monotonic() < began + 3 * SLOW_AFTER.total_seconds():
        deliver()
    theirs = endpoint_at(ApiUserFactory(), receiver.url)
    for number in range(1, 4):
        happen(theirs.owner)
        fan_out()
        assert deliver() == 1
        assert theirs.deliveries.filter(state="delivered").count() == number

    let_go.set()
    delivering.post.close()
    slow_ones = Endpoint.objects.filter(deliveries__state="delivered").exclude(pk=theirs.pk).distinct()
    assert all(endpoint.slow_until for endpoint in slow_ones)
    assert Endpoint.objects.get(pk=theirs.pk).slow_until is None


def test_what_happens_while_a_run_is_busy_is_handed_on_by_it(
    receiver: Receiver, let_go: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = ApiUserFactory(), ApiUserFactory()
    endpoint_at(slow, f"http://127.0.0.1:{receiver.port}/slow")
    theirs = endpoint_at(other, receiver.url)
    happen(slow)
    fan_out()
    turns, begin = count(), delivering._begin

    def happening() -> int:
        if next(turns) == 1:  # The first one has begun: nobody but this run hands the event on.
            happen(other)
        return begin()

    monkeypatch.setattr(delivering, "_begin", happening)
    monkeypatch.setattr(delivering, "IDLE_FOR", 0.5)
    assert deliver() == 1
    assert [delivery.state for delivery in theirs.deliveries.all()] == ["delivered"]


def test_a_result_that_cannot_be_written_down_leaves_the_delivery_to_the_sweep(
    receiver: Receiver, let_go: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint: Endpoint = endpoint_at(ApiUserFactory(), f"http://127.0.0.1:{receiver.port}/slow")
    happen(endpoint.owner)
    fan_out()
    assert deliver() == 0

    def fail(*_args: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr(delivering, "tries_record", fail)
    let_go.set()
    delivering.post.close()
    [delivery] = endpoint.deliveries.all()
    assert (delivery.state, delivery.claimed_until is None) == ("waiting", False)
    assert not delivering.post.is_busy
