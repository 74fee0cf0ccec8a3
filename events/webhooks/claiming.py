"""Which deliveries are tried next, by whom: rows are claimed, a few of each endpoint at a time.

An endpoint has at most MOST_IN_FLIGHT tries at the same time and PER_SECOND in a second, over all workers; one whose
tries fail has one. One run of a worker gives a part of its places to any endpoint, and a part to those that fail:
whoever answers slowly waits for himself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import randrange

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from events.bodies import body_of
from events.models import Event
from events.public_ids import public_id
from events.webhooks.keys import secrets_of
from events.webhooks.models import Body, Delivery, Endpoint
from events.webhooks.sending import Message
from events.webhooks.verdicts import MOST_TRIES, PAUSES
from legalcity.lib.claims import Claim, Job

THREADS = 8  # of one run
MOST_IN_FLIGHT = 8
PER_SECOND = 50
OF_ONE_ENDPOINT = 4  # places of one run
OF_FAILING_ONES = 2
CLAIM = timedelta(seconds=30)  # a try lasts fifteen at most, and is claimed only when a thread is free

JOB = Job(
    model=Delivery,
    task="events.tasks.deliver",
    waiting=Q(state=Delivery.State.WAITING),
    claim=CLAIM,
    most_attempts=MOST_TRIES,
    pauses=PAUSES,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that was claimed, and what is to be sent."""

    claim: Claim[Delivery]
    delivery: Delivery
    message: Message


def claim_due(*, most: int, moment: datetime) -> list[Taken]:
    """Claim at most `most` deliveries that are due. Whoever claims one may try it until its claim ends."""
    due = JOB.rows().filter(claimed_until=None, due_at__lte=moment)
    # Nearly always there is nothing: this is asked every second.
    if not due.exists() or _in_flight(moment).count() >= settings.WEBHOOK_RUNS * THREADS:
        return []
    with transaction.atomic():
        chosen = _chosen(most, moment)
        end = moment + CLAIM + timedelta(microseconds=randrange(1_000_000))  # noqa: S311 - no secret
        Delivery.objects.filter(pk__in=chosen).update(attempts=F("attempts") + 1, claimed_until=end)
    return _read(chosen, end, moment)


def _in_flight(moment: datetime) -> "models.QuerySet[Delivery]":
    return JOB.rows().filter(claimed_until__gte=moment)


def _chosen(most: int, moment: datetime) -> list[int]:
    """Ids of deliveries to claim, of endpoints that waited longest; these are locked until the transaction ends."""
    due = JOB.rows().filter(endpoint=OuterRef("pk"), claimed_until=None, due_at__lte=moment)
    pace = timedelta(seconds=1) / PER_SECOND
    ready = Endpoint.objects.filter(Exists(due), state=Endpoint.State.ENABLED, paced_until__lte=moment - pace)
    order = (F("failing_since").asc(nulls_first=True), "paced_until")
    locked = ready.select_for_update(skip_locked=True, no_key=True).only("failing_since", "paced_until")
    endpoints = list(locked.order_by(*order)[: 2 * most])
    busy = dict(_in_flight(moment).filter(endpoint__in=endpoints).values_list("endpoint").annotate(Count("pk")))
    chosen: list[int] = []
    failing = 0
    for endpoint in endpoints:
        places = min(most - len(chosen), _places(endpoint, busy.get(endpoint.pk, 0), moment))
        if endpoint.failing_since is not None:
            places = min(places, OF_FAILING_ONES - failing)
        if places <= 0:
            continue
        rows = JOB.rows().filter(endpoint=endpoint, claimed_until=None, due_at__lte=moment)
        ids = list(rows.order_by("due_at").values_list("pk", flat=True)[:places])
        failing += len(ids) if endpoint.failing_since is not None else 0
        paid = _paid_since(endpoint, moment) + pace * len(ids)
        Endpoint.objects.filter(pk=endpoint.pk).update(paced_until=paid)
        chosen += ids
    return chosen


def _places(endpoint: Endpoint, busy: int, moment: datetime) -> int:
    """How many tries of an endpoint may begin now."""
    at_once = MOST_IN_FLIGHT if endpoint.failing_since is None else 1
    unpaid = int((moment - _paid_since(endpoint, moment)) / timedelta(seconds=1) * PER_SECOND)
    return min(at_once - busy, OF_ONE_ENDPOINT, unpaid)


def _paid_since(endpoint: Endpoint, moment: datetime) -> datetime:
    """What was not used for a second is gone."""
    return max(endpoint.paced_until, moment - timedelta(seconds=1))


def _read(chosen: Iterable[int], end: datetime, moment: datetime) -> list[Taken]:
    rows = list(Delivery.objects.filter(pk__in=chosen, claimed_until=end).select_related("endpoint__owner", "event"))
    bodies = _bodies({row.event_id: row.event for row in rows})
    return [
        Taken(
            Claim(JOB, row.pk, [end]),
            row,
            Message(row.endpoint.url, public_id(row.event_id), bodies[row.event_id], secrets_of(row.endpoint, moment)),
        )
        for row in rows
    ]


def _bodies(events: dict[int, Event]) -> dict[int, bytes]:
    """What is sent of each event: made by who sends it first, kept for all others."""
    stored = Body.objects.filter(event__in=events).values_list("event_id", "content")
    kept = {pk: bytes(content) for pk, content in stored}
    if missing := events.keys() - kept.keys():
        made = [Body(event_id=pk, content=body_of(events[pk])) for pk in sorted(missing)]
        Body.objects.bulk_create(made, ignore_conflicts=True)
        kept = {pk: bytes(content) for pk, content in stored.all()}
    return kept
