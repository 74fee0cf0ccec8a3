"""Queues by purpose: each task has one, and a time after which it is ended."""

import pytest
from celery import current_app
from django.conf import settings

from documents.services.fetching import QUEUE
from legalcity.celery import app
from legalcity.lib.queues import CRITICAL, PURPOSES, ROUTES


@pytest.fixture(autouse=True)
def tasks() -> None:
    """All tasks are read."""
    app.loader.import_default_modules()


def queue_of(task: str) -> str:
    """Where a message of this task would wait."""
    options = app.amqp.router.route({}, task, (), {})
    return str(options["queue"].name) if "queue" in options else str(app.conf.task_default_queue)


def test_every_task_that_is_named_is_there_and_waits_in_its_queue() -> None:
    assert set(ROUTES) <= set(current_app.tasks)
    for task in set(ROUTES) - {"documents.tasks.process"}:  # Of which the document decides.
        assert queue_of(task) == ROUTES[task]["queue"]


@pytest.mark.parametrize(
    ("task", "queue", "seconds"),
    [
        ("recoveries.tasks.transfer_to_injunction", "critical", 300),
        ("events.tasks.deliver", "webhooks", 600),
        ("recoveries.tasks.send_email", "messages", 300),
        ("recoveries.tasks.process_import", "bulk", 1800),
        ("recoveries.tasks.sweep_emails", "critical", 300),
    ],
)
def test_what_people_wait_for_waits_behind_nothing_slow(task: str, queue: str, seconds: int) -> None:
    assert queue_of(task) == queue
    assert current_app.tasks[task].time_limit == seconds


def test_what_the_clock_sends_and_what_fetching_takes_has_a_queue_that_workers_serve() -> None:
    served = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert served == set(PURPOSES)
    assert {queue_of(entry["task"]) for entry in app.conf.beat_schedule.values()} <= served
    assert {QUEUE, CRITICAL} <= served
