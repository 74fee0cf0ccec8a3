"""Who is tried when: places of endpoints, their pace, and the indexes that this rests on."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from events.webhooks import claiming
from events.webhooks.claiming import claim_due
from events.webhooks.fan_out import fan_out
from events.webhooks.lanes import Lane, Room, Running
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.tests.receivers import Receiver, endpoint_at, happen
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_moment() -> Iterator[None]:
    """No try lasts while a test runs, however slow the machine is."""
    with time_machine.travel(now(), tick=False):
        yield


def in_use(lane: Lane, *accounts: User) -> list[Running]:
    """Tries that take all places of a lane, of these accounts alike."""
    return [Running(accounts[number % len(accounts)].pk, lane, lasts=False) for number in range(lane.value)]


def with_endpoints(many: int, receiver: Receiver, **values: Any) -> User:
    """An account with so many endpoints, each of which waits for less long than the one before; all have to be told."""
    account: User = ApiUserFactory()
    for _turn in range(many):
        waits_since = now() - timedelta(seconds=3) + timedelta(milliseconds=10 * Endpoint.objects.count())
        endpoint_at(account, receiver.url, paced_until=waits_since)
    happen(account, times=5)
    Endpoint.objects.filter(owner=account).update(**values)
    return account


def owners_of(taken: list[claiming.Taken]) -> Counter[int]:
    return Counter(each.delivery.endpoint.owner_id for each in taken)


def test_an_endpoint_has_few_places_a_failing_one_fewer_and_others_are_not_kept_waiting(
    receiver: Receiver, endpoint: Endpoint, client_user: User, settings: Settings
) -> None:
    settings.WEBHOOK_RUNS = 100
    other, failing = endpoint_at(client_user, receiver.url), endpoint_at(client_user, receiver.url)
    Endpoint.objects.filter(pk=failing.pk).update(failing_since=now())
    Endpoint.objects.update(paced_until=now() - timedelta(seconds=1))
    happen(client_user, times=40)
    fan_out()

    def claimed() -> list[int]:
        taken = claim_due(Room(), moment=now())
        return [sum(one.delivery.endpoint_id == each.pk for one in taken) for each in (endpoint, other, failing)]

    assert claimed() == [4, 4, 1]
    assert claimed() == [4, 4, 0]
    assert claimed() == [0, 0, 0]


def test_whoever_holds_places_leaves_half_of_what_is_free_to_the_next_account(
    receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_RUNS = 1
    accounts = [with_endpoints(10, receiver) for _turn in range(6)]
    fan_out()
    running: list[Running] = []
    for _turn in range(8):
        taken = claim_due(Room(running), moment=now())
        running += [Running(each.delivery.endpoint.owner_id, each.lane, lasts=False) for each in taken]
    theirs = Counter(each.owner_id for each in running)
    assert sorted(theirs.values(), reverse=True) == [16, 8, 4, 2, 1, 1]
    assert set(theirs) == {account.pk for account in accounts}


def test_places_are_those_of_all_processes_too(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_RUNS = 1
    with_endpoints(10, receiver)
    fan_out()
    taken = [each for _process in range(4) for each in claim_due(Room(), moment=now())]
    assert len(taken) == Lane.QUICK.value // 2
    other = with_endpoints(1, receiver)
    fan_out()
    assert set(owners_of(claim_due(Room(), moment=now()))) == {other.pk}


def test_those_that_fail_share_a_few_places_of_a_process_and_an_account_has_half(receiver: Receiver) -> None:
    accounts = [with_endpoints(10, receiver, failing_since=now() - timedelta(days=days)) for days in (4, 0, 0)]
    fan_out()
    taken = claim_due(Room(), moment=now())
    assert len(taken) == Lane.FAILING.value
    assert max(owners_of(taken).values()) == Lane.FAILING.value // 2
    assert claim_due(Room(in_use(Lane.FAILING, *accounts)), moment=now()) == []


def test_those_that_were_slow_share_places_apart(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_RUNS = 100
    slow = [with_endpoints(10, receiver, slow_until=now() + timedelta(minutes=1)) for _turn in range(6)]
    fan_out()
    taken = [each for _turn in range(4) for each in claim_due(Room(), moment=now())]
    assert {each.lane for each in taken} == {Lane.SLOW}
    first = owners_of(claim_due(Room(), moment=now()))
    assert (first.total(), max(first.values())) == (Lane.SLOW.value, Lane.SLOW.value // 2)
    full = Room(in_use(Lane.SLOW, *slow))
    assert claim_due(full, moment=now()) == []
    prompt = with_endpoints(1, receiver)
    fan_out()
    assert set(owners_of(claim_due(full, moment=now()))) == {prompt.pk}


def test_an_endpoint_is_slow_while_a_try_of_it_lasts_and_no_longer_than_it_was_said(
    receiver: Receiver, endpoint: Endpoint, settings: Settings
) -> None:
    settings.WEBHOOK_RUNS = 100
    happen(endpoint.owner, times=10)
    fan_out()
    moment = now()
    assert {each.lane for each in claim_due(Room(), moment=moment)} == {Lane.QUICK}
    assert {each.lane for each in claim_due(Room(), moment=moment + timedelta(seconds=2))} == {Lane.SLOW}
    Delivery.objects.update(claimed_until=None)
    Endpoint.objects.update(slow_until=moment)
    assert {each.lane for each in claim_due(Room(), moment=moment + timedelta(seconds=2))} == {Lane.QUICK}


def test_who_turns_out_to_be_slow_leaves_his_places_to_the_next_but_has_few_more() -> None:
    lasting = [Running(1, Lane.QUICK, lasts=True)] * 10
    room = Room([*lasting, *[Running(2, Lane.QUICK, lasts=True)] * 2])
    assert room.lanes[Lane.QUICK].free == Lane.QUICK.value
    assert [room.share(owner, Lane.QUICK) for owner in (1, 2, 3)] == [0, 6, 16]
    assert set(room.full_owners(Lane.QUICK)) == {1}
    crowded = Room(Running(owner, Lane.QUICK, lasts=True) for owner in range(Lane.LASTING.value + 5))
    assert crowded.lanes[Lane.QUICK].free == Lane.QUICK.value - 5


def test_who_has_failed_for_days_does_not_stand_before_who_has_just_begun_to(
    receiver: Receiver, client_user: User
) -> None:
    dead = [endpoint_at(client_user, receiver.url) for _turn in range(4)]
    recovered = endpoint_at(ApiUserFactory(), receiver.url)
    Endpoint.objects.update(failing_since=now() - timedelta(days=4), paced_until=now() - timedelta(minutes=5))
    Endpoint.objects.filter(pk=recovered.pk).update(
        failing_since=now() - timedelta(minutes=5), paced_until=now() - timedelta(minutes=6)
    )
    happen(client_user)
    happen(recovered.owner)
    fan_out()
    one_free = Room(in_use(Lane.FAILING, ApiUserFactory(), ApiUserFactory(), ApiUserFactory())[1:])
    [taken] = claim_due(one_free, moment=now())
    assert taken.delivery.endpoint_id == recovered.pk
    assert claim_due(Room(), moment=now())[0].delivery.endpoint_id in {each.pk for each in dead}


def test_an_endpoint_has_fifty_tries_a_second(endpoint: Endpoint, settings: Settings) -> None:
    settings.WEBHOOK_RUNS = 100
    happen(endpoint.owner, times=120)
    fan_out()
    moment = now() + timedelta(seconds=10)

    def tried(at: float) -> int:
        count = 0
        while taken := claim_due(Room(), moment=moment + timedelta(seconds=at)):
            Delivery.objects.filter(pk__in=[one.delivery.pk for one in taken]).update(state="delivered")
            count += len(taken)
        return count

    assert [tried(0), tried(0.5), tried(0.5), tried(3)] == [50, 25, 0, 45]


DELIVERIES_IN_BULK = """
    INSERT INTO events_delivery (endpoint_id, event_id, public_id, state, is_replay, attempts, created_at, due_at,
        claimed_until)
    SELECT md5((n / 10 %% 200)::text)::uuid, n, gen_random_uuid(),
        CASE WHEN n %% 10 = 0 THEN 'waiting' ELSE 'delivered' END, true, 0, %(moment)s,
        %(moment)s + (n - 10000) * interval '1 second',
        CASE WHEN n %% 1000 = 0 THEN %(moment)s + n * interval '1 second' END
    FROM generate_series(1, 20000) n
"""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL")
@pytest.mark.postgres
def test_what_is_due_and_what_is_on_its_way_is_found_by_indexes() -> None:
    """However many deliveries there were, and wait."""
    with connection.cursor() as cursor:
        cursor.execute(DELIVERIES_IN_BULK, {"moment": now()})
        cursor.execute("ANALYZE events_delivery")
    due = claiming._due(now()).filter(endpoint=UUID(md5(b"17").hexdigest()))
    assert "on delivery_due_there" in due.order_by("due_at")[:8].explain()
    assert "delivery_in_flight" in claiming._in_flight(now()).explain()
    Delivery.objects.all().delete()  # of events and endpoints that there are not
