"""Writes of endpoints: made, changed and removed by their owners, disabled and enabled by them, by staff, by us."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.events import WEBHOOK_ENDPOINT_DISABLED
from events.services import Ref, event_record, story
from events.webhooks.fan_out import deliveries_add
from events.webhooks.lanes import SLOW_FOR
from events.webhooks.listening import listeners
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.signing import secret_made
from legalcity.lib.claims import queue
from legalcity.lib.clock import now
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.dates import moment_text
from legalcity.lib.errors import Conflict, Invalid, NotFound
from legalcity.lib.settings.live import live

MOST_OF_AN_OWNER = 10
AT_ONCE = 10_000  # deliveries that one transaction writes
TELL = "events.tasks.tell_of_disabled"
STATE = Delivery.State
NONE, ALL = MISSED = ("none", "all")
MISSING = _("Webhook endpoint not found")


@transaction.atomic
def endpoint_create(*, owner: User, values: Mapping[str, Any]) -> Endpoint:
    """A new endpoint, enabled, with a secret of its own. Its `url` was looked at before. Raises Invalid."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if Endpoint.objects.owned_by(owner).count() >= MOST_OF_AN_OWNER:
        sentence = _("An account has at most {most} webhook endpoints.")
        told = Coded(str(sentence).format(most=MOST_OF_AN_OWNER), FieldCode.TOO_MANY)
        raise Invalid({"endpoints": [told]})
    endpoint = Endpoint(owner=owner, secret=secret_made(), **values)
    endpoint.save(force_insert=True)
    transaction.on_commit(listeners.forget)
    return endpoint


@story()
def endpoint_change(*, endpoint_id: UUID, by: User | None, values: Mapping[str, Any], missed: str = NONE) -> Endpoint:
    """Change what is sent where. `state` among the `values` enables or disables; `missed` as `endpoint_enable` has it.

    Raises NotFound, Conflict.
    """
    wanted = dict(values)
    state = wanted.pop("state", None)
    endpoint = endpoint_lock(endpoint_id)
    if endpoint.is_enabled and wanted.get("url", endpoint.url) != endpoint.url:
        # Nobody has tried the new address. While disabled, it says what was missed.
        wanted["failing_since"] = wanted["slow_until"] = None
    for name, value in wanted.items():
        setattr(endpoint, name, value)
    if wanted:
        endpoint.save(update_fields=list(wanted))
    if state == Endpoint.State.DISABLED:
        return endpoint_disable(endpoint_id=endpoint_id, reason=Endpoint.Reason.OWNER, by=by)
    if state == Endpoint.State.ENABLED:
        return endpoint_enable(endpoint_id=endpoint_id, missed=missed)
    return endpoint


@story()
def endpoint_disable(*, endpoint_id: UUID, reason: Endpoint.Reason, by: User | None = None) -> Endpoint:
    """Send nothing there any more: what waits is cancelled, nothing new is made. Nothing is done twice.

    The client is told by an event, and by e-mail unless it was the client. Raises NotFound.
    """
    endpoint, moment = endpoint_lock(endpoint_id), now()
    if not endpoint.is_enabled:
        return endpoint
    endpoint.state, endpoint.disabled_at, endpoint.disabled_reason = Endpoint.State.DISABLED, moment, reason
    if reason != Endpoint.Reason.OWNER:
        endpoint.tell_at = moment
        queue(TELL)
    endpoint.save(update_fields=["state", "disabled_at", "disabled_reason", "tell_at"])
    _cancel(endpoint, moment)
    event_record(
        type=WEBHOOK_ENDPOINT_DISABLED,
        owner_id=endpoint.owner_id,
        obj=Ref("webhook_endpoint", str(endpoint.pk)),
        data={
            "object": {"type": "webhook_endpoint", "id": str(endpoint.pk)},
            "current": {"reason": str(reason), "failing_since": moment_text(endpoint.failing_since)},
        },
        by=by,
    )
    return endpoint


@transaction.atomic
def endpoint_enable(*, endpoint_id: UUID, missed: str = NONE) -> Endpoint:
    """Send what happens from now on; with `missed` ALL also the oldest AT_ONCE of what failed or was not sent.

    Raises NotFound, and Conflict while deliveries of before are still being cancelled.
    """
    endpoint = endpoint_lock(endpoint_id)
    if endpoint.is_enabled:
        return endpoint
    if endpoint.deliveries.filter(state=STATE.WAITING).exists():
        sentence = _("What waited there is still being cancelled. Try again in a minute.")
        raise Conflict(sentence, retry_after=60)
    moment = now()
    since = endpoint.failing_since or endpoint.disabled_at or moment
    endpoint.state, endpoint.listens_since = Endpoint.State.ENABLED, moment
    endpoint.failing_since = endpoint.disabled_at = endpoint.disabled_reason = endpoint.tell_at = None
    if missed == ALL:
        # As long as deliveries are kept; what is older is in the feed.
        endpoint.listens_since = max(since, moment - timedelta(days=live.WEBHOOK_DAYS))
    endpoint.save()
    transaction.on_commit(listeners.forget)
    if missed == ALL:
        _send_missed(endpoint, endpoint.listens_since)
    return endpoint


