"""Who is tried when: places of endpoints, their pace, and the indexes that this rests on."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from events.webhooks import claiming
from events.webhooks.claiming import claim_due
from events.webhooks.fan_out import fan_out
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.tests.receivers import Receiver, endpoint_at, happen
from legalcity.lib.clock import now

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

    def claimed(most: int) -> list[int]:
        taken = claim_due(most=most, moment=now())
        return [sum(one.delivery.endpoint_id == each.pk for one in taken) for each in (endpoint, other, failing)]

    assert sorted(claimed(8)[:2]) == [4, 4]
    assert claimed(8)[2] == 0  # Healthy ones come first: both have eight now.
    assert claimed(8) == [0, 0, 1]
    assert claimed(8) == [0, 0, 0]


def test_an_endpoint_has_fifty_tries_a_second(endpoint: Endpoint, settings: Settings) -> None:
    settings.WEBHOOK_RUNS = 100
    happen(endpoint.owner, times=120)
    fan_out()
    moment = now() + timedelta(seconds=10)

    def tried(at: float) -> int:
        count = 0
        while taken := claim_due(most=8, moment=moment + timedelta(seconds=at)):
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
