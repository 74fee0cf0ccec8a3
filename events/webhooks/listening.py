"""Which accounts have an endpoint: for all others nothing is to be made in haste when something happens."""

from collections.abc import Collection

from django.db import transaction

from events.webhooks.models import Endpoint
from legalcity.lib.embedded_clock import hint
from legalcity.lib.snapshot import Snapshot

FAN_OUT = "events.tasks.fan_out"

listeners: Snapshot[frozenset[int]] = Snapshot(
    lambda: frozenset(Endpoint.objects.filter(state=Endpoint.State.ENABLED).values_list("owner_id", flat=True))
)


def tell_soon(owners: Collection[int]) -> None:
    """Once this transaction has committed: have its events handed on, where somebody listens."""
    transaction.on_commit(lambda: _hint(owners), robust=True)


def _hint(owners: Collection[int]) -> None:
    if not listeners.value.isdisjoint(owners):
        hint(FAN_OUT)
