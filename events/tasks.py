"""Celery's doors to events."""

from celery import shared_task

from events.forgetting import events_forget
from legalcity.lib.clock import now


@shared_task(name="events.tasks.forget")
def forget() -> int:
    """Delete events that are past their time; returns how many."""
    return events_forget(moment=now())
