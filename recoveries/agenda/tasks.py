"""Celery's doors to what staff are to do."""

from celery import shared_task

from recoveries.agenda.closing import tasks_sweep
from recoveries.agenda.follow_ups import cases_followed_up, follow_ups_mend


@shared_task(name="recoveries.tasks.review_staff_tasks")
def review_staff_tasks() -> int:
    """Open what is due, close what is done, give new cases their day; returns how many tasks were closed."""
    cases_followed_up()
    return tasks_sweep()


@shared_task(name="recoveries.tasks.mend_follow_ups")
def mend_follow_ups() -> int:
    """Give a day to the open cases that have none, take it from closed ones; returns how many were changed."""
    return follow_ups_mend()
