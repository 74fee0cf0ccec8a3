"""Celery's doors to scoring: an id in, the service called."""

from typing import Any

from celery import shared_task

from legalcity.lib import claims
from legalcity.lib.clock import now, today
from scoring.services.pipeline import JOB, Outcome, order_process
from scoring.services.watching import surveillance_check, surveillances_due


@claims.job_task(JOB)
def process(self: Any, order_pk: int) -> str:
    """Do an order; come back a few times while something of ours is out of order."""
    outcome = order_process(order_pk=order_pk, moment=now())
    if outcome is Outcome.LATER:
        claims.come_back(self, JOB, JOB.pause(self.request.retries + 1))
    return outcome.value


@shared_task(name="scoring.tasks.sweep")
def sweep() -> int:
    """Begin again the orders that were left behind; returns how many."""
    return claims.sweep(JOB, moment=now())


@shared_task(name="scoring.tasks.check_surveillance")
def check_surveillance(surveillance_id: int) -> int:
    """Look at one company under surveillance; returns how many changes are new."""
    return surveillance_check(surveillance_id=surveillance_id, today=today(), moment=now())


@shared_task(name="scoring.tasks.check_surveillances")
def check_surveillances() -> int:
    """Queue the looks that are due today; returns how many. Beat asks every hour: each is done once a day."""
    waiting = surveillances_due(today=today())
    for surveillance_id in waiting:
        check_surveillance.delay(surveillance_id)
    return len(waiting)
