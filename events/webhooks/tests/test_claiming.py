"""Who is tried when: places of endpoints, their pace, and the indexes that this rests on."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from events.webhooks import claiming
from events.webhooks.claiming import OF_AN_OWNERS_FAILING_ONES, OF_FAILING_ONES, THREADS, Room, claim_due
from events.webhooks.fan_out import fan_out
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.tests.receivers import Receiver, endpoint_at, happen
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory

pytestmark = pytest.mark.django_db


def test_an_endpoint_has_few_places_a_failing_one_fewer_and_others_are_not_kept_waiting(
    receiver: Receiver, endpoint: Endpoint, client_user: User, settings: Settings
) -> None:
    settings.WEBHOOK_RUNS = 100
    other, failing = endpoint_at(client_user, receiver.url), endpoint_at(client_user, receiver.url)
    Endpoint.objects.filter(pk=failing.pk).update(failing_since=now())
    Endpoint.objects.update(paced_until=now() - timedelta(seconds=1))
    happen(client_user, times=40)
    fan_out()

    def claimed(free: int) -> list[int]:
        taken = claim_due(Room(free), moment=now())
        return [sum(one.delivery.endpoint_id == each.pk for one in taken) for each in (endpoint, other, failing)]

    assert sorted(claimed(16)[:2]) == [4, 4]
    assert claimed(16)[2] == 0  # Healthy ones come first: both have eight now.
    assert claimed(16) == [0, 0, 1]
    assert claimed(16) == [0, 0, 0]


def test_whoever_holds_places_leaves_half_of_what_is_free_to_the_next_account(
    receiver: Receiver, settings: Settings
) -> None:
    accounts = [ApiUserFactory() for _turn in range(5)]
    settings.WEBHOOK_RUNS = 1
    for account in accounts:
        for _turn in range(10 if account is not accounts[-1] else 1):
            endpoint_at(account, receiver.url)
        happen(account, times=5)
    fan_out()
    theirs, rooms = Counter[int](), []
    for _turn in range(8):
        here = Room(THREADS - theirs.total(), theirs.copy())
        rooms.append(here.free)
        theirs.update(each.delivery.endpoint.owner_id for each in claim_due(here, moment=now()))
    assert sorted(theirs.values(), reverse=True) == [8, 4, 2, 1, 1]
    assert max(rooms[1:]) <= 8
    here.give(accounts[0].pk, -theirs[accounts[0].pk])
    assert here.share(accounts[-1].pk) == 4


def test_places_are_those_of_all_processes_too(receiver: Receiver, settings: Settings) -> None:
    slow, other = ApiUserFactory(), ApiUserFactory()
    settings.WEBHOOK_RUNS = 1
    for _turn in range(10):
        endpoint_at(slow, receiver.url)
    happen(slow, times=5)
    fan_out()
    taken = [each for _process in range(4) for each in claim_due(Room(THREADS), moment=now())]
    assert len(taken) == THREADS // 2
    endpoint_at(other, receiver.url)
    happen(other)
    fan_out()
    assert [each.delivery.endpoint.owner_id for each in claim_due(Room(2), moment=now())] == [other.pk]


def test_those_that_fail_share_a_few_places_of_a_process_and_an_account_has_half(receiver: Receiver) -> None:
    accounts = [ApiUserFactory() for _turn in range(3)]
    for account in accounts:
        for _turn in range(10):
            endpoint_at(account, receiver.url)
        happen(account)
    Endpoint.objects.update(failing_since=now())
    Endpoint.objects.filter(owner=accounts[0]).update(failing_since=now() - timedelta(days=4))
    fan_out()
    room = Room(THREADS)
    taken = claim_due(room, moment=now())
    theirs = Counter(each.delivery.endpoint.owner_id for each in taken)
    assert len(taken) == OF_FAILING_ONES == room.of_failing.total()
    assert max(theirs.values()) == OF_AN_OWNERS_FAILING_ONES
    assert claim_due(room, moment=now()) == []


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
    [taken] = claim_due(Room(1), moment=now())
    assert taken.delivery.endpoint_id == recovered.pk
    assert claim_due(Room(1), moment=now())[0].delivery.endpoint_id in {each.pk for each in dead}


def test_an_endpoint_has_fifty_tries_a_second(endpoint: Endpoint, settings: Settings) -> None:
    settings.WEBHOOK_RUNS = 100
    happen(endpoint.owner, times=120)
    fan_out()
    moment = now() + timedelta(seconds=10)

    def tried(at: float) -> int:
        count = 0
        while taken := claim_due(Room(8), moment=moment + timedelta(seconds=at)):
            Delivery.objects.filter(pk__in=[one.delivery.pk for one in taken]).update(state="delivered")
            count += len(taken)
        return count

    assert [tried(0), tried(0.5), tried(0.5), tried(3)] == [50, 25, 0, 45]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL")
@pytest.mark.postgres
def test_the_tables_have_the_indexes_that_are_asked_for(endpoint: Endpoint) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    due = endpoint.deliveries.filter(state="waiting", claimed_until=None, due_at__lte=now()).order_by("due_at")[:8]
    assert "delivery_due" in due.explain()
    assert "delivery_in_flight" in claiming._in_flight(now()).explain()
