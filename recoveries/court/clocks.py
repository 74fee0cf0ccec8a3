"""Legal deadlines as time goes by: alerts, each recorded once, and the kept next dates, looked over every day."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction

from events.services import events_record, story
from law.deadlines import Deadline
from legalcity.lib.dates import add_days
from recoveries.court.events import DEADLINE_APPROACHING, DEADLINE_PASSED, deadline_event
from recoveries.models import DeadlineAlert, Recovery
from recoveries.selectors.deadlines import deadlines_by_case, in_pieces, with_clocks
from recoveries.services.deadlines import next_deadlines_refresh, stale_deadlines

AT_ONCE = 200  # deadlines of one transaction


def deadlines_within(*, days: int, today: date) -> list[tuple[Recovery, Deadline]]:
    """What lapses until `days` (0 or more) from `today`, what is past included; soonest first."""
    until = add_days(today, days)
    found = [pair for pair in _running(today) if pair[1].date <= until]
    return sorted(found, key=lambda pair: (pair[1].date, pair[0].pk))


def _running(today: date) -> Iterator[tuple[Recovery, Deadline]]:
    """Every legal date of every open case."""
    cases = with_clocks(Recovery.objects.filter(status__is_closing=False))
    for some in in_pieces(cases):
        deadlines = deadlines_by_case(some, today)
        yield from ((case, deadline) for case in some for deadline in deadlines[case.pk])


def alerts_record(*, days: int, today: date) -> int:
    """Record an alert for each deadline that lapses within `days`, and tell it; returns how many are new.

    Each is told twice at most: when it is near, and when it is over and still stands.
    """
    found = deadlines_within(days=days, today=today)
    return sum(_alerted(found[first : first + AT_ONCE], today) for first in range(0, len(found), AT_ONCE))


@story()
def _alerted(found: Sequence[tuple[Recovery, Deadline]], today: date) -> int:
    """One transaction of it, under the locks of the cases: who comes second finds the alerts there."""
    cases = {case.pk: case for case, _deadline in found}
    locked = Recovery.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk")
    there = set(locked.values_list("pk", flat=True))  # Others were deleted meanwhile.
    alerts = {
        (case.pk, deadline.kind.value, deadline.date): DeadlineAlert(
            recovery=case,
            owner_id=case.owner_id,
            kind=deadline.kind.value,
            date=deadline.date,
            article=deadline.article,
        )
        for case, deadline in found
        if case.pk in there
    }
    recorded = DeadlineAlert.objects.filter(recovery_id__in=there)
    known = {(row.recovery_id, row.kind, row.date): row for row in recorded}
    new = DeadlineAlert.objects.bulk_create(row for key, row in alerts.items() if key not in known)
    over = [row for key, row in known.items() if key in alerts and row.date < today and not row.is_over_told]
    over += [row for row in new if row.date < today]
    DeadlineAlert.objects.filter(pk__in=[row.pk for row in over]).update(is_over_told=True)
    events_record(
        [
            *(deadline_event(DEADLINE_APPROACHING, row, cases[row.recovery_id]) for row in new if row.date >= today),
            *(deadline_event(DEADLINE_PASSED, row, cases[row.recovery_id]) for row in over),
        ]
    )
    return len(new)


def next_deadlines_mend() -> int:
    """Write the next legal dates that time or a change behind the case has moved; returns how many.

    Each case by itself, under its lock, read again there.
    """
    return sum(_mended(recovery_id) for recovery_id in stale_deadlines())


@transaction.atomic
def _mended(recovery_id: int) -> int:
    Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()  # Perhaps deleted meanwhile.
    return next_deadlines_refresh(recovery_ids=[recovery_id])
