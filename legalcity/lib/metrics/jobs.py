"""The tables whose rows are jobs (legalcity/lib/claims.py): how many wait, and for how long."""

from collections.abc import Mapping
from datetime import datetime

from celery import current_app
from django.db.models import Min

from legalcity.lib.claims import JOBS, abandoned


def jobs_waiting() -> Mapping[str, float]:
    """How many rows of each job table are still to be done; by the name of its task."""
    _read_all()
    return {name: job.rows().count() for name, job in JOBS.items()}


def oldest_due(moment: datetime) -> Mapping[str, float]:
    """For how many seconds the oldest row has been due that nobody works on; 0 where there is none."""
    _read_all()
    found = {name: abandoned(job, moment).aggregate(oldest=Min("due_at"))["oldest"] for name, job in JOBS.items()}
    return {name: max(0.0, (moment - oldest).total_seconds()) if oldest else 0.0 for name, oldest in found.items()}


def _read_all() -> None:
    """Each room's jobs stand beside its services, which its tasks import."""
    current_app.loader.import_default_modules()
