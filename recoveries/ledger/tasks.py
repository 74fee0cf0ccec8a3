"""Celery's doors to the ledger: the roll of balances, and the look at night."""

from celery import shared_task

from legalcity.lib.clock import now
from recoveries.ledger.nightly import ledgers_watch
from recoveries.ledger.rolling import balances_sweep


@shared_task(name="recoveries.tasks.roll_balances")
def roll_balances() -> int:
    """Reckon anew what a day that has passed, or other rates, made stale; returns how many cases."""
    return balances_sweep()


@shared_task(name="recoveries.tasks.watch_ledger")
def watch_ledger() -> int:
    """Look whether ledgers agree with what they follow, a piece each night; returns how many cases differ so far."""
    return ledgers_watch(moment=now()).differing
