"""Celery's doors to what comes back from carriers and mailboxes."""

from typing import Any

from celery import shared_task

from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.letters.channels import hook_calls, mail_intake


@shared_task(name="recoveries.tasks.poll_mailboxes")
def poll_mailboxes() -> int:
    """Take what is new in the mailboxes of bounces and answers; returns how many mails."""
    return mail_intake.mailboxes_poll()


@claims.job_task(hook_calls.JOB)
def read_hook(self: Any, hook_id: int) -> None:
    """Read a call of a carrier."""
    pause = hook_calls.hook_read(hook_id=hook_id, moment=now())
    if pause is not None:
        claims.come_back(self, hook_calls.JOB, pause)


@shared_task(name="recoveries.tasks.sweep_hooks")
def sweep_hooks() -> int:
    """Queue again the calls that were left behind; returns how many."""
    return claims.sweep(hook_calls.JOB, moment=now())


@shared_task(name="recoveries.tasks.track_letters")
def track_letters() -> int:
    """Ask the carrier of registered letters for news; returns how many facts are new."""
    return hook_calls.letters_track(moment=now())


@shared_task(name="recoveries.tasks.forget_inbound")
def forget_inbound() -> int:
    """Forget calls of carriers and automatic answers after their time; returns how many."""
    moment = now()
    return hook_calls.hooks_forget(moment=moment) + mail_intake.mails_forget(moment=moment)
