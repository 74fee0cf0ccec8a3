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

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from accounts.models import User
from backoffice.origin import Origin, current_origin
from events.schemas import require_fitting
from events.types import Changes, EventType, Seen, require_declared
from events.webhooks.listening import tell_soon
from events.writing import Row, rows_write
from legalcity.lib.clock import now


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
    origin, moment = current_origin(), now()
    rows = [(values_of(each, origin=origin, moment=moment), each.changes) for each in told]
    innermost = _innermost.get()
    if innermost is not None and connection.atomic_blocks[-1:] == [innermost.block]:
        innermost.events.extend(rows)
    else:
        _write(rows)


def values_of(told: Told, *, origin: Origin, moment: datetime) -> dict[str, Any]:
    """The columns of an event that is told at `moment`. Raises ValueError as `events_record` does."""
    require_declared(told.type)
    if settings.CHECK_EVENTS:
        require_fitting(told.type, told.data)
    person = told.by or origin.user
    return {
        "owner_id": told.owner_id,
        "type": told.type.code,
        "object_type": told.obj.type,
        "object_id": str(told.obj.id),
        "recovery_id": told.recovery_id,
        "audience": int(told.type.audience if told.audience is None else told.type.audience & told.audience),
        "data": told.data,
        "actor_id": person.pk if person else None,
        "door": origin.door,
        "request_id": origin.request_id,
        "idempotency_key": origin.idempotency_key,
        "effective_at": told.effective_at or moment,
        "recorded_at": moment,
    }


_CLIENT = int(Seen.CLIENT)  # Flags take ten times as long as numbers.


def _write(rows: Sequence[Row]) -> None:
    if owners := {row["owner_id"] for row, _changed in rows if row["owner_id"] and row["audience"] & _CLIENT}:
        tell_soon(owners)
    rows_write(rows)
