"""Celery's doors to what the desk reads."""

from datetime import date

from celery import shared_task

from legalcity.lib.replica import using_replica
from recoveries.desk.figures import figures_take
from recoveries.desk.reads.as_of import as_of
from recoveries.desk.reads.as_of_cases import PastDay, cases_left
from recoveries.desk.results import results_take


@shared_task(name="recoveries.tasks.take_figures")
def take_figures() -> int:
    """Take the figures of the portfolio and of results; returns in how many groups they are."""
    return figures_take() + results_take()


@shared_task(name="recoveries.tasks.reckon_day")
def reckon_day(on: str, owner_id: int | None, handler_id: int | None) -> None:
    """Reckon the portfolio at the end of a past day (`2026-11-30`), which is kept for the page that waits for it."""
    with using_replica():
        as_of(date.fromisoformat(on), owner_id=owner_id, handler_id=handler_id)


@shared_task(name="recoveries.tasks.list_day")
def list_day(on: str, band: int | None, owner_id: int | None, handler_id: int | None) -> None:
    """List the cases behind such a figure, likewise."""
    with using_replica():
        cases_left(PastDay(on=date.fromisoformat(on), band=band, owner_id=owner_id, handler_id=handler_id))
