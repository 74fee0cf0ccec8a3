"""Celery's door to the roll of balances."""

from celery import shared_task

from recoveries.ledger.rolling import balances_sweep


@shared_task(name="recoveries.tasks.roll_balances")
def roll_balances() -> int:
    """Reckon anew what a day that has passed, or other rates, made stale; returns how many cases."""
    return balances_sweep()
