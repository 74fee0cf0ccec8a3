"""The rows of e-mails as jobs of the worker.

A claim outlasts any talk with a mail server, and nobody takes it over: what may have gone out is not sent again.
"""

from datetime import timedelta
from typing import TypeVar

from django.db.models import Q

from legalcity.lib.claims import Job
from recoveries.letters.models import CreditorNotice, Email, SentEmail

Row = TypeVar("Row", bound=Email)


def _mail_job(model: type[Row], task: str) -> Job[Row]:
    return Job(
        model,
        task,
        waiting=Q(state=Email.State.QUEUED),
        claim=timedelta(minutes=15),
        most_attempts=6,
        first_pause=timedelta(minutes=1),
        is_resumed=False,
    )


JOB = _mail_job(SentEmail, "recoveries.tasks.send_email")
NOTICE_JOB = _mail_job(CreditorNotice, "recoveries.tasks.send_creditor_notice")
