"""Celery's doors to cases: an id in, the service called."""

from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError

from legalcity.lib.dates import now, today
from legalcity.lib.live import live
from recoveries.court import clocks as deadlines
from recoveries.court import transfer
from recoveries.services import emails, importing

TEMPORARY = (OperationalError, InterfaceError)
RETRIES = 5


@shared_task(name="recoveries.tasks.transfer_to_injunction", bind=True, max_retries=RETRIES)
def transfer_to_injunction(self: Any, request_id: int) -> str:
    """Carry a transfer out. A database that is away is waited for; anything else fails the request."""
    try:
        return transfer.transfer_carry_out(request_id=request_id, today=today())
    except TEMPORARY as error:
        raise self.retry(exc=error, countdown=2**self.request.retries) from error
    except Exception:
        transfer.transfer_fail(request_id=request_id)
        raise


@shared_task(name="recoveries.tasks.sweep_transfers")
def sweep_transfers() -> int:
    """Queue again the transfers that were left behind; returns how many."""
    waiting = transfer.transfers_left_behind(moment=now())
    for request_id in waiting:
        transfer_to_injunction.delay(request_id)
    return len(waiting)


@shared_task(name="recoveries.tasks.record_deadline_alerts")
def record_deadline_alerts() -> int:
    """Reckon the next deadlines anew and record those that are about to lapse; returns how many are new."""
    deadlines.next_deadlines_refresh()
    return deadlines.alerts_record(days=live.DEADLINE_NOTICE_DAYS, today=today())


@shared_task(name="recoveries.tasks.forget_imports")
def forget_imports() -> int:
    """Delete files of cases that nobody confirmed; returns how many."""
    return importing.imports_forget(moment=now())


@shared_task(name="recoveries.tasks.send_email", bind=True, max_retries=emails.MOST_ATTEMPTS + RETRIES)
def send_email(self: Any, email_id: int) -> None:
    """Send an e-mail to a debtor. A mail server or a database that is away is waited for."""
    try:
        pause = emails.email_deliver(email_id=email_id, moment=now())
    except TEMPORARY as error:
        raise self.retry(exc=error, countdown=2**self.request.retries) from error
    if pause is not None:
        raise self.retry(countdown=pause.total_seconds())


@shared_task(name="recoveries.tasks.sweep_emails")
def sweep_emails() -> int:
    """Queue again the e-mails that were left behind; returns how many."""
    waiting = emails.emails_left_behind(moment=now())
    for email_id in waiting:
        send_email.delay(email_id)
    return len(waiting)
