"""Celery's doors to letters: an id in, the service called."""

from typing import Any

from celery import shared_task

from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.letters import services


@claims.job_task(services.JOB)
def send_email(self: Any, email_id: int) -> None:
    """Send an e-mail to a debtor. A mail server that is away is waited for."""
    pause = services.email_deliver(email_id=email_id, moment=now())
    if pause is not None:
        claims.come_back(self, services.JOB, pause)


@shared_task(name="recoveries.tasks.sweep_emails")
def sweep_emails() -> int:
    """Queue again the e-mails that were left behind; returns how many."""
    moment = now()
    services.emails_interrupted(moment=moment)
    return claims.sweep(services.JOB, moment=moment)
