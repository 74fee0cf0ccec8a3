"""Celery's doors to the firm's invoices: an id in, the service called."""

from typing import Any

from celery import shared_task

from invoicing.billing.services import charges
from legalcity.lib import claims
from legalcity.lib.clock import now


@claims.job_task(charges.JOB)
def bill_charge(self: Any, charge_id: int) -> None:
    """Bill a charge, whatever it has to wait for."""
    charges.charge_attempt(charge_id=charge_id, moment=now())


@shared_task(name="invoicing.tasks.sweep_charges")
def sweep_charges() -> int:
    """Queue again the charges that were left behind; returns how many."""
    return claims.sweep(charges.JOB, moment=now())
