"""Events that are past their time, and what they changed, leave through the one door that the tables have."""

from collections.abc import Callable
from datetime import datetime, time

from django.db.models import Subquery

from events.models import Change, Event
from legalcity.lib.append_only import door
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.settings.live import live

BATCH = 2_000  # rows of one transaction, which takes well under a second


def events_forget(*, moment: datetime) -> int:
    """Delete the events of the days before EVENT_MONTHS ago, in batches of one transaction each; returns how many."""
    return _all_of(_events_forget, _first_kept(moment, live.EVENT_MONTHS))


def changes_forget(*, moment: datetime) -> int:
    """Delete what events of the days before CHANGE_MONTHS ago changed, likewise. The events stay."""
    return _all_of(_changes_forget, _first_kept(moment, live.CHANGE_MONTHS))


def _first_kept(moment: datetime, months: int) -> datetime:
    return datetime.combine(add_months(moment.astimezone(PARIS).date(), -int(months)), time.min, PARIS)


def _all_of(forget_some: Callable[[datetime], int], before: datetime) -> int:
    count = 0
    while batch := forget_some(before):
        count += batch
    return count


def _changes_forget(before: datetime) -> int:
    """Ids are near the order of time: the newest of those events says how far it is worth looking."""
    newest = Event.objects.filter(recorded_at__lt=before).order_by("-recorded_at").values("pk")[:1]
    old = Change.objects.filter(event_id__lte=Subquery(newest), event__recorded_at__lt=before).order_by("event_id")
    ids = list(old.values_list("event_id", flat=True)[:BATCH])
    if ids:
        with door(Change, reason="Past their time."):
            Change.objects.filter(event_id__in=ids).delete()
    return len(ids)


def _events_forget(before: datetime) -> int:
    with_time_over = Event.objects.filter(recorded_at__lt=before).order_by("recorded_at")
    ids = list(with_time_over.values_list("pk", flat=True)[:BATCH])
    if ids:
        with door(Change, Event, reason="Past their time."):
            Event.objects.filter(pk__in=ids).delete()
    return len(ids)
