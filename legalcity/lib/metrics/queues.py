"""The queues of the broker: how long, and how old what waits longest."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from celery import current_app
from django.conf import settings
from kombu.exceptions import ChannelError

from legalcity.lib.metrics.tasks import QUEUED_AT
from legalcity.lib.readiness import queues


@contextmanager
def _channel() -> Iterator[Any]:
    with current_app.connection_for_read() as connection:
        yield connection.default_channel


def queue_lengths() -> Mapping[str, float]:
    """How many messages wait in each queue. Nothing where tasks run inside the web process."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return {}
    with _channel() as channel:
        return {queue: _length(channel, queue) for queue in queues()}


def _length(channel: Any, queue: str) -> float:
    try:
        return float(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:  # Nothing was ever queued there.
        return 0.0


def oldest_message() -> Mapping[str, float]:
    """For how many seconds the oldest message of each queue has waited; 0 for an empty one. Redis alone can tell."""
    if settings.CELERY_TASK_ALWAYS_EAGER or not settings.CELERY_BROKER_URL.startswith("redis"):
        return {}
    with _channel() as channel:
        moment = time.time()
        return {queue: _age(channel.client.lindex(queue, -1), moment) for queue in queues()}


def _age(message: bytes | None, moment: float) -> float:
    if message is None:
        return 0.0
    queued_at = json.loads(message).get("headers", {}).get(QUEUED_AT)
    return max(0.0, moment - queued_at) if isinstance(queued_at, int | float) else 0.0
