"""Celery's doors to letters: an id in, the service called."""

from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError

from legalcity.lib.clock import now
from recoveries.letters import services

TEMPORARY = (OperationalError, InterfaceError)
RETRIES = 5


@shared_task(name="recoveries.tasks.send_email", bind=True, max_retries=services.MOST_ATTEMPTS + RETRIES)
def send_email(self: Any, email_id: int) -> None:
    """Send an e-mail to a debtor. A mail server or a database that is away is waited for."""
    try:
        pause = services.email_deliver(email_id=email_id, moment=now())
    except TEMPORARY as error:
        raise self.retry(exc=error, countdown=2**self.request.retries) from error
    if pause is not None:
        raise self.retry(countdown=pause.total_seconds())


@shared_task(name="recoveries.tasks.sweep_emails")
def sweep_emails() -> int:
    """Queue again the e-mails that were left behind; returns how many."""
    waiting = services.emails_left_behind(moment=now())
    for email_id in waiting:
        send_email.delay(email_id)
    return len(waiting)
