"""The cases behind a figure of a past day: what was left on each at its end, those with the most first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from legalcity.lib.clock import today
from legalcity.lib.kept import kept, kept_already
from legalcity.lib.money import rounded
from legalcity.lib.replica import read_connection
from recoveries.desk.reads.as_of import is_long
from recoveries.desk.reads.claims_left import claims_left

KEPT = 3_600  # seconds, as the figures
SHOWN = 200
CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDay:
    """What is asked for: the end of the day `on`; a band of age (its place in BANDS, or NOT_DUE), a client, a handler
    (of today) by id, or None for all.
    """

    on: date
    band: int | None = None
    owner_id: int | None = None
    handler_id: int | None = None

    @property
    def name(self) -> str:
        """By which it is told from others, as a cache takes it."""
        return f"as_of_cases:{self.on}:{self.band}:{self.owner_id}:{self.handler_id}"


@dataclass(frozen=True, slots=True)
class LeftOn:
    """What was left of the claims of a band on a case, EUR."""

    case_id: int
    band: int
    left: Decimal


def cases_left(asked: PastDay) -> list[LeftOn]:
    """The SHOWN largest; as old as the figures at most. One statement, which adds up what the figures do."""
    return kept(f"{asked.name}:{today()}", KEPT, list[LeftOn], lambda: list(_read(asked, limit=f"LIMIT {SHOWN}")))


def cases_left_at_once(asked: PastDay) -> list[LeftOn] | None:
    """`cases_left`, where it is kept or of so few cases that a page may wait for it; else None."""
    found: list[LeftOn] | None = kept_already(f"{asked.name}:{today()}", list[LeftOn])
    if found is not None or is_long(asked.owner_id):
        return found
    return cases_left(asked)


def all_cases_left(asked: PastDay) -> Iterator[list[LeftOn]]:
    """All of them, by pieces, for a file."""
    piece: list[LeftOn] = []
    for row in _read(asked):
        piece.append(row)
        if len(piece) == CHUNK:
            yield piece
            piece = []
    yield piece


def _read(asked: PastDay, *, limit: str = "") -> Iterator[LeftOn]:
    statement, values = _statement(asked, limit)
    with read_connection().cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(CHUNK):
            for case_id, band, left in rows:
                yield LeftOn(case_id, band, rounded(Decimal(str(left))))


def _statement(asked: PastDay, limit: str) -> tuple[str, list[Any]]:
    late, values = claims_left(asked.on, owner_id=asked.owner_id, handler_id=asked.handler_id)
    wanted, band = ("WHERE band = %s", [asked.band]) if asked.band is not None else ("", [])
    order = f"ORDER BY remains DESC, recovery_id, band {limit}"
    return f"{late} SELECT recovery_id, band, remains FROM late {wanted} {order}", [*values, *band]
