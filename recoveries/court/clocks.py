"""Legal deadlines: alerts, each recorded once, and the next one of each procedure, which lists filter by."""

from datetime import date, timedelta

import structlog

from law.deadlines import Deadline
from recoveries.court.selectors import deadlines_of, open_procedures
from recoveries.models import DeadlineAlert, Injunction

log = structlog.get_logger("recoveries")


def deadlines_within(*, days: int, today: date) -> list[tuple[Injunction, Deadline]]:
    """What lapses until `days` from `today`, what is past included; soonest first."""
    until = today + timedelta(days=days)
    found = [
        (injunction, deadline)
        for injunction in open_procedures().iterator(chunk_size=500)
        for deadline in _deadlines_of(injunction)
        if deadline.date <= until
    ]
    return sorted(found, key=lambda pair: (pair[1].date, pair[0].pk))


def _deadlines_of(injunction: Injunction) -> tuple[Deadline, ...]:
    """None for a court whose law the engine does not know: that must not hide the deadlines of the others."""
    try:
        return deadlines_of(injunction)
    except ValueError:
        log.error("deadlines_not_reckoned", recovery_id=injunction.recovery_id, court=injunction.court_territory)
        return ()


def alerts_record(*, days: int, today: date) -> int:
    """Record an alert for each deadline that lapses within `days`; returns how many are new."""
    alerts = [
        DeadlineAlert(injunction=injunction, kind=deadline.kind.value, date=deadline.date, article=deadline.article)
        for injunction, deadline in deadlines_within(days=days, today=today)
    ]
    before = DeadlineAlert.objects.count()
    DeadlineAlert.objects.bulk_create(alerts, ignore_conflicts=True, batch_size=500)
    return DeadlineAlert.objects.count() - before


def next_deadline_refresh(*, injunction: Injunction) -> bool:
    """Keep the soonest legal date of a procedure on it; True when another one was there."""
    deadlines = _deadlines_of(injunction)
    soonest = deadlines[0].date if deadlines else None
    if injunction.next_deadline == soonest:
        return False
    Injunction.objects.filter(pk=injunction.pk).update(next_deadline=soonest)
    injunction.next_deadline = soonest
    return True


def next_deadlines_refresh() -> int:
    """Reckon the next deadline of every open procedure anew; returns how many had another one.

    Once a day, because the debtor's country and the catalogue of holidays change without the procedure being saved.
    """
    return sum(
        next_deadline_refresh(injunction=injunction) for injunction in open_procedures().iterator(chunk_size=500)
    )
