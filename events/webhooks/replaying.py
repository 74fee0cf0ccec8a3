"""Deliveries that are sent again because somebody asks: a row of its own, tried once, with the secrets of now."""

from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from events.webhooks.claiming import PER_SECOND
from events.webhooks.endpoints import AT_ONCE, endpoint_lock
from events.webhooks.fan_out import DELIVER
from events.webhooks.models import Delivery, Endpoint
from legalcity.lib.clock import now
from legalcity.lib.embedded_clock import hint
from legalcity.lib.errors import Conflict, Invalid

STATE = Delivery.State
ALL = "all"
REPLAYABLE = {
    STATE.FAILED.value: (STATE.FAILED,),
    STATE.CANCELLED.value: (STATE.CANCELLED,),
    ALL: (STATE.FAILED, STATE.CANCELLED, STATE.DELIVERED),
}
DISABLED = _("The endpoint is disabled. Enable it first.")
RUNNING = _("Deliveries are being sent there again already. Try again when they have ended.")
STILL_WAITING = _("The delivery is still waiting: it is tried by itself.")


@transaction.atomic
def delivery_replay(*, delivery: Delivery) -> int:
    """Send one delivery again, however it has ended; returns 1. Raises NotFound, Conflict."""
    endpoint = _enabled(delivery.endpoint_id)
    if endpoint.deliveries.filter(event=delivery.event_id, state=STATE.WAITING).exists():
        raise Conflict(STILL_WAITING, retry_after=_seconds_of(endpoint, event=delivery.event_id))
    return _replay(endpoint, [delivery.event_id])


@transaction.atomic
def deliveries_replay(
    *, endpoint_id: UUID, state: str, since: datetime | None = None, until: datetime | None = None
) -> int:
    """Send again what has ended in `state` (of REPLAYABLE) and was made from `since` on and before `until`.

    The oldest first, each event once, but for those that arrived when they were sent again, AT_ONCE at most; returns
    how many. Raises Invalid, NotFound, Conflict.
    """
    if since and until and since > until:
        raise Invalid({"since": [_("The since field must not be after the until field.")]})
    endpoint = _enabled(endpoint_id)
    if endpoint.deliveries.filter(is_replay=True, state=STATE.WAITING).exists():
        raise Conflict(RUNNING, retry_after=_seconds_of(endpoint, is_replay=True))
    # A list that is made once, rather than a look for each: whatever the statistics say, its time grows with the rows.
    arrived = endpoint.deliveries.filter(is_replay=True, state=STATE.DELIVERED).values("event")
    wanted = endpoint.deliveries.filter(~Q(event__in=arrived), is_replay=False, state__in=REPLAYABLE[state])
    if since:
        wanted = wanted.filter(created_at__gte=since)
    if until:
        wanted = wanted.filter(created_at__lt=until)
    return _replay(endpoint, list(wanted.order_by("pk").values_list("event_id", flat=True)[:AT_ONCE]))


def _enabled(endpoint_id: UUID) -> Endpoint:
    endpoint = endpoint_lock(endpoint_id)
    if not endpoint.is_enabled:
        raise Conflict(DISABLED)
    return endpoint


def _seconds_of(endpoint: Endpoint, **which: Any) -> int:
    """In how many seconds these will have been tried, at the earliest."""
    waiting = endpoint.deliveries.filter(state=STATE.WAITING, **which)
    asked = waiting.aggregate(count=Count("pk"), first=Min("due_at"))
    left = (asked["first"] - now()).total_seconds() if asked["first"] else 0
    return int(max(0, ceil(left)) + 1 + asked["count"] // PER_SECOND)


def _replay(endpoint: Endpoint, events: list[int]) -> int:
    moment = now()
    rows = [Delivery(endpoint=endpoint, event_id=pk, is_replay=True, due_at=moment) for pk in events]
    Delivery.objects.bulk_create(rows, batch_size=1000)
    transaction.on_commit(lambda: hint(DELIVER), robust=True)
    return len(rows)
