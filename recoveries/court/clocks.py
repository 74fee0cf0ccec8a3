"""Legal deadlines as time goes by: alerts, each recorded once, and the kept next dates, looked over every day."""

from collections.abc import Iterator
from datetime import date

from django.db import transaction

from law.deadlines import Deadline
from legalcity.lib.dates import add_days
from recoveries.models import DeadlineAlert, Recovery
from recoveries.selectors.deadlines import deadlines_by_case, in_pieces, with_clocks
from recoveries.services.deadlines import next_deadlines_refresh, stale_deadlines


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
    """Record an alert for each deadline that lapses within `days`; returns how many are new."""
    alerts = [
        DeadlineAlert(recovery=case, kind=deadline.kind.value, date=deadline.date, article=deadline.article)
        for case, deadline in deadlines_within(days=days, today=today)
    ]
    before = DeadlineAlert.objects.count()
    DeadlineAlert.objects.bulk_create(alerts, ignore_conflicts=True, batch_size=500)
    return DeadlineAlert.objects.count() - before


def next_deadlines_mend() -> int:
    """Write the next legal dates that time or a change behind the case has moved; returns how many.

    Each case by itself, under its lock, read again there.
    """
    return sum(_mended(recovery_id) for recovery_id in stale_deadlines())


@transaction.atomic
def _mended(recovery_id: int) -> int:
    Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()  # Perhaps deleted meanwhile.
    return next_deadlines_refresh(recovery_ids=[recovery_id])
