"""Handing orders to the workers."""

from django.db import transaction


def queue_processing(order_pk: int) -> None:
    """Queue an order once the transaction has committed. A broker that is down costs time: the sweep finds it."""
    from scoring.tasks import process  # Here, because tasks are a door to the services.

    transaction.on_commit(lambda: process.delay(order_pk), robust=True)
