"""Events that are past their time, and what they changed, leave through the one door that the tables have."""

from datetime import datetime, time

from events.models import Change, Event
from legalcity.lib.append_only import door
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.settings.live import live

BATCH = 2_000  # rows of one transaction, which takes well under a second


def events_forget(*, moment: datetime) -> int:
    """Delete the events of the days before EVENT_MONTHS ago, in batches of one transaction each; returns how many."""
    first_kept = add_months(moment.astimezone(PARIS).date(), -int(live.EVENT_MONTHS))
    before = datetime.combine(first_kept, time.min, PARIS)
    count = 0
    while batch := _forget_some(before):
        count += batch
    return count


def _forget_some(before: datetime) -> int:
    with_time_over = Event.objects.filter(recorded_at__lt=before).order_by("recorded_at")
    ids = list(with_time_over.values_list("pk", flat=True)[:BATCH])
    if ids:
        with door(Change, Event, reason="Past their time."):
            Event.objects.filter(pk__in=ids).delete()
    return len(ids)
