"""What had happened before it was written down here: cases that are loaded with their history bring their events along.

Feed and pages show them as all others. Nobody is told of them any more: no webhook and no e-mail is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from backoffice.origin import current_origin
from events.models import PAST, Change, Event
from events.services import Told, values_of
from legalcity.lib.bulk_load import keys_reserve, values_load
from legalcity.lib.clock import now


class Past(NamedTuple):
    """What is told, and when it happened."""

    at: datetime
    told: Told


def past_load(past: Sequence[Past]) -> None:
    """Write what has happened, in this order, by COPY. In the caller's transaction, of which it has the place.

    It was recorded now, since readers go by that, and is true since it happened. Raises ValueError as `events_record`.
    """
    if not past:
        return
    xact, origin, moment = _place(), current_origin(), now()
    ids = keys_reserve(Event, len(past))
    here = {"xact": xact, "door": PAST, "recorded_at": moment, "fanned_out_at": moment}
    rows = [
        {**values_of(told, origin=origin, moment=at), **here, "id": pk}
        for pk, (at, told) in zip(ids, past, strict=True)
    ]
    values_load(Event, rows)
    changed = ((pk, each.told.changes) for pk, each in zip(ids, past, strict=True))
    values_load(Change, [{"event_id": pk, "changes": changes} for pk, changes in changed if changes is not None])


def _place() -> int:
    """That of this transaction; asked for before any ids, which it may move (the first event after a restore)."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_place()")
        return int(cursor.fetchone()[0])
