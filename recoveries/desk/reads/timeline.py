"""All that happened to a case, newest first: one statement, whatever hangs on the case.

What it is made of stands in `timeline_sources.py`. Each source is a SELECT of its own that the database cuts to one
page before they are put together; the page is put beside the events of the case. Who adds a source adds a template of
its name for the back-office (`templates/admin/recoveries/recovery/timeline/`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection

from events.feed import FeedRow
from events.showing import raw, sentence_of
from events.types import Seen, codes_named
from legalcity.lib.ids import MOST_ID
from legalcity.lib.money import money_text
from recoveries.desk.reads.timeline_sources import EVENT, SHOWN_ALONE, SOURCES, TABS
from recoveries.desk.reads.timeline_words import told_lines
from recoveries.models import Acompte, Message, Posting
from recoveries.selectors.sql import DIALECTS, quoted

PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """The event that tells an entry: its id and its type."""

    id: int
    type: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `facts` are the columns of its source, by name; `event` tells it, where there is one."""

    kind: str
    id: int
    moment: datetime
    who: str
    facts: dict[str, Any]
    event: Told | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last entry that was shown: the next page begins after it."""

    moment: datetime
    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.kind}~{self.id}"


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of entries, and where the next one begins (None on the last)."""

    entries: list[Entry]
    older: Cursor | None


# Values that JSON does not have, by the name of their column.
READERS: dict[str, Callable[[Any], Any]] = {
    "amount": lambda value: Decimal(str(money_text(value))),
    "date": date.fromisoformat,
    "posted": lambda value: Posting.Kind(value).label,
    "letter": lambda value: Message.Kind(value).label,
    "why": lambda value: Acompte.Reason(value).label if value else "",
    "reasons": lambda value: orjson.loads(value) if isinstance(value, str) else value,
    "data": lambda value: orjson.loads(value) if isinstance(value, str) else value,
    "effective_at": lambda value: _moment(value),
}


def timeline(recovery_id: int, *, tab: str | None = None, after: Cursor | None = None, page: int = PAGE) -> Timeline:
    """What happened to a case, newest first: of one tab, when given; what is older than `after`, when given.

    The tab of events has all of them, each as it is sent; elsewhere is each thing that happened once.
    """
    values: dict[str, Any] = {"case": recovery_id, "limit": page + 1}
    names = _names(tab)
    if after is not None:
        values["moment"] = connection.ops.adapt_datetimefield_value(after.moment)
        values |= {f"below_{name}": _below(name, after) for name in names}
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, names, _events_of(tab), after is not None), values)
        rows = [_Row._make(row) for row in cursor.fetchall()]
    # A letter that failed, was sent again and failed again is told by the last of the two events.
    entries = list({(row.kind, row.id): _entry(row) for row in rows}.values())
    last = entries[page - 1] if len(entries) > page else None
    return Timeline(entries[:page], Cursor(last.moment, last.kind, last.id) if last else None)


def cursor_read(text: str) -> Cursor | None:
    """The cursor that an address names; None when it is none of ours."""
    try:
        moment, kind, number = text.split("~")
        cursor = Cursor(datetime.fromisoformat(moment).astimezone(UTC), kind, int(number))
    except (ValueError, OverflowError):
        return None
    return cursor if kind in SOURCES and 0 <= cursor.id <= MOST_ID else None


def _names(tab: str | None) -> tuple[str, ...]:
    """The sources that a tab shows."""
    if tab is None:
        return tuple(SOURCES)
    return tuple(name for name in SOURCES if name == tab or (name == EVENT and TABS[tab].words))


@cache
def _events_of(tab: str | None) -> str:
    """Which events a tab shows, as a condition."""
    if tab == EVENT:
        return "1 = 1"
    if tab is None:
        return SHOWN_ALONE
    codes = {code for word in TABS[tab].words for code in codes_named(word, audience=~Seen.NOBODY)}
    return f"t.type IN {quoted(sorted(codes))} AND {SHOWN_ALONE}"


def _below(name: str, after: Cursor) -> int:
    """Of what is of the very moment of `after`, the rows of `name` with a smaller id than this are still to come."""
    order = list(SOURCES)
    if name == after.kind:
        return after.id
    return MOST_ID if order.index(name) > order.index(after.kind) else 0


# The moment tells changes of status apart: it is that of their rows. Of formal notices there are only events.
_STATEMENT = """
    WITH page AS (SELECT * FROM ({parts}) parts ORDER BY moment DESC, place, id DESC LIMIT %(limit)s),
    told AS (SELECT id, type, object_id, actor_id, effective_at FROM events_event
        WHERE recovery_id = %(case)s AND object_type <> 'formal_notice')
    SELECT page.kind, page.id, page.moment, COALESCE(u.first_name || ' ' || u.last_name, ''), page.facts,
        told.id, told.type
    FROM page
    LEFT JOIN told ON told.type = page.told_by AND told.object_id = page.about
        AND (told.type <> 'recovery.status_changed' OR told.effective_at = page.moment)
    LEFT JOIN accounts_user u ON u.id = COALESCE(told.actor_id, page.who)
    ORDER BY page.moment DESC, page.place, page.id DESC, told.id
"""


@cache
def _statement(vendor: str, names: tuple[str, ...], events: str, goes_on: bool) -> str:
    parts = (f"SELECT * FROM ({_part(vendor, name, events, goes_on)}) {name}_rows" for name in names)
    return _STATEMENT.format(parts=" UNION ALL ".join(parts))


def _part(vendor: str, name: str, events: str, goes_on: bool) -> str:
    source, place = SOURCES[name], list(SOURCES).index(name)
    facts = f"{DIALECTS[vendor].array}({', '.join(source.columns.values())})"
    condition = f"{source.of_case} AND {events}" if name == EVENT else source.of_case
    if goes_on:
        same_moment = f"t.created_at = %(moment)s AND t.id < CAST(%(below_{name})s AS bigint)"
        condition += f" AND (t.created_at < %(moment)s OR ({same_moment}))"
    return (
        f"SELECT {place} AS place, '{name}' AS kind, t.id AS id, t.created_at AS moment, "
        f"CAST({source.who} AS bigint) AS who, CAST({source.told_by} AS text) AS told_by, "
        f"CAST({source.about} AS text) AS about, CAST({facts} AS text) AS facts "
        f"FROM {source.tables} WHERE {condition} ORDER BY t.created_at DESC, t.id DESC LIMIT %(limit)s"
    )


class _Row(NamedTuple):
    """A row of the statement; `facts` is a JSON array in the order of the columns of its source."""

    kind: str
    id: int
    moment: datetime | str
    who: str
    facts: str
    event_id: int | None
    event_type: str | None


def _entry(row: _Row) -> Entry:
    told = zip(SOURCES[row.kind].columns, orjson.loads(row.facts), strict=True)
    facts = {name: READERS[name](value) if name in READERS else value for name, value in told}
    event = Told(row.event_id, row.event_type) if row.event_id and row.event_type else None
    if row.kind == EVENT:
        event = Told(row.id, facts["type"])
        sent = FeedRow(id=row.id, xact=0, type=event.type, effective_at=facts["effective_at"], data=facts["data"])
        facts |= {"sentence": sentence_of(event.type), "raw": raw(sent), "lines": told_lines(sent.data, facts)}
    return Entry(row.kind, row.id, _moment(row.moment), row.who.strip(), facts, event)


def _moment(value: datetime | str) -> datetime:
    """SQLite keeps moments as texts in UTC, without saying so."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
