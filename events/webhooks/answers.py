"""What the calls on webhooks answer."""

from datetime import datetime
from typing import Any

from events.public_ids import public_id
from events.webhooks.keys import previous_of
from events.webhooks.models import Attempt, Delivery, Endpoint
from legalcity.lib.dates import moment_text


def endpoint_told(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint, without its secret."""
    return {
        "id": str(endpoint.pk),
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types,
        "state": endpoint.state,
        "sign_with_auth_secret": endpoint.sign_with_auth_secret,
        "failing_since": moment_text(endpoint.failing_since),
        "disabled_at": moment_text(endpoint.disabled_at),
        "disabled_reason": endpoint.disabled_reason,
        "created_at": moment_text(endpoint.created_at),
    }


def secret_told(endpoint: Endpoint, moment: datetime) -> dict[str, Any]:
    """The secret that signs, and the one before as long as it signs too."""
    previous = previous_of(endpoint, moment)
    return {
        "secret": endpoint.secret,
        "previous": previous,
        "previous_until": moment_text(endpoint.previous_until) if previous else None,
    }


def delivery_told(delivery: Delivery) -> dict[str, Any]:
    """A delivery as lists have it, read with how often it was `tried`: its row counts anew when it waits again."""
    is_waiting = delivery.state == Delivery.State.WAITING
    return {
        "id": str(delivery.public_id),
        "event_id": public_id(delivery.event_id),
        "type": delivery.event.type,
        "state": delivery.state,
        "attempts": delivery.tried,  # type: ignore[attr-defined]
        "next_attempt_at": moment_text(delivery.due_at) if is_waiting else None,
        "is_replay": delivery.is_replay,
        "created_at": moment_text(delivery.created_at),
    }


def delivery_with_tries_told(delivery: Delivery) -> dict[str, Any]:
    """A delivery with each of its tries."""
    return {**delivery_told(delivery), "tries": [attempt_told(attempt) for attempt in delivery.tries.order_by("id")]}


def attempt_told(attempt: Attempt) -> dict[str, Any]:
    """A try."""
    return {
        "at": moment_text(attempt.at),
        "status": attempt.status,
        "reason": attempt.reason or None,
        "ms": attempt.ms,
        "response_head": attempt.response_head,
    }
