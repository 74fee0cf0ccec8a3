"""Celery's doors to letters: an id in, the service called."""

from typing import Any

from celery import shared_task

from accounts.models import User
from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.ledger.statements import TASK, last_month, statements_make
from recoveries.letters import creditor_notices, holding, statement_mails
from recoveries.letters.channels import delivering
from recoveries.letters.jobs import JOB, NOTICE_JOB


@claims.job_task(JOB)
def send_email(self: Any, message_id: int) -> None:
    """Send an e-mail to a debtor. A mail server that is away is waited for."""
    pause = delivering.message_deliver(message_id=message_id, moment=now())
    if pause is not None:
        claims.come_back(self, JOB, pause)


@shared_task(name="recoveries.tasks.sweep_emails")
def sweep_emails() -> int:
    """Queue again the e-mails that were left behind; returns how many. Held ones are judged again."""
    moment = now()
    delivering.messages_interrupted(moment=moment)
    holding.messages_take_up(moment=moment)
    return claims.sweep(JOB, moment=moment)


@claims.job_task(NOTICE_JOB)
def send_creditor_notice(self: Any, notice_id: int) -> None:
    """Tell a creditor of a payment. A mail server that is away is waited for."""
    pause = creditor_notices.creditor_notice_deliver(notice_id=notice_id, moment=now())
    if pause is not None:
        claims.come_back(self, NOTICE_JOB, pause)


@shared_task(name="recoveries.tasks.sweep_creditor_notices")
def sweep_creditor_notices() -> int:
    """Queue again the notices that were left behind; returns how many."""
    moment = now()
    creditor_notices.creditor_notices_interrupted(moment=moment)
    return claims.sweep(NOTICE_JOB, moment=moment)


@shared_task(name=TASK)
def make_statements(by_id: int | None = None) -> int:
    """Make the statements of clients for the month that ended last, those that are missing, and send them to who wants
    them; returns how many were made.

    `by_id`: who asked for them; nobody where the clock did.
    """
    by, month = User.objects.filter(pk=by_id).first() if by_id else None, last_month()
    made = statements_make(month=month, by=by)
    statement_mails.statements_mail(month=month)
    return made
