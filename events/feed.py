"""The feed of an account: its events in the order of their commits, each once, read on from a place.

Ids are given before the commit, so who remembers the last id would miss the events of slower transactions. The feed is
in the order of `(xact, id)` and ends before the oldest transaction that still runs: whatever commits later comes later.
One transaction that is held open holds the feed back; `feed_lag_seconds` tells for how long already.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from django.db import connection
from django.db.models import F

from events.horizon import COMMITTED, LAG
from events.models import Event
from events.types import Seen
from legalcity.lib.asking import rows_of
from legalcity.lib.dates import moment_text

log = structlog.get_logger("events")

# No transaction of ours lasts that long, so an event was recorded within so much of its place.
SLACK = timedelta(hours=1)
# Events that one call looks through for those of some types: a call costs what it costs, however few there are.
LOOKED_THROUGH = 5_000
ID_BITS = 64
ALARM = 30  # seconds


class FeedPlace(NamedTuple):
    """Behind which event one reads on; (0, 0) is the beginning."""

    xact: int
    id: int

    @property
    def number(self) -> int:
        """As one number, for a cursor."""
        return self.xact << ID_BITS | self.id

    @classmethod
    def of(cls, number: int) -> "FeedPlace":
        """The place of a cursor's number."""
        return cls(number >> ID_BITS, number & (1 << ID_BITS) - 1)


BEGINNING = FeedPlace(0, 0)


class FeedRow(NamedTuple):
    """An event, as much as is told of it."""

    id: int
    xact: int
    type: str
    effective_at: datetime
    data: Any


class PageRow(NamedTuple):
    """An event of a page, as ready for its answer as the database makes it: nothing of it is read on the way.

    `told_at` is `effective_at` in the contract's form, `data` the JSON as it was written.
    """

    id: int
    xact: int
    type: str
    told_at: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events of an account: all, those of `types`, of a case, recorded from `since` on and before `until`."""

    owner_id: int
    types: Collection[str] = ()
    recovery_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events, and the place up to which the feed was read for them: None when there was nothing new."""

    rows: list[PageRow]
    place: FeedPlace | None


def feed_page(wanted: Wanted, *, after: FeedPlace, limit: int) -> FeedPage:
    """The next `limit` events that a client may hear of; fewer, or none, where few of those looked through are wanted.

    One statement.
    """
    types = sorted(wanted.types)
    statement, values = _statement(wanted, types)
    looked = max(LOOKED_THROUGH, limit) if types else limit
    values |= {"xact": after.xact, "id": after.id, "looked": looked, "limit": limit + 1}
    read = [(_row(row[:-1]), bool(row[-1])) for row in rows_of(statement, values)]
    rows = [row for row, is_wanted in read if is_wanted][:limit]
    last = rows[-1] if len(rows) == limit else (read[-1][0] if read else None)
    return FeedPage(rows, FeedPlace(last.xact, last.id) if last else None)


def event_for(owner_id: int, event_id: int) -> Event | None:
    """One event that the client may hear of."""
    heard = Event.objects.alias(heard=F("audience").bitand(Seen.CLIENT.value))
    return heard.filter(owner_id=owner_id, pk=event_id, heard=Seen.CLIENT.value).first()


def feed_lag_seconds() -> float:
    """For how long the oldest transaction that writes has held the feed back; 0 where none does. Seconds."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute(LAG)
        return float(cursor.fetchone()[0])


def feed_watch() -> float:
    """Write the lag of the feed to the log, as a warning from ALARM on; returns it. Seconds."""
    lag = feed_lag_seconds()
    if lag >= ALARM:
        log.warning("events_feed_held", events_feed_lag_seconds=round(lag, 1))
    elif connection.vendor == "postgresql":
        log.info("events_feed_lag", events_feed_lag_seconds=round(lag, 1))
    return lag


# --- the statement ---------------------------------------------------------------------------------------------------
HEARD = f"(audience & {Seen.CLIENT.value}) = {Seen.CLIENT.value}"
# Recording times are not those of the order, but near them: they say from where on it is worth looking.
SINCE = """
    recorded_at >= %(since)s AND xact >= COALESCE(
        (SELECT xact FROM events_event WHERE recorded_at < %(before_since)s ORDER BY recorded_at DESC LIMIT 1), 0)
"""
UNTIL = """
    recorded_at < %(until)s AND xact <= COALESCE(
        (SELECT xact FROM events_event WHERE recorded_at > %(after_until)s ORDER BY recorded_at LIMIT 1),
        9223372036854775807)
"""
COLUMNS = "id, xact, type, effective_at, data"
# Where the database can, it says moments in the contract's form: half of what a page took was reading and writing them.
TOLD = {
    "postgresql": """id, xact, type,
        to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS told_at, data::text AS data
    """,
    "sqlite": COLUMNS,
}


def _statement(wanted: Wanted, types: list[str]) -> tuple[str, dict[str, Any]]:
    moment = connection.ops.adapt_datetimefield_value
    values: dict[str, Any] = {"owner": wanted.owner_id}
    where = ["owner_id = %(owner)s", HEARD, "(xact, id) > (%(xact)s, %(id)s)", COMMITTED[connection.vendor]]
    if wanted.recovery_id is not None:
        where.append("recovery_id = %(case)s")
        values["case"] = wanted.recovery_id
    if wanted.since is not None:
        where.append(SINCE)
        values |= {"since": moment(wanted.since), "before_since": moment(wanted.since - SLACK)}
    if wanted.until is not None:
        where.append(UNTIL)
        values |= {"until": moment(wanted.until), "after_until": moment(wanted.until + SLACK)}
    looked = f"FROM events_event WHERE {' AND '.join(where)} ORDER BY xact, id LIMIT %(looked)s"
    told = TOLD[connection.vendor]
    if not types:
        return f"SELECT {told}, 1 = 1 {looked}", values
    names = [f"type{number}" for number in range(len(types))]
    values |= dict(zip(names, types, strict=True))
    is_wanted = f"type IN ({', '.join(f'%({name})s' for name in names)})"
    return (
        f"WITH looked AS (SELECT {COLUMNS} {looked}) SELECT {told}, {is_wanted} FROM looked "  # noqa: S608 - names of ours
        f"WHERE {is_wanted} OR id = (SELECT id FROM looked ORDER BY xact DESC, id DESC LIMIT 1) "
        "ORDER BY xact, id LIMIT %(limit)s",
        values,
    )


def _row(row: tuple[Any, ...]) -> PageRow:
    event_id, xact, code, moment, data = row
    return PageRow(event_id, xact, code, moment if isinstance(moment, str) else str(moment_text(moment)), data)
