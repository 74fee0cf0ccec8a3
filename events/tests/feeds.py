"""Events for tests of reading: rows as if they had been committed long ago."""

from typing import Any

from events.models import Event
from events.types import Seen
from legalcity.lib.clock import now

BOTH = Seen.CLIENT | Seen.STAFF


def committed(owner_id: int | None, code: str = "recovery.deleted", *, xact: int = 5, **more: Any) -> Event:
    """An event of a transaction that has ended. In a test's own transaction nothing else ever reaches the feed."""
    about = {"type": "recovery", "id": 25, "recovery_reference": "REC-1", "type_id": 1}
    values = {
        "object_type": "recovery",
        "object_id": "25",
        "recovery_id": 25,
        "audience": BOTH,
        "data": {"object": about},
        "door": "api",
        "effective_at": now(),
        "recorded_at": now(),
    }
    return Event.objects.create(owner_id=owner_id, type=code, xact=xact, **{**values, **more})
