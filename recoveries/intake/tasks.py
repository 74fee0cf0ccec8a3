"""Celery's door to files of cases."""

from typing import Any

from celery import shared_task

from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.intake import pipeline, services


@claims.job_task(pipeline.JOB)
def process_import(_task: Any, import_id: int) -> None:
    """Read and check a file of cases, or open the cases of one that is confirmed."""
    pipeline.case_import_process(import_id=import_id, moment=now())


@shared_task(name="recoveries.tasks.sweep_imports")
def sweep_imports() -> int:
    """Begin again the files that were left behind; returns how many."""
    return claims.sweep(pipeline.JOB, moment=now())


@shared_task(name="recoveries.tasks.forget_imports")
def forget_imports() -> int:
    """Delete files of cases that nobody confirmed; returns how many."""
    return services.imports_forget(moment=now())
