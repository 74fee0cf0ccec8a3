"""Writing down what happened: in the transaction of the change, with one statement for all that a story tells.

    @story()
    def invoice_create(…):
        …
        event_record(type=INVOICE_CREATED, …)

A story is a transaction, or a savepoint of one, as `transaction.atomic` is. What it tells is written when it ends,
before it commits; a story right within another one hands its events on to that one. Whatever rolls it back drops its
events: they were written within it, or never.

Events wait only while nothing but stories is open. What is told within another atomic block is written at once, since
that block may be rolled back by itself, and nobody would hear of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from accounts.models import User
from backoffice.origin import current_origin
from events.models import Change, Event
from events.schemas import require_fitting
from events.types import EventType, Seen, require_declared
from events.webhooks.listening import tell_soon
from legalcity.lib.clock import now
from legalcity.lib.one_statement import write

Changes = Mapping[str, Mapping[str, Mapping[str, Sequence[Any]]]]  # {"table": {"pk": {"field": [before, after]}}}


class Ref(NamedTuple):
    """What an event is about."""

    type: str
    id: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event that is to be written down.

    type          what has happened
    owner_id      the account whose event it is; None for one of the firm alone
    obj           what it happened to
    recovery_id   the case that it belongs to
    data          what is sent, as the schema of the type says
    changes       what was changed, value by value; never sent
    effective_at  when it became true in the world; None: now
    audience      who may hear of it, of those that the type allows; None: all of them
    by            who did it; None: who is behind the request that is being answered
    """

    type: EventType
    owner_id: int | None
    obj: Ref
    data: Mapping[str, Any]
    recovery_id: int | None = None
    changes: Changes | None = None
    effective_at: datetime | None = None
    audience: Seen | None = None
    by: User | None = None


# The values of COLUMNS, and what was changed. No model: making one takes longer than all else here.
Row = tuple[dict[str, Any], Changes | None]


@dataclass(frozen=True, slots=True)
class _Story:
    block: Any  # the atomic block that it is
    events: list[Row] = field(default_factory=list)


def changes_of(row: Model, changed: Mapping[str, Sequence[Any]]) -> Changes:
    """What was changed of one row: `changed` is field → [before, after]."""
    return {row._meta.db_table: {str(row.pk): changed}}


_innermost: ContextVar[_Story | None] = ContextVar("innermost_story", default=None)


@contextmanager
def story() -> Iterator[None]:
    """An atomic block, also as a decorator, that writes what it tells with one statement at its end."""
    outside = _innermost.get()
    with transaction.atomic():
        blocks = connection.atomic_blocks
        own = _Story(blocks[-1])
        token = _innermost.set(own)
        try:
            yield
        finally:
            _innermost.reset(token)
        if connection.needs_rollback or not own.events:
            return
        if outside is not None and blocks[-2:-1] == [outside.block]:
            outside.events.extend(own.events)
        else:
            _write(own.events)


def event_record(
    *,
    type: EventType,
    owner_id: int | None,
    obj: Ref,
    data: Mapping[str, Any],
    recovery_id: int | None = None,
    changes: Changes | None = None,
    effective_at: datetime | None = None,
    audience: Seen | None = None,
    by: User | None = None,
) -> None:
    """Write down one event (`Told` says what the arguments are). Raises as `events_record` does."""
    told = Told(
        type=type,
        owner_id=owner_id,
        obj=obj,
        data=data,
        recovery_id=recovery_id,
        changes=changes,
        effective_at=effective_at,
        audience=audience,
        by=by,
    )
    events_record([told])


def events_record(told: Sequence[Told]) -> None:
    """Write down events, in their order.

    Raises ValueError for a type that is not declared and (with CHECK_EVENTS) for data that it does not declare,
    TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An event is told in the transaction of its change.")
    if not told:
        return
    rows = [(_values(each), each.changes) for each in told]
    innermost = _innermost.get()
    if innermost is not None and connection.atomic_blocks[-1:] == [innermost.block]:
        innermost.events.extend(rows)
    else:
        _write(rows)


def _values(told: Told) -> dict[str, Any]:
    require_declared(told.type)
    if settings.CHECK_EVENTS:
        require_fitting(told.type, told.data)
    origin, moment = current_origin(), now()
    person = told.by or origin.user
    return {
        "owner_id": told.owner_id,
        "type": told.type.code,
        "object_type": told.obj.type,
        "object_id": str(told.obj.id),
        "recovery_id": told.recovery_id,
        "audience": told.type.audience if told.audience is None else told.type.audience & told.audience,
        "data": told.data,
        "actor_id": person.pk if person else None,
        "door": origin.door,
        "request_id": origin.request_id,
        "idempotency_key": origin.idempotency_key,
        "effective_at": told.effective_at or moment,
        "recorded_at": moment,
    }


# --- the statement ---------------------------------------------------------------------------------------------------
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
_ENCODER = DjangoJSONEncoder()
# One text however many events there are, prepared once a connection: both tables are written by it. The place is asked
# for before the ids, which it may move (the first event after a dump was restored).
TOLD = f"""
    told AS (
        SELECT nextval('events_event_id_seq') AS id, place.xact, given.*
        FROM (SELECT events_place() AS xact) AS place,
            jsonb_to_recordset(%s::jsonb) AS given ({", ".join(map(" ".join, COLUMNS.items()))}, changes jsonb)
    ), written AS (
        INSERT INTO events_event (id, xact, {_NAMES})
        SELECT id, xact, {_NAMES} FROM told
    )
"""  # noqa: S608 - names of ours
CHANGED = "INSERT INTO events_change (event_id, changes) SELECT id, changes FROM told WHERE changes IS NOT NULL"


def _write(rows: Sequence[Row]) -> None:
    """Write events, and what they changed. One statement on PostgreSQL; SQLite takes one for each of the tables."""
    if owners := {row["owner_id"] for row, _changed in rows if row["owner_id"] and row["audience"] & Seen.CLIENT}:
        tell_soon(owners)
    if connection.vendor == "postgresql":
        told = [
            {
                **row,
                "effective_at": row["effective_at"].isoformat(),  # With its microseconds, which the encoder would cut.
                "recorded_at": row["recorded_at"].isoformat(),
                "changes": changed,
            }
            for row, changed in rows
        ]
        write(CHANGED, [_as_json(told)], before=TOLD)
        return
    events = Event.objects.bulk_create([Event(**row, xact=0) for row, _changed in rows])
    changes = [
        Change(event=event, changes=changed)
        for event, (_row, changed) in zip(events, rows, strict=True)
        if changed is not None
    ]
    if changes:
        Change.objects.bulk_create(changes)


def _as_json(told: Any) -> str:
    """JSON as Django's encoder writes it, three times as fast."""
    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(told, default=_ENCODER.default, option=options).decode()
