"""Celery's doors to what the desk reads."""

from celery import shared_task

from recoveries.desk.figures import figures_take
from recoveries.desk.results import results_take


@shared_task(name="recoveries.tasks.take_figures")
def take_figures() -> int:
    """Take the figures of the portfolio and of results; returns in how many groups they are."""
    return figures_take() + results_take()
