"""Celery's doors to scenarios."""

from typing import Any

from celery import shared_task

from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.letters.scenarios import ticking
from recoveries.letters.scenarios.rehearsals import JOB, rehearsal_carry_out


@shared_task(name="recoveries.tasks.tick_scenarios")
def tick_scenarios() -> int:
    """Do what is due in scenarios; returns how many cases were looked at."""
    return ticking.tick()


@claims.job_task(JOB)
def rehearse(_task: Any, rehearsal_id: int) -> None:
    """Carry out a rehearsal."""
    rehearsal_carry_out(rehearsal_id=rehearsal_id, moment=now())


@shared_task(name="recoveries.tasks.sweep_rehearsals")
def sweep_rehearsals() -> int:
    """Begin again the rehearsals that were left behind; returns how many."""
    return claims.sweep(JOB, moment=now())
