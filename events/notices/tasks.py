"""Celery's doors to notices: the round that tells what is to be told, the sending, the forgetting."""

from typing import Any

from celery import shared_task

from events.notices import delivery, forgetting, reading, rounds, telling
from events.notices.jobs import NOTICE_JOB
from legalcity.lib import claims
from legalcity.lib.clock import now


@shared_task(name="events.tasks.tell_notices")
def tell_notices() -> int:
    """Write the e-mails that are due: at once, at half past seven, on Monday, in the morning; returns how many.

    Whoever was stopped is followed by the next one, twenty seconds later.
    """
    moment = now()
    reading.events_read()
    return (
        telling.instants_tell()
        + telling.digests_tell(moment)
        + rounds.weeks_tell(moment)
        + rounds.mornings_tell(moment)
    )


@claims.job_task(NOTICE_JOB)
def send_notice(self: Any, notice_id: int) -> None:
    """Send a notice. A mail server that is away is waited for."""
    pause = delivery.notice_deliver(notice_id=notice_id, moment=now())
    if pause is not None:
        claims.come_back(self, NOTICE_JOB, pause)


@shared_task(name="events.tasks.sweep_notices")
def sweep_notices() -> int:
    """Queue again the notices that were left behind; returns how many."""
    moment = now()
    delivery.notices_interrupted(moment=moment)
    return claims.sweep(NOTICE_JOB, moment=moment)


@shared_task(name="events.tasks.forget_notices")
def forget_notices() -> int:
    """Delete what is past its time; returns how many rows."""
    return forgetting.notices_forget(moment=now())
