"""Celery's doors to bulk sendings."""

from typing import Any

from celery import shared_task

from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.letters.bulk.services import JOB
from recoveries.letters.bulk.working import mailing_carry


@claims.job_task(JOB)
def carry_mailing(_task: Any, mailing_id: int) -> None:
    """Review a bulk sending, or send what was confirmed."""
    mailing_carry(mailing_id=mailing_id, moment=now())


@shared_task(name="recoveries.tasks.sweep_mailings")
def sweep_mailings() -> int:
    """Go on with bulk sendings that were left behind; returns how many."""
    return claims.sweep(JOB, moment=now())
