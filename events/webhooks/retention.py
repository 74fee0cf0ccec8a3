"""What goes when its time is over: deliveries, their tries, the bodies that were sent, endpoints that were removed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from events.webhooks.models import Attempt, Body, Delivery, Endpoint
from legalcity.lib.append_only import door
from legalcity.lib.settings.live import live

AT_ONCE = 5000  # deliveries of one transaction


def deliveries_forget(*, moment: datetime) -> int:
    """Remove deliveries that were made WEBHOOK_DAYS ago and what belongs to them; returns how many deliveries."""
    before = moment - timedelta(days=live.WEBHOOK_DAYS)
    forgotten = 0
    while removed := _forget_set(before):
        forgotten += removed
    _removed_endpoints_forget()
    return forgotten


@transaction.atomic
def _forget_set(before: datetime) -> int:
    # Ids are in the order of making, so the oldest are found without an index of their moments.
    oldest = Delivery.objects.order_by("pk").values_list("pk", "event_id", "created_at")[:AT_ONCE]
    rows = [(pk, event) for pk, event, made_at in oldest if made_at < before]
    if not rows:
        return 0
    ids, events = [pk for pk, _event in rows], {event for _pk, event in rows}
    with door(Attempt, Body, reason="Deliveries are past their time."):
        Attempt.objects.filter(delivery__in=ids)._raw_delete("default")
        Delivery.objects.filter(pk__in=ids)._raw_delete("default")
        others = Delivery.objects.filter(event=OuterRef("pk"))
        Body.objects.filter(~Exists(others), pk__in=events)._raw_delete("default")
    return len(ids)


def _removed_endpoints_forget() -> None:
    left = Delivery.objects.filter(endpoint=OuterRef("pk"))
    Endpoint.objects.filter(~Exists(left), deleted_at__isnull=False)._raw_delete("default")
