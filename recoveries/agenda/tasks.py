"""Celery's door to what staff are to do."""

from celery import shared_task

from recoveries.agenda.closing import tasks_sweep


@shared_task(name="recoveries.tasks.review_staff_tasks")
def review_staff_tasks() -> int:
    """Open what is due, close what is done; returns how many were closed."""
    return tasks_sweep()
