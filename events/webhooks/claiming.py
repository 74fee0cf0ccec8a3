"""Which deliveries are tried next, by whom: rows are claimed, a few of each endpoint at a time.

An endpoint has at most MOST_IN_FLIGHT tries at the same time and PER_SECOND in a second, over all workers; one whose
tries fail has one. Places are those of lanes (`lanes.py`): an account is given at most half of what is free in one,
less what it has there, of its process and of all. Who waited longest comes first; those that fail come last, and of
these too who waited longest, however long it has failed.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from random import randrange
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from events.bodies import body_of
from events.models import Event
from events.public_ids import public_id
from events.webhooks.keys import secrets_of
from events.webhooks.lanes import SLOW_AFTER, Lane, Places, Room
from events.webhooks.models import Body, Delivery, Endpoint
from events.webhooks.sending import Message
from events.webhooks.verdicts import MOST_TRIES, PAUSES
from legalcity.lib.claims import Claim, Job, watched

MOST_IN_FLIGHT = 8
PER_SECOND = 50
OF_ONE_ENDPOINT = 4  # begun at once
PACE = timedelta(seconds=1) / PER_SECOND
CLAIM = timedelta(seconds=30)  # a try lasts fifteen at most, and is claimed only when a thread is free
ODD = 100_000  # microseconds, at most, by which the end of a claim is its own

JOB = watched(
    Job(
        model=Delivery,
        task="events.tasks.deliver",
        waiting=Q(state=Delivery.State.WAITING),
        claim=CLAIM,
        most_attempts=MOST_TRIES,
        pauses=PAUSES,
    )
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that was claimed, what is to be sent, and the lane that it was given a place of."""

    claim: Claim[Delivery]
    delivery: Delivery
    message: Message
    lane: Lane = Lane.QUICK


class _Busy(NamedTuple):
    """What all processes try now: tries of endpoints, endpoints of which one lasts, places of quick ones."""

    tries: Counter[UUID]
    lasting: set[UUID]
    quick: Places


class _DueIds(Subquery):
    """Ids of rows as a list: an array, or JSON where there are none."""

    template = "ARRAY(%(subquery)s)"
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """A list of the rows of a subquery."""
        return self.as_sql(compiler, connection, template="(SELECT json_group_array(pk) FROM (%(subquery)s))")


def claim_due(room: Room, *, moment: datetime) -> list[Taken]:
    """Claim deliveries that are due, as many as a process has room for. Whoever claims one may try it until its claim
    ends.
    """
    # Nearly always there is nothing: this is asked every second.
    if room.free <= 0 or not _due(moment).exists():
        return []
    with transaction.atomic():
        chosen = _chosen(room, moment)
        end = moment + CLAIM + timedelta(microseconds=randrange(ODD))  # noqa: S311 - no secret
        # What others have claimed until the endpoints were locked is theirs.
        _due(moment).filter(pk__in=chosen).update(attempts=F("attempts") + 1, claimed_until=end)
    return _read(chosen, end, moment)


def _due(moment: datetime) -> "models.QuerySet[Delivery]":
    return JOB.rows().filter(claimed_until=None, due_at__lte=moment)


def _in_flight(moment: datetime) -> "models.QuerySet[Delivery]":
    return JOB.rows().filter(claimed_until__gte=moment)


def _chosen(here: Room, moment: datetime) -> dict[int, Lane]:
    """Deliveries to claim, of endpoints that waited longest; these are locked until the transaction ends."""
    busy = _busy(moment)
    endpoints = _ready(here, busy, moment)
    busy = _busy(moment)  # Once more: what others have begun until the endpoints were locked.
    chosen: dict[int, Lane] = {}
    paid: list[tuple[datetime, UUID]] = []
    for endpoint, due in endpoints:
        lane = _lane(endpoint, busy, moment)
        places = min(_places(endpoint, busy.tries[endpoint.pk], moment), here.share(endpoint.owner_id, lane))
        if lane is Lane.QUICK:
            places = min(places, busy.quick.share(endpoint.owner_id))
        ids = due[: max(0, places)]
        if not ids:
            continue
        here.give(endpoint.owner_id, lane, len(ids))
        if lane is Lane.QUICK:
            busy.quick.of_owners[endpoint.owner_id] += len(ids)
        paid.append((_paid_since(endpoint, moment) + PACE * len(ids), endpoint.pk))
        chosen |= dict.fromkeys(ids, lane)
    _pay(paid)
    return chosen


def _busy(moment: datetime) -> _Busy:
    tries, lasting = Counter[UUID](), set[UUID]()
    quick = Places(settings.WEBHOOK_RUNS * Lane.QUICK.value)
    columns = ("endpoint", "endpoint__owner", "endpoint__failing_since", "endpoint__slow_until", "claimed_until")
    for endpoint_id, owner_id, failing_since, slow_until, claimed_until in _in_flight(moment).values_list(*columns):
        tries[endpoint_id] += 1
        if claimed_until < moment + CLAIM - SLOW_AFTER:
            lasting.add(endpoint_id)
        elif Lane.of(failing_since, slow_until, moment) is Lane.QUICK:
            quick.of_owners[owner_id] += 1
    return _Busy(tries, lasting, quick)


