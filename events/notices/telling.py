"""From events that wait to e-mails: those of a group at once, the others together, once a day or once a week.

What waits of an account and the e-mails that tell it are one transaction, so whoever is stopped in between has told
nothing, and nothing is told twice: rows are taken under their locks, and a second e-mail of a period is refused.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from events.models import Event
from events.notices.groups import LEGAL, Group, Mode
from events.notices.jobs import NOTICE_JOB
from events.notices.models import DIGEST, Notice, Waiting
from events.notices.ports import News, Words, notice_writers
from events.notices.recipients import told_choices
from events.notices.tokens import leaving_address
from legalcity.lib.claims import queue
from legalcity.lib.dates import PARIS
from legalcity.lib.logs import log_failure
from legalcity.lib.outages import is_away

DIGEST_AT = time(7, 30)  # in Paris
MONDAY = 0
MOST_EVENTS = 5_000  # of one e-mail; what is over is told by the next one


def last_round(moment: datetime, at: time, *, weekday: int | None = None) -> datetime:
    """When it was last `at` o'clock in Paris, on that day of the week where one is named."""
    local = moment.astimezone(PARIS)
    day = local.date() if local.time() >= at else local.date() - timedelta(days=1)
    if weekday is not None:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    return datetime.combine(day, at, PARIS)


def told_apart(tell: Callable[..., int], *of: Any) -> int:
    """What `tell` has written for one account: one that cannot be told keeps no other from being told.

    What waited of it waits on.
    """
    try:
        return tell(*of)
    except Exception as error:
        if is_away(error):
            raise
        log_failure(error)
        return 0


def instants_tell() -> int:
    """Write what is to be told at once. How many e-mails."""
    waiting = Waiting.objects.filter(mode=Mode.INSTANT)
    groups = waiting.order_by("owner_id", "group").values_list("owner_id", "group").distinct()
    return sum(told_apart(_instant_tell, owner_id, Group(group)) for owner_id, group in list(groups))


@transaction.atomic
def _instant_tell(owner_id: int, group: Group) -> int:
    rows = _taken(Waiting.objects.filter(owner_id=owner_id, group=group, mode=Mode.INSTANT))
    return _tell(owner_id, group, str(rows[0].event_id), rows) if rows else 0


def digests_tell(moment: datetime) -> int:
    """Write the digests of the last half past seven, where they were not written. How many e-mails."""
    day = last_round(moment, DIGEST_AT)
    due = Q(mode=Mode.DAILY, recorded_at__lt=day)
    due |= Q(mode=Mode.WEEKLY, recorded_at__lt=last_round(moment, DIGEST_AT, weekday=MONDAY))
    told = Notice.objects.filter(group=DIGEST, period=day.date().isoformat())
    owners = Waiting.objects.filter(due).exclude(owner__in=told.values("owner")).order_by("owner_id")
    return sum(told_apart(_digest_tell, owner_id, due, day.date()) for owner_id in _distinct(owners))


def _distinct(waiting: QuerySet[Waiting]) -> list[int]:
    return list(waiting.values_list("owner_id", flat=True).distinct())


def _digest_tell(owner_id: int, due: Q, day: date) -> int:
    try:
        with transaction.atomic():
            rows = _taken(Waiting.objects.filter(due, owner_id=owner_id))
            period = day.isoformat()
            # What the law has told is no part of what one may leave.
            legal = [_tell(owner_id, group, period, _of(rows, [group])) for group in sorted(LEGAL)]
            return _tell(owner_id, DIGEST, period, _of(rows, set(Group) - LEGAL)) + sum(legal)
    except IntegrityError:  # Another worker has written that of the day a moment ago; this waits for the next one.
        return 0


def _of(rows: Sequence[Waiting], groups: Iterable[Group]) -> list[Waiting]:
    wanted = set(groups)
    return [row for row in rows if row.group in wanted]


def _taken(waiting: QuerySet[Waiting]) -> list[Waiting]:
    """Rows that nobody else is about to tell, locked."""
    free = waiting.select_for_update(of=("self",), skip_locked=True)
    return list(free.order_by("event_id")[:MOST_EVENTS])


def _tell(owner_id: int, group: str, period: str, rows: Sequence[Waiting]) -> int:
    """Write the e-mails that tell `rows`, one for each recipient; where there is none they go untold."""
    if not rows:
        return 0
    owner = User.objects.get(pk=owner_id)
    choices = told_choices(owner)
    events = Event.objects.in_bulk([row.event_id for row in rows])
    addresses = sorted({email for row in rows for email in choices[Group(row.group)].recipients})
    for email in addresses:
        mine = [row for row in rows if email in choices[Group(row.group)].recipients]
        told = News(
            owner=owner,
            group=group,
            events=[events[row.event_id] for row in mine if row.event_id in events],
            language=choices[Group(mine[0].group)].language,
            leave="" if group in LEGAL else leaving_address(owner_id=owner_id, group=group, email=email),
        )
        notice_write(owner_id, group, period, email, notice_writers.clients.news(told), told.events)
    Waiting.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(addresses)


def notice_write(
    owner_id: int, group: str, period: str, recipient: str, words: Words, events: Sequence[Event] = ()
) -> Notice:
    """Write an e-mail, and have it sent after the commit. Raises IntegrityError for a second one of the period."""
    notice = Notice.objects.create(
        owner_id=owner_id,
        group=group,
        period=period,
        recipient=recipient,
        subject=words.subject,
        text=words.text,
        html=words.html,
        event_ids=[event.pk for event in events],
    )
    queue(NOTICE_JOB.task, notice.pk)
    return notice
