"""What happened to the cases of a demonstration is told as the services tell it, and nobody is told of it any more."""

from collections import defaultdict
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from demo.tests.lived_again import lived_again
from events.models import PAST, Change, Event
from events.notices.models import Waiting
from events.notices.reading import events_read
from events.types import Seen
from events.webhooks.endpoints import ALL, endpoint_disable, endpoint_enable
from events.webhooks.fan_out import fan_out
from events.webhooks.models import Endpoint
from events.webhooks.tests.receivers import endpoint_at
from legalcity.lib.clock import now
from recoveries.desk.reads.timeline import timeline
from recoveries.desk.tests.pages import opened, words
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, move

pytestmark = pytest.mark.django_db
# What is read along is what was committed.
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)

FIRST = "ateliers.morvan@example.fr"
FACTS = {
    *("recovery.created", "recovery.assigned", "recovery.status_changed", "recovery.closed", "recovery.paid"),
    *("comment.created", "comment.read", "payment.recorded", "invoice.settled", "debt.recorded"),
}
IDS = {"id", "recovery_id", "customer_id", "debtor_id", "invoice_id", "invoice_ids", "recovery_reference"}


def seed(cases: int, *more: str) -> None:
    """A portfolio."""
    call_command("seed_demo", "--cases", str(cases), *more, stdout=StringIO())


def told_of(case: Recovery) -> list[Any]:
    """All that is told of a case, by whom and since when; ids are numbered as they come."""
    numbers: defaultdict[Any, int] = defaultdict(lambda: len(numbers))

    def named(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            kind = value.get("type", "")
            return {key: named(f"{kind}.{key}" if key == "id" else key, part) for key, part in value.items()}
        if name.rpartition(".")[2] not in IDS or value is None:
            return value
        return [numbers[name, each] for each in value] if isinstance(value, list) else numbers[name, value]

    changes = dict(Change.objects.filter(event__recovery_id=case.pk).values_list("event_id", "changes"))
    return [
        (
            *(event.type, event.object_type, numbers[event.object_type, event.object_id], named("", event.data)),
            *(event.audience, event.actor_id, event.effective_at),
            [list(rows.values()) for rows in changes.get(event.pk, {}).values()],
        )
        for event in Event.objects.filter(recovery_id=case.pk).order_by("id")
    ]


def test_a_case_tells_what_the_services_tell_of_the_same_acts() -> None:
    seed(60)
    seen: set[str] = set()
    for case in Recovery.objects.filter(user__is_staff=True).order_by("id"):
        told = told_of(case)
        new = {row[0] for row in told} - seen
        if new or len(told) > 15:
            assert told == told_of(lived_again(case))
        seen |= new
    assert seen == FACTS


def test_it_was_recorded_as_it_was_loaded_and_handed_on_by_then() -> None:
    before = now()
    seed(5)
    events = list(Event.objects.filter(recovery_id__isnull=False))
    assert {event.door for event in events} == {PAST}
    for event in events:
        assert event.effective_at < before <= event.recorded_at == event.fanned_out_at


def test_the_timeline_has_each_thing_when_it_happened() -> None:
    seed(30)
    office = browser_of(chief())
    case = Recovery.objects.filter(status_id=8, comments__is_read=True, user__is_staff=True).order_by("id")[0]
    told = {event.pk: event for event in Event.objects.filter(recovery_id=case.pk)}
    listed = timeline(case.pk, tab="event", page=200).entries
    assert {entry.id: entry.moment for entry in listed} == {pk: event.effective_at for pk, event in told.items()}
    shown = timeline(case.pk, page=200).entries
    assert [entry.moment for entry in shown] == sorted((entry.moment for entry in shown), reverse=True)
    assert shown[-1].event is not None
    assert shown[-1].event.type == "recovery.created"
    assert {entry.event.type for entry in shown if entry.event} >= {
        *("recovery.status_changed", "recovery.assigned", "comment.created", "comment.read"),
        *("payment.recorded", "invoice.settled"),
    }
    assert "Nothing is owed of an invoice any more" in words(opened(office, case))


@commits
def test_a_client_pages_through_all_of_it() -> None:
    seed(40)
    client = User.objects.get(email=FIRST)
    api, read, after = Api.of(client), [], ""
    while page := api.data("GET", f"/api/events?limit=20{after}"):
        read += [item["id"] for item in page["items"]]
        if not page["items"]:
            break
        after = f"&after={page['next']}"
    heard = [pk for pk, seen in Event.objects.filter(owner=client).values_list("pk", "audience") if seen & Seen.CLIENT]
    assert len(read) == len(set(read)) == len(heard) > 40


@commits
def test_neither_a_webhook_nor_an_email_tells_of_it() -> None:
    seed(0)
    client = User.objects.get(email=FIRST)
    heard, missed = (endpoint_at(client, f"https://{name}.example.com/", types=["recovery.*"]) for name in "ab")
    endpoint_disable(endpoint_id=missed.pk, reason=Endpoint.Reason.OWNER, by=client)
    seed(40)
    assert Recovery.objects.filter(owner=client, status_id__gt=1).exists()
    fan_out()
    events_read()
    endpoint_enable(endpoint_id=missed.pk, missed=ALL)
    assert (heard.deliveries.count(), missed.deliveries.count(), Waiting.objects.count()) == (0, 0, 0)
    move(Recovery.objects.filter(owner=client, status_id=1)[0].pk, 2)
    fan_out()
    events_read()
    assert (heard.deliveries.count(), missed.deliveries.count(), Waiting.objects.count()) == (1, 1, 1)