def _send_missed(endpoint: Endpoint, since: datetime) -> None:
    """What was not delivered since then waits again; what was never made is made."""
    ended = endpoint.deliveries.filter(is_replay=False, state__in=(STATE.FAILED, STATE.CANCELLED), ended_at__gte=since)
    missed = list(ended.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    Delivery.objects.filter(pk__in=missed).update(state=STATE.WAITING, attempts=0, due_at=now(), ended_at=None)
    deliveries_add(endpoint_id=endpoint.pk, most=AT_ONCE - len(missed))


@transaction.atomic
def endpoint_remove(*, endpoint_id: UUID) -> None:
    """Send nothing there, and show it to its owner no more. Its deliveries go when their time is over."""
    endpoint, moment = endpoint_lock(endpoint_id), now()
    endpoint.state, endpoint.deleted_at = Endpoint.State.DISABLED, moment
    endpoint.previous_secret = endpoint.previous_until = endpoint.tell_at = None
    endpoint.save()
    _cancel(endpoint, moment)


@transaction.atomic
def secret_rotate(*, endpoint_id: UUID, keep_hours: int) -> Endpoint:
    """A new secret; the one before signs too for so many hours, and the one before that no more."""
    endpoint = endpoint_lock(endpoint_id)
    endpoint.previous_secret, endpoint.previous_until = None, None
    if keep_hours:
        endpoint.previous_secret = endpoint.secret
        endpoint.previous_until = now() + timedelta(hours=keep_hours)
    endpoint.secret = secret_made()
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    return endpoint


def endpoint_lock(endpoint_id: UUID) -> Endpoint:
    """The endpoint, locked before its deliveries. Raises NotFound for one that was removed."""
    endpoint = Endpoint.objects.standing().select_for_update(no_key=True).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound(MISSING)
    return endpoint


# --- what tries say of an address: of the one that was tried, which may be the endpoint's no more --------------------
def endpoints_work(tried: Collection[Endpoint]) -> None:
    """A try of each of these, as they were then, has succeeded."""
    urls = {endpoint.pk: endpoint.url for endpoint in tried}
    failing = Endpoint.objects.filter(pk__in=urls, failing_since__isnull=False)
    for pk, url in failing.values_list("pk", "url"):
        if url == urls[pk]:
            failing.filter(pk=pk, url=url).update(failing_since=None)


def endpoints_slow(tried: Collection[Endpoint], *, moment: datetime) -> None:
    """A try of each of these, as they were then, took long: they stand apart for a while."""
    for pk, url in {(endpoint.pk, endpoint.url) for endpoint in tried}:
        Endpoint.objects.filter(pk=pk, url=url).update(slow_until=moment + SLOW_FOR)


def endpoint_failed(*, endpoint: Endpoint, moment: datetime) -> None:
    """A try has failed: the one that began first since one succeeded says since when, whichever ends first."""
    if endpoint.failing_since is None:
        later = Q(failing_since=None) | Q(failing_since__gt=moment)
        Endpoint.objects.filter(later, pk=endpoint.pk, url=endpoint.url).update(failing_since=moment)


@transaction.atomic
def endpoint_gone(*, tried: Endpoint) -> None:
    """A try was answered that the address is gone. An endpoint that was removed meanwhile is nobody's."""
    with suppress(NotFound):
        if endpoint_lock(tried.pk).url == tried.url:
            endpoint_disable(endpoint_id=tried.pk, reason=Endpoint.Reason.GONE)


def waiting_cancel() -> int:
    """Cancel what still waits for endpoints that are disabled; returns how many deliveries."""
    cancelled = 0
    left = Delivery.objects.filter(endpoint=models.OuterRef("pk"), state=STATE.WAITING)
    for endpoint_id in Endpoint.objects.filter(models.Exists(left), state=Endpoint.State.DISABLED).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
            cancelled += 0 if endpoint.is_enabled else _cancel(endpoint, now())
    return cancelled


def _cancel(endpoint: Endpoint, moment: datetime) -> int:
    """Cancel what waits there, at most AT_ONCE; a sweep goes on. In order, as everybody locks them."""
    waiting = endpoint.deliveries.filter(state=STATE.WAITING).order_by("pk").select_for_update(no_key=True)
    ids = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    ended = {"state": STATE.CANCELLED, "ended_at": moment, "claimed_until": None}
    return Delivery.objects.filter(pk__in=ids).update(**ended)
