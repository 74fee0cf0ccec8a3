"""What several tables are given, written by one statement.

    with one_statement({Company: 2, Recovery: 1}):
        rows_create(parties)
        rows_create([case])  # names the keys of the parties

On PostgreSQL what is written within the block waits, and is sent at its end: a savepoint, a round trip and a plan for
each table cost more than the rows do. Keys are reserved before, by one statement, since rows name each other. Nothing
that waits can be read within the block. SQLite has no such statement: there everything is written at once.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, models

from legalcity.lib.asking import rows_of

Keys = Mapping[type[models.Model], int]  # how many of each
WAITING_ON = ("postgresql",)
# How many are wanted is hidden from the planner: by a number that it sees it would plan anew at each call. Sequences
# are named as PostgreSQL names those of identity columns; to look their names up cost more than the keys.
RESERVED = "ARRAY(SELECT nextval('{table}_{key}_seq') FROM generate_series(1, (SELECT %s::int)))"


class Part(NamedTuple):
    """A write: `statement` with its values, after the subqueries `before` that it reads.

    Those of one `series` are never sent together: parts of a statement are written in no order, and names stand once.
    """

    statement: str
    values: Sequence[Any]
    before: str = ""
    series: str = ""


@dataclass(slots=True)
class _Block:
    keys: dict[type[models.Model], deque[int]]
    parts: list[Part] = field(default_factory=list)


_open: ContextVar[_Block | None] = ContextVar("one_statement", default=None)


@contextmanager
def one_statement(keys: Keys) -> Iterator[None]:
    """A block whose writes are sent together at its end; `keys`: how many rows of each model are to get one.

    Raises IntegrityError at its end. The caller's transaction, or savepoint, takes back what was refused.
    """
    if connection.vendor not in WAITING_ON:
        yield
        return
    block = _Block(_reserved(keys))
    token = _open.set(block)
    try:
        yield
    finally:
        _open.reset(token)
    _send(block.parts)


def is_waiting() -> bool:
    """Whether what is written waits for the end of a block."""
    return _open.get() is not None


def keys_taken(model: type[models.Model], many: int) -> list[int]:
    """Keys for `many` rows of a model, of those that the block has reserved."""
    block = _open.get()
    kept = block.keys.get(model) if block else None
    if block is None or kept is None or len(kept) < many:
        raise LookupError(f"no keys were reserved for {many} rows of {model.__name__}")
    return [kept.popleft() for _unused in range(many)]


def write(statement: str, values: Sequence[Any], *, before: str = "", series: str = "") -> None:
    """Send a write that answers nothing, or let it wait. Subqueries stand in `before`, not in the statement.

    `series`: writes of one name reach the database one after the other, those with one `before` among them.
    """
    block = _open.get()
    if block is None:
        rows_of(f"WITH {before} {statement}" if before else statement, values)
        return
    if series and any(series == waiting.series for waiting in block.parts):
        _send(block.parts)
        block.parts = []
    block.parts.append(Part(statement, values, before, series))


def _send(parts: Sequence[Part]) -> None:
    """Send them as one. PostgreSQL carries the last of such writes out first: they stand in it in reverse, so that a
    row which others wait for (the count of an account) is locked last.
    """
    if not parts:
        return
    turned = parts[::-1]
    text = _joined(tuple((part.statement, part.before) for part in turned))
    rows_of(text, [value for part in turned for value in part.values])


@lru_cache(maxsize=64)
def _joined(parts: tuple[tuple[str, str], ...]) -> str:
    """One text for the same writes, prepared once a connection."""
    if len(parts) == 1:
        statement, before = parts[0]
        return f"WITH {before} {statement}" if before else statement
    named = (
        f"{before}, part_{place} AS ({statement})" if before else f"part_{place} AS ({statement})"
        for place, (statement, before) in enumerate(parts)
    )
    return f"WITH {', '.join(named)} SELECT"


def _reserved(keys: Keys) -> dict[type[models.Model], deque[int]]:
    wanted = {model: many for model, many in keys.items() if many}
    if not wanted:
        return {}
    (taken,) = rows_of(_reservation(tuple(wanted)), list(wanted.values()))
    return dict(zip(wanted, map(deque, taken), strict=True))


@lru_cache(maxsize=64)
def _reservation(wanted: tuple[type[models.Model], ...]) -> str:
    asked = (RESERVED.format(table=model._meta.db_table, key=model._meta.pk.column) for model in wanted)
    return f"SELECT {', '.join(asked)}"
