"""The feed while many write: whoever reads along gets each event that was committed, once, and no other.

`FEED_RACE_EVENTS=2000` lets each of the eight writers tell as many as the promise says.
"""

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from structlog.testing import capture_logs

from accounts.models import User
from events import feed
from events.feed import BEGINNING, FeedPlace, Wanted, feed_lag_seconds, feed_page, feed_watch
from events.keys import KEYS, KeyFact
from events.services import Ref, event_record, story
from tests.factories import ApiUserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

WRITERS = 8
EACH = int(os.environ.get("FEED_RACE_EVENTS", "100"))
MOST_TOGETHER = 5  # events of one transaction
PATIENCE = 60  # seconds
LONGEST = 0.004  # seconds between the events of one transaction


def tell(owner: User, number: int) -> None:
    data = {"object": {"type": "api_key", "id": number}}
    event_record(type=KEYS[KeyFact.ISSUED], owner_id=owner.pk, obj=Ref("api_key", number), data=data)


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """`work`, begun beside this one, with a connection of its own."""

    def go() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=go)
    thread.start()
    return thread


def write(owner: User, first: int) -> None:
    """EACH events that are committed, in transactions of some with pauses inside; a fifth more that are not."""
    chance, number = random.Random(first), first
    while number < first + EACH:
        together = min(chance.randint(1, MOST_TOGETHER), first + EACH - number)
        with transaction.atomic():  # Not a story: each event takes its id when it is told.
            for step in range(together):
                tell(owner, number + step)
                time.sleep(chance.uniform(0, LONGEST))
        number += together
        if chance.random() < 1 / MOST_TOGETHER:
            with transaction.atomic():
                tell(owner, -1 + 2**40)
                transaction.set_rollback(True)


def read_all(owner: User, place: FeedPlace, seen: list[int], many: int) -> None:
    """The rest, `many` in all."""
    until = time.monotonic() + PATIENCE
    while len(seen) < many and time.monotonic() < until:
        place = read_on(owner, place, seen)
        time.sleep(LONGEST)
    read_on(owner, place, seen)


def read_on(owner: User, place: FeedPlace, seen: list[int]) -> FeedPlace:
    """Note what is new, a page at a time, until there is nothing."""
    while True:
        page = feed_page(Wanted(owner_id=owner.pk), after=place, limit=7)
        seen += [json.loads(row.data)["object"]["id"] for row in page.rows]
        if page.place is None:
            return place
        place = page.place


def test_whoever_reads_along_gets_each_event_once() -> None:
    owner = ApiUserFactory()
    threads = [in_thread(lambda first=n * EACH + 1: write(owner, first)) for n in range(WRITERS)]
    seen: list[int] = []
    place = BEGINNING
    while any(thread.is_alive() for thread in threads):
        place = read_on(owner, place, seen)
    read_all(owner, place, seen, WRITERS * EACH)
    assert Counter(seen) == Counter(range(1, WRITERS * EACH + 1))


def test_a_transaction_that_is_held_open_holds_the_feed_back_and_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, told, may_end = ApiUserFactory(), threading.Event(), threading.Event()

    def slow() -> None:
        with story():
            User.objects.filter(pk=owner.pk).update(city="Lyon")
            told.set()
            may_end.wait(20)
            tell(owner, 1)

    thread = in_thread(slow)
    assert told.wait(20)
    with story():
        tell(owner, 2)
    seen: list[int] = []
    place = read_on(owner, BEGINNING, seen)
    assert (seen, feed_lag_seconds() > 0) == ([], True)
    monkeypatch.setattr(feed, "ALARM", 0)
    with capture_logs() as logged:
        feed_watch()
    assert [(line["event"], line["log_level"]) for line in logged] == [("events_feed_held", "warning")]
    assert logged[0]["events_feed_lag_seconds"] >= 0
    may_end.set()
    thread.join(20)
    read_all(owner, place, seen, 2)
    assert seen == [1, 2]
