"""Celery's doors to the firm's invoices: an id in, the service called."""

from typing import Any

import structlog
from celery import shared_task
from django.db import InterfaceError, OperationalError

from invoicing.billing.services import charges
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid

log = structlog.get_logger("invoicing")

TEMPORARY = (OperationalError, InterfaceError)
RETRIES = 5


@shared_task(name="invoicing.tasks.bill_charge", bind=True, max_retries=RETRIES)
def bill_charge(self: Any, charge_id: int) -> None:
    """Bill a charge. A database that is away is waited for; without the firm's details the charge goes on waiting."""
    try:
        charges.charge_bill(charge_id=charge_id)
    except TEMPORARY as error:
        raise self.retry(exc=error, countdown=2**self.request.retries) from error
    except Invalid as error:
        log.warning("charge_waits", charge_id=charge_id, fields=sorted(error.errors))


@shared_task(name="invoicing.tasks.sweep_charges")
def sweep_charges() -> int:
    """Queue again the charges that were left behind; returns how many."""
    waiting = charges.charges_left_behind(moment=now())
    for charge_id in waiting:
        bill_charge.delay(charge_id)
    return len(waiting)
