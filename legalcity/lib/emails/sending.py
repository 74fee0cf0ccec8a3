"""How an e-mail that stands in a row leaves: once, whoever else tries, whatever the mail server does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import TypeVar

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from legalcity.lib.claims import Claim, Job, take
from legalcity.lib.emails.returning import envelope_sender
from legalcity.lib.emails.rows import Email
from legalcity.lib.mail import automatic_headers, firm_sender
from legalcity.lib.metrics import series
from legalcity.lib.settings.live import live

log = structlog.get_logger("emails")

State = Email.State
Row = TypeVar("Row", bound=Email)


def deliver(
    job: Job[Row],
    pk: int,
    *,
    moment: datetime,
    may_leave: Callable[[Claim[Row], Row], bool],
    sent: Callable[[Claim[Row], Row], None],
    given_up: Callable[[Row, Exception], object] = lambda email, error: None,
) -> timedelta | None:
    """Send a queued e-mail. Returns after how long to try again; None when it is over.

    `may_leave` is asked before, and ends the row where it may not; `sent` writes down that it is out; `given_up` is
    called, with what went wrong, in the transaction that ends one which could not be sent.
    """
    claim = take(job, pk, moment=moment)
    email = claim.row() if claim else None
    if claim is None or email is None or not may_leave(claim, email):
        return None
    try:
        _message(email).send()
    except Exception as error:
        return _not_sent(job, claim, email, error, given_up)
    series.emails.labels(job.task, "sent").inc()
    sent(claim, email)
    return None


def _message(email: Email) -> EmailMultiAlternatives:
    reply_to = [live.FIRM_EMAIL] if live.FIRM_EMAIL else None
    sender = firm_sender()
    message = EmailMultiAlternatives(
        email.subject,
        email.text,
        envelope_sender(email, sender),
        [email.recipient],
        reply_to=reply_to,
        headers={"From": sender} | automatic_headers() | email.own_headers(),
    )
    message.attach_alternative(email.html, "text/html")
    for file in email.enclosures():
        message.attach(*file)
    return message


@transaction.atomic
def _not_sent(
    job: Job[Row],
    claim: Claim[Row],
    email: Row,
    error: Exception,
    given_up: Callable[[Row, Exception], object],
) -> timedelta | None:
    """Keep what went wrong by its class alone: the words of mail servers quote addresses."""
    name = type(error).__name__
    is_over = not is_temporary(error) or job.is_last(email.attempts)
    log.warning("email_not_sent", task=job.task, email_id=email.pk, error=name, attempt=email.attempts, is_over=is_over)
    series.emails.labels(job.task, "failed" if is_over else "again").inc()
    pause = job.pause(email.attempts)
    is_written = claim.release(after=pause, state=State.FAILED if is_over else State.QUEUED, error=name)
    if is_over and is_written:
        given_up(email, error)
    return None if is_over else pause


def is_refused_for_good(error: Exception) -> bool:
    """Whether the server knows no such recipient, and will know none tomorrow."""
    return isinstance(error, SMTPRecipientsRefused) and not is_temporary(error)


def is_temporary(error: Exception) -> bool:
    """Whether another attempt may do better: a server that is away or says so (a code of the 400s)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _words in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, SMTPException):
        return isinstance(error, SMTPServerDisconnected)
    return isinstance(error, OSError)
