"""Reading along: each event once, in the order of the commits, and what of it a client is to be told.

Ids are given before the commit, so who remembers the last id would miss those of slower transactions. The place is
(xact, id), and what is read ends before the oldest transaction that still runs: whatever commits later comes later.
Of many workers one reads, under the lock of the place; the events that wait and the place are one transaction.
"""

from django.db import connection, transaction

from accounts.models import User
from events.horizon import COMMITTED
from events.models import PAST, Event
from events.notices.groups import RULES, TOLD_BY_LETTERS, Group, Mode, group_of
from events.notices.models import Place, Waiting
from events.notices.recipients import modes_of
from events.types import Seen
from legalcity.lib.settings.live import live

AT_ONCE = 1000  # events of one transaction


def events_read() -> int:
    """Read what was not read yet, and keep what clients are to be told. How many events were read."""
    total = 0
    while read := _some_read():
        total += read
        if read < AT_ONCE:
            break
    return total


@transaction.atomic
def _some_read() -> int:
    place = Place.objects.select_for_update(skip_locked=True).first()
    if place is None:  # Somebody else reads.
        return 0
    events = _events_after(place)
    if events:
        Waiting.objects.bulk_create(_waiting(events))
        Place.objects.update(xact=events[-1].xact, event_id=events[-1].pk)
    return len(events)


def _events_after(place: Place) -> list[Event]:
    # Table and columns are names of ours, the place are numbers.
    statement = (
        "SELECT id, xact, owner_id, type, actor_id, audience, door, recorded_at FROM events_event "  # noqa: S608
        f"WHERE (xact, id) > (%s, %s) AND {COMMITTED[connection.vendor]} ORDER BY xact, id LIMIT {AT_ONCE}"
    )
    return list(Event.objects.raw(statement, [place.xact, place.event_id]))


def _waiting(events: list[Event]) -> list[Waiting]:
    """What clients are told of: of what they did themselves they know, and what was loaded is past."""
    found = [
        (event, group)
        for event in events
        if event.audience & Seen.CLIENT and event.owner_id and event.actor_id != event.owner_id and event.door != PAST
        if (group := group_of(event.type)) is not None and group not in TOLD_BY_LETTERS
    ]
    if not live.SEND_CLIENT_NOTICES or not found:
        return []
    owners = {event.owner_id for event, _group in found if event.owner_id is not None}
    modes, there = modes_of(owners), _there(owners)
    return [
        Waiting(event_id=event.pk, owner_id=event.owner_id, group=group, mode=mode, recorded_at=event.recorded_at)
        for event, group in found
        if event.owner_id in there and (mode := _mode(modes, event.owner_id, group)) != Mode.OFF
    ]


def _mode(modes: dict[tuple[int, Group], Mode], owner_id: int, group: Group) -> Mode:
    return modes.get((owner_id, group), RULES[group].default)


def _there(owners: set[int]) -> set[int]:
    """An account may have gone since, or be closed."""
    return set(User.objects.filter(pk__in=owners, is_active=True).values_list("pk", flat=True))
