"""Celery's doors to scenarios."""

from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError

from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.letters.channels.facts import ELSEWHERE
from recoveries.letters.scenarios import ticking
from recoveries.letters.scenarios.elsewhere import step_elsewhere
from recoveries.letters.scenarios.rehearsals import JOB, PART_JOB, part_carry_out, rehearsal_begin


@shared_task(name="recoveries.tasks.tick_scenarios")
def tick_scenarios() -> int:
    """Do what is due in scenarios; returns how many cases were looked at."""
    return ticking.tick()


@shared_task(name=ELSEWHERE, autoretry_for=(OperationalError, InterfaceError), retry_backoff=1, max_retries=8)
def try_elsewhere(message_id: int) -> None:
    """Try the next channel of the step whose message came back."""
    step_elsewhere(message_id=message_id, moment=now())


@claims.job_task(JOB)
def rehearse(_task: Any, rehearsal_id: int) -> None:
    """Part a rehearsal among workers."""
    rehearsal_begin(rehearsal_id=rehearsal_id, moment=now())


@claims.job_task(PART_JOB)
def rehearse_part(_task: Any, part_id: int) -> None:
    """Carry out a part of a rehearsal."""
    part_carry_out(part_id=part_id, moment=now())


@shared_task(name="recoveries.tasks.sweep_rehearsals")
def sweep_rehearsals() -> int:
    """Begin again the rehearsals that were left behind; returns how many."""
    return claims.sweep(JOB, moment=now())


@shared_task(name="recoveries.tasks.sweep_rehearsal_parts")
def sweep_rehearsal_parts() -> int:
    """Go on with parts that were left behind; returns how many."""
    return claims.sweep(PART_JOB, moment=now())
