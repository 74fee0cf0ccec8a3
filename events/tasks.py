"""Celery's doors to events and to webhooks: nothing in, the service called."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown

from events.feed import feed_watch
from events.forgetting import changes_forget, events_forget
from events.notices import tasks as notices  # noqa: F401 - they register themselves
from events.webhooks import delivering, judging, retention
from events.webhooks import fan_out as fanning
from legalcity.lib.clock import now


@shared_task(name="events.tasks.forget")
def forget() -> int:
    """Delete what is past its time: what events changed, and events; returns how many."""
    moment = now()
    return changes_forget(moment=moment) + events_forget(moment=moment)


@shared_task(name="events.tasks.watch_feed")
def watch_feed() -> float:
    """Say for how long the feed is held back; returns it. Seconds."""
    return feed_watch()


@shared_task(name="events.tasks.fan_out")
def fan_out() -> int:
    """Make deliveries of what has happened; returns of how many events."""
    return fanning.fan_out()


@shared_task(name="events.tasks.deliver")
def deliver() -> int:
    """Send what is due; returns how many tries were made."""
    return delivering.deliver()


@worker_process_shutdown.connect
def let_tries_end(**_signal: Any) -> None:
    """What a worker tries when it is to end comes to its end."""
    delivering.post.close()


@shared_task(name="events.tasks.sweep_webhooks")
def sweep_webhooks() -> int:
    """Go on with what was left behind: deliveries of lost workers, letters that did not leave; returns how many."""
    moment = now()
    return delivering.sweep(moment=moment) + judging.owners_tell(moment=moment)


@shared_task(name="events.tasks.tell_of_disabled")
def tell_of_disabled() -> int:
    """Write to owners of endpoints that were disabled; returns how many letters."""
    return judging.owners_tell(moment=now())


@shared_task(name="events.tasks.judge_endpoints")
def judge_endpoints() -> int:
    """Disable endpoints that have failed for days; returns how many."""
    return judging.endpoints_judge(moment=now())


@shared_task(name="events.tasks.forget_deliveries")
def forget_deliveries() -> int:
    """Remove deliveries that are past their time; returns how many."""
    return retention.deliveries_forget(moment=now())
