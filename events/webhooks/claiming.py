"""Which deliveries are tried next, by whom: rows are claimed, a few of each endpoint at a time.

An endpoint has at most MOST_IN_FLIGHT tries at the same time and PER_SECOND in a second, over all workers; one whose
tries fail has one. Of the places of a process, and of those of all, an account is given at most half of what is free,
less what it has (`share`): one with any number of slow endpoints leaves half to the others, the next one half of that.
Those that fail share a few, of which an account has half; who waited longest comes first among them, however long it
has failed.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import randrange
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IsNull

from events.bodies import body_of
from events.models import Event
from events.public_ids import public_id
from events.webhooks.keys import secrets_of
from events.webhooks.models import Body, Delivery, Endpoint
from events.webhooks.sending import Message
from events.webhooks.verdicts import MOST_TRIES, PAUSES
from legalcity.lib.claims import Claim, Job, watched

THREADS = 16  # of one process
MOST_IN_FLIGHT = 8
PER_SECOND = 50
OF_ONE_ENDPOINT = 4  # begun at once
OF_FAILING_ONES = 4  # places of one process
OF_AN_OWNERS_FAILING_ONES = OF_FAILING_ONES // 2
PACE = timedelta(seconds=1) / PER_SECOND
CLAIM = timedelta(seconds=30)  # a try lasts fifteen at most, and is claimed only when a thread is free

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
    """A delivery that was claimed, and what is to be sent."""

    claim: Claim[Delivery]
    delivery: Delivery
    message: Message


@dataclass(slots=True)
class Room:
    """Places: how many are free, how many each account has, and how many its endpoints that fail have of these."""

    free: int
    of_owners: Counter[int] = field(default_factory=Counter)
    of_failing: Counter[int] = field(default_factory=Counter)

    def share(self, owner_id: int) -> int:
        """How many more an account may have: half of what is free, less what it has; the last one is anybody's."""
        theirs = self.of_owners[owner_id]
        return max(0, (self.free - theirs + 1) // 2)

    def share_of_failing(self, owner_id: int) -> int:
        """How many more the endpoints of an account that fail may have."""
        left, theirs = OF_FAILING_ONES - self.of_failing.total(), self.of_failing[owner_id]
        return max(0, min(left, OF_AN_OWNERS_FAILING_ONES - theirs))

    def give(self, owner_id: int, places: int) -> None:
        """Places are an account's now."""
        self.free -= places
        self.of_owners[owner_id] += places

    def full_owners(self) -> list[int]:
        """Accounts that may have no more."""
        return [owner_id for owner_id in self.of_owners if not self.share(owner_id)]

    def full_failing_owners(self) -> list[int]:
        """Accounts whose endpoints that fail may have no more."""
        return [owner_id for owner_id in self.of_failing if not self.share_of_failing(owner_id)]


def claim_due(room: Room, *, moment: datetime) -> list[Taken]:
    """Claim deliveries that are due, as many as a process has room for. Whoever claims one may try it until its claim
    ends.
    """
    due = JOB.rows().filter(claimed_until=None, due_at__lte=moment)
    # Nearly always there is nothing: this is asked every second.
    if room.free <= 0 or not due.exists():
        return []
    with transaction.atomic():
        chosen = _chosen(room, moment)
        end = moment + CLAIM + timedelta(microseconds=randrange(1_000_000))  # noqa: S311 - no secret
        Delivery.objects.filter(pk__in=chosen).update(attempts=F("attempts") + 1, claimed_until=end)
    return _read(chosen, end, moment)


def _in_flight(moment: datetime) -> "models.QuerySet[Delivery]":
    return JOB.rows().filter(claimed_until__gte=moment)


def _chosen(here: Room, moment: datetime) -> list[int]:
    """Ids of deliveries to claim, of endpoints that waited longest; these are locked until the transaction ends."""
    busy = _busy(moment)
    everywhere = Room(settings.WEBHOOK_RUNS * THREADS - busy.total(), _of_owners(busy))
    endpoints = _ready(here, everywhere, busy, moment)
    busy = _busy(moment)  # Once more: what others have begun until the endpoints were locked.
    chosen: list[int] = []
    for endpoint in endpoints:
        places = _places(endpoint, busy[endpoint.pk, endpoint.owner_id], moment)
        places = min(places, here.share(endpoint.owner_id), everywhere.share(endpoint.owner_id))
        if endpoint.failing_since is not None:
            places = min(places, here.share_of_failing(endpoint.owner_id))
        if places <= 0:
            continue
        rows = JOB.rows().filter(endpoint=endpoint, claimed_until=None, due_at__lte=moment)
        ids = list(rows.order_by("due_at").values_list("pk", flat=True)[:places])
        if endpoint.failing_since is not None:
            here.of_failing[endpoint.owner_id] += len(ids)
        for room in (here, everywhere):
            room.give(endpoint.owner_id, len(ids))
        paid = _paid_since(endpoint, moment) + PACE * len(ids)
        Endpoint.objects.filter(pk=endpoint.pk).update(paced_until=paid)
        chosen += ids
    return chosen


def _busy(moment: datetime) -> Counter[tuple[UUID, int]]:
    """How many tries of each endpoint, and so of its account, run now in all processes."""
    return Counter(_in_flight(moment).values_list("endpoint", "endpoint__owner"))


def _of_owners(busy: Counter[tuple[UUID, int]]) -> Counter[int]:
    owners = Counter[int]()
    for (_endpoint, owner_id), count in busy.items():
        owners[owner_id] += count
    return owners


def _ready(here: Room, everywhere: Room, busy: Counter[tuple[UUID, int]], moment: datetime) -> list[Endpoint]:
    """Endpoints that something is due to and that have places left, locked: who has none must not hide the others."""
    due = JOB.rows().filter(endpoint=OuterRef("pk"), claimed_until=None, due_at__lte=moment)
    ready = Endpoint.objects.filter(Exists(due), state=Endpoint.State.ENABLED, paced_until__lte=moment - PACE)
    full = [endpoint for (endpoint, _owner), count in busy.items() if count >= MOST_IN_FLIGHT]
    failing = [endpoint for endpoint, _owner in busy]
    ready = ready.exclude(pk__in=full).exclude(pk__in=failing, failing_since__isnull=False)
    ready = ready.exclude(owner__in={*here.full_owners(), *everywhere.full_owners()})
    ready = ready.exclude(owner__in=here.full_failing_owners(), failing_since__isnull=False)
    if here.of_failing.total() >= OF_FAILING_ONES:
        ready = ready.filter(failing_since=None)
    locked = ready.select_for_update(skip_locked=True, no_key=True).only("owner", "failing_since", "paced_until")
    return list(locked.order_by(IsNull(F("failing_since"), False), "paced_until")[: 2 * here.free])


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
