"""Events as rows: one statement on PostgreSQL, however many they are; on SQLite one for each of the tables.

Each statement is one text, prepared once a connection.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from events.models import Change, Event
from events.types import Changes
from legalcity.lib.json_text import json_text
from legalcity.lib.one_statement import write

# The values of COLUMNS, and what was changed. No model: making one takes longer than all else here.
Row = tuple[dict[str, Any], Changes | None]

COLUMNS = {
    "owner_id": "bigint",
    "type": "text",
    "object_type": "text",
    "object_id": "text",
    "recovery_id": "bigint",
    "audience": "smallint",
    "data": "jsonb",
    "actor_id": "bigint",
    "door": "text",
    "request_id": "text",
    "idempotency_key": "text",
    "effective_at": "timestamptz",
    "recorded_at": "timestamptz",
}
_NAMES = ", ".join(COLUMNS)
# The place is asked for before the ids, which it may move (the first event after a dump was restored).
_PLACE = "(SELECT events_place() AS xact) AS place"
# What most stories tell, at two thirds of what the other statement costs.
ONE = f"""
    INSERT INTO events_event (id, xact, {_NAMES})
    SELECT nextval('events_event_id_seq'), place.xact, {", ".join(f"%s::{kind}" for kind in COLUMNS.values())}
    FROM {_PLACE}
"""  # noqa: S608 - names of ours
TOLD = f"""
    told AS (
        SELECT nextval('events_event_id_seq') AS id, place.xact, given.*
        FROM {_PLACE},
            jsonb_to_recordset(%s::jsonb) AS given ({", ".join(map(" ".join, COLUMNS.items()))}, changes jsonb)
    ), written AS (
        INSERT INTO events_event (id, xact, {_NAMES})
        SELECT id, xact, {_NAMES} FROM told
    )
"""  # noqa: S608 - names of ours
CHANGED = "INSERT INTO events_change (event_id, changes) SELECT id, changes FROM told WHERE changes IS NOT NULL"

SERIES = "events"  # They are read in the order in which they were told.


def rows_write(rows: Sequence[Row]) -> None:
    """Write events, in their order, and what they changed."""
    if connection.vendor != "postgresql":
        _write_each_table(rows)
        return
    (first, changed), *others = rows
    if others or changed is not None:
        write(CHANGED, [json_text([_as_told(row) for row in rows])], before=TOLD, series=SERIES)
    else:
        write(ONE, [_as_text(first[name]) for name in COLUMNS], series=SERIES)


def _as_text(value: Any) -> str | None:
    """A value as PostgreSQL reads it: by the types of others it would prepare the statement anew."""
    if value is None or type(value) is str:
        return value
    return json_text(value) if isinstance(value, dict) else str(value)


def _as_told(row: Row) -> dict[str, Any]:
    values, changed = row
    return {
        **values,
        "effective_at": values["effective_at"].isoformat(),  # With its microseconds, which the encoder would cut.
        "recorded_at": values["recorded_at"].isoformat(),
        "changes": changed,
    }


def _write_each_table(rows: Sequence[Row]) -> None:
    events = Event.objects.bulk_create([Event(**row, xact=0) for row, _changed in rows])
    changes = [
        Change(event=event, changes=changed)
        for event, (_row, changed) in zip(events, rows, strict=True)
        if changed is not None
    ]
    if changes:
        Change.objects.bulk_create(changes)
