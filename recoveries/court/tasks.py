"""Celery's doors to the way to court: an id in, the service called."""

from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError

from legalcity.lib import claims
from legalcity.lib.clock import now, today
from legalcity.lib.settings.live import live
from recoveries.court import clocks, transfer
from recoveries.services.mending import copies_mend


@claims.job_task(transfer.JOB)
def transfer_to_injunction(self: Any, request_id: int) -> str:
    """Carry a transfer out. A database that is away is waited for; anything else fails the request."""
    try:
        return transfer.transfer_attempt(request_id=request_id, moment=now())
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        transfer.transfer_fail(request_id=request_id)
        raise


@shared_task(name="recoveries.tasks.sweep_transfers")
def sweep_transfers() -> int:
    """Queue again the transfers that were left behind; returns how many."""
    return claims.sweep(transfer.JOB, moment=now())


@shared_task(name="recoveries.tasks.mend_copies")
def mend_copies() -> int:
    """After an update, fill what processes of the version before left empty; returns how many cases."""
    return copies_mend(moment=now())


@shared_task(name="recoveries.tasks.record_deadline_alerts")
def record_deadline_alerts() -> int:
    """Reckon the next deadlines anew and record those that are about to lapse; returns how many are new."""
    clocks.next_deadlines_mend()
    return clocks.alerts_record(days=live.DEADLINE_NOTICE_DAYS, today=today())
