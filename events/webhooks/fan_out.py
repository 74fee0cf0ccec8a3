"""From events to deliveries: one for each endpoint that wants to hear of it, made once however often this runs."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events.models import PAST, Event
from events.types import Seen
from legalcity.lib.clock import now
from legalcity.lib.embedded_clock import hint

AT_ONCE = 500  # events of one transaction
MOST_SETS = 20  # of one run: the next one goes on
DELIVER = "events.tasks.deliver"
DIALECTS = {
    "postgresql": {
        "uuid": "gen_random_uuid()",
        "one_of": "e.id = ANY(%s)",
        "wanted": "p.types = '[]'::jsonb OR p.types @> to_jsonb(e.type)"
        " OR p.types @> to_jsonb(split_part(e.type, '.', 1) || '.*')",
        # Who disables an endpoint comes before or after, never between: nothing is made while it is disabled. In one
        # order, as others lock them.
        "lock": "ORDER BY p.id, e.id LIMIT %s FOR SHARE OF p",
    },
    "sqlite": {
        "uuid": "lower(hex(randomblob(16)))",
        "one_of": "e.id IN (SELECT value FROM json_each(%s))",
        "wanted": "p.types = '[]' OR EXISTS (SELECT 1 FROM json_each(p.types)"
        " WHERE value IN (e.type, substr(e.type, 1, instr(e.type, '.')) || '*'))",
        "lock": "ORDER BY p.id, e.id LIMIT %s",
    },
}
INSERT = """
    INSERT INTO events_delivery
        (public_id, endpoint_id, event_id, state, is_replay, attempts, due_at, created_at)
    SELECT {uuid}, p.id, e.id, 'waiting', {false}, 0, %s, %s
    FROM events_event e JOIN events_endpoint p ON p.owner_id = e.owner_id
    WHERE {which} AND e.audience & {client} <> 0 AND e.recorded_at >= p.listens_since
        AND p.state = 'enabled' AND e.door <> '{past}' AND ({wanted})
    {lock}
    ON CONFLICT DO NOTHING
"""


def fan_out(*, hints: bool = True) -> int:
    """Make deliveries of events that nobody has handed on yet; returns how many events were handed on.

    A worker is told to deliver them; with `hints` False the caller sees to it.
    """
    handed_on = 0
    for _turn in range(MOST_SETS):
        found = _fan_out_set(hints)
        handed_on += found
        if found < AT_ONCE:
            break
    return handed_on


@transaction.atomic
def _fan_out_set(hints: bool) -> int:
    moment = now()
    waiting = Event.objects.filter(fanned_out_at=None).select_for_update(skip_locked=True, no_key=True)
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    if not ids:
        return 0
    made = _insert("{one_of}", [ids if connection.vendor == "postgresql" else json.dumps(ids)], moment, most=1 << 31)
    Event.objects.filter(pk__in=ids).update(fanned_out_at=moment)
    if made and hints:
        transaction.on_commit(lambda: hint(DELIVER), robust=True)
    return len(ids)


def deliveries_add(*, endpoint_id: UUID, most: int) -> int:
    """Deliveries to one endpoint of what it listens to since and has no delivery of, the oldest first; how many."""
    known = endpoint_id if connection.vendor == "postgresql" else endpoint_id.hex
    return _insert("p.id = %s", [known], now(), most=most)


def _insert(which: str, values: list[Any], moment: datetime, *, most: int) -> int:
    dialect = DIALECTS[connection.vendor]
    sql = INSERT.format(
        which=which.format(**dialect),
        false="false" if connection.vendor == "postgresql" else "0",
        client=int(Seen.CLIENT),
        past=PAST,
        **dialect,
    )
    stored = connection.ops.adapt_datetimefield_value(moment)
    with connection.cursor() as cursor:
        cursor.execute(sql, [stored, stored, *values, most])
        return int(cursor.rowcount)