def _lane(endpoint: Endpoint, busy: _Busy, moment: datetime) -> Lane:
    lane = Lane.of(endpoint.failing_since, endpoint.slow_until, moment)
    return Lane.SLOW if lane is Lane.QUICK and endpoint.pk in busy.lasting else lane


def _ready(here: Room, busy: _Busy, moment: datetime) -> list[tuple[Endpoint, list[int]]]:
    """Endpoints that something is due to and that have places left, locked: who has none must not hide the others.

    With each the first few deliveries that are due.
    """
    due = _due(moment).filter(endpoint=OuterRef("pk"))
    ready = Endpoint.objects.filter(models.Exists(due), state=Endpoint.State.ENABLED, paced_until__lte=moment - PACE)
    ready = ready.filter(_let_in(here, busy, moment))
    ready = ready.exclude(pk__in=[endpoint for endpoint, count in busy.tries.items() if count >= MOST_IN_FLIGHT])
    columns = ("owner", "failing_since", "slow_until", "paced_until")
    locked = ready.select_for_update(skip_locked=True, no_key=True, of=("self",)).only(*columns)
    first = _DueIds(due.order_by("due_at").values("pk")[:OF_ONE_ENDPOINT])
    in_order = locked.order_by(IsNull(F("failing_since"), False), "paced_until").annotate(first=first)
    return [(endpoint, _ids(endpoint.first)) for endpoint in in_order[: 2 * here.free]]


def _ids(found: Any) -> list[int]:
    ids: list[int] = json.loads(found) if isinstance(found, str) else found
    return ids


def _let_in(here: Room, busy: _Busy, moment: datetime) -> Q:
    """Endpoints that stand in a lane where their account may have more. Of one that fails nothing may run."""
    works, is_slow = Q(failing_since=None), Q(slow_until__gt=moment) | Q(pk__in=busy.lasting)
    lanes = {
        Lane.QUICK: works & ~is_slow & ~Q(owner__in=busy.quick.full_owners()),
        Lane.SLOW: works & is_slow,
        Lane.FAILING: ~works & ~Q(pk__in=list(busy.tries)),
    }
    standing = [
        stands & ~Q(owner__in=here.full_owners(lane)) for lane, stands in lanes.items() if here.lanes[lane].free > 0
    ]
    return reduce(or_, standing)


def _places(endpoint: Endpoint, busy: int, moment: datetime) -> int:
    """How many tries of an endpoint may begin now."""
    at_once = MOST_IN_FLIGHT if endpoint.failing_since is None else 1
    unpaid = int((moment - _paid_since(endpoint, moment)) / timedelta(seconds=1) * PER_SECOND)
    return min(at_once - busy, OF_ONE_ENDPOINT, unpaid)


def _paid_since(endpoint: Endpoint, moment: datetime) -> datetime:
    """What was not used for a second is gone."""
    return max(endpoint.paced_until, moment - timedelta(seconds=1))


def _pay(paid: list[tuple[datetime, UUID]]) -> None:
    """Write down until when the tries of endpoints are paid for."""
    key = Endpoint._meta.pk
    rows = [
        (connection.ops.adapt_datetimefield_value(until), key.get_db_prep_value(pk, connection)) for until, pk in paid
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE events_endpoint SET paced_until = %s WHERE id = %s", rows)


def _read(chosen: dict[int, Lane], end: datetime, moment: datetime) -> list[Taken]:
    rows = list(Delivery.objects.filter(pk__in=chosen, claimed_until=end))
    # Once each: of an endpoint several are claimed together, and its secrets are to be opened.
    endpoints = Endpoint.objects.select_related("owner").in_bulk({row.endpoint_id for row in rows})
    secrets = {pk: secrets_of(endpoint, moment) for pk, endpoint in endpoints.items()}
    bodies = _bodies({row.event_id for row in rows})
    for row in rows:
        row.endpoint = endpoints[row.endpoint_id]
    return [
        Taken(
            Claim(JOB, row.pk, [end]),
            row,
            Message(row.endpoint.url, public_id(row.event_id), bodies[row.event_id], secrets[row.endpoint_id]),
            chosen[row.pk],
        )
        for row in rows
    ]


def _bodies(events: set[int]) -> dict[int, bytes]:
    """What is sent of each event: made by who sends it first, kept for all others."""
    stored = Body.objects.filter(event__in=events).values_list("event_id", "content")
    kept = {pk: bytes(content) for pk, content in stored}
    if missing := events - kept.keys():
        found = Event.objects.in_bulk(missing)
        made = [Body(event_id=pk, content=body_of(found[pk])) for pk in sorted(found)]
        Body.objects.bulk_create(made, ignore_conflicts=True)
        kept = {pk: bytes(content) for pk, content in stored.all()}
    return kept
