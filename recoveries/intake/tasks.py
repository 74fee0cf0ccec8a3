"""Celery's door to files of cases."""

from celery import shared_task

from legalcity.lib.clock import now
from recoveries.intake import services


@shared_task(name="recoveries.tasks.forget_imports")
def forget_imports() -> int:
    """Delete files of cases that nobody confirmed; returns how many."""
    return services.imports_forget(moment=now())
