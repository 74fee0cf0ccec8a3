"""Surveillance: begun by an order, a look a day, each change recorded once, over by itself."""

from datetime import date, datetime

import structlog
from django.db.models import QuerySet

from events.services import events_record, story
from legalcity.lib.dates import add_months
from scoring.changes import Change, changes, known, remembered
from scoring.events import alert_events
from scoring.evidence import gather, subject_of
from scoring.facts import Facts
from scoring.models import Alert, ScoringOrder, Surveillance
from scoring.scorecard import Score, score

log = structlog.get_logger("scoring")


def surveillance_start(*, order: ScoringOrder, facts: Facts, outcome: Score, today: date) -> None:
    """Begin the surveillance that was ordered; what is known on the first day is what later days compare with."""
    assert order.surveillance_months is not None  # noqa: S101 - the database says so
    Surveillance.objects.create(
        order=order,
        starts_on=today,
        ends_on=add_months(today, order.surveillance_months),
        checked_on=today,
        known=known(facts, outcome),
        silent=list(facts.silent),
    )


def surveillance_check(*, surveillance_id: int, today: date, moment: datetime) -> int:
    """Look at the company, at most once a day; returns how many changes are new. Safe to call again at any time."""
    watch = due(today).select_related("order").filter(pk=surveillance_id).first()
    if watch is None:
        return 0
    evidence = gather(subject_of(watch.order), today)
    seen = known(evidence.facts, score(evidence.facts))
    with story():
        locked = due(today).select_for_update().filter(pk=surveillance_id).first()
        if locked is None:  # Somebody else was faster.
            return 0
        found = changes(locked.known, seen, today)
        _alert(locked, watch.order, found, moment)
        locked.known, locked.silent = remembered(locked.known, seen), list(evidence.facts.silent)
        locked.checked_on = today
        locked.save(update_fields=["known", "silent", "checked_on"])
    log.info("surveillance_checked", order_id=watch.order.order_id, changes=len(found))
    return len(found)


def _alert(locked: Surveillance, order: ScoringOrder, found: list[Change], moment: datetime) -> None:
    """Write down and tell what is new; the caller holds the lock of the surveillance."""
    recorded = set(Alert.objects.filter(surveillance=locked).values_list("kind", "mark")) if found else set()
    alerts = Alert.objects.bulk_create(
        Alert(surveillance=locked, kind=change.kind, mark=change.mark, details=change.details, created_at=moment)
        for change in found
        if (change.kind.value, change.mark) not in recorded
    )
    events_record(alert_events(order, alerts))


def due(today: date) -> QuerySet[Surveillance]:
    """Surveillances that run and have not looked yet on the day `today` (Paris)."""
    return Surveillance.objects.filter(checked_on__lt=today, ends_on__gt=today)


def surveillances_due(*, today: date) -> list[int]:
    """Their ids."""
    return list(due(today).order_by("id").values_list("id", flat=True))
