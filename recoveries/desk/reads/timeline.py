"""All that happened to a case, newest first: one statement, whatever hangs on the case.

Each kind of event is a source: a SELECT of its own that the database cuts to one page before they are put together.
Who adds a source adds a template of its name for the back-office (`templates/admin/recoveries/recovery/timeline/`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.audit import ADDED
from events.feed import FeedRow
from events.showing import raw, sentence_of
from legalcity.lib.errors import Sentence
from legalcity.lib.money import money_text
from recoveries.ledger.posting_models import REVERSIBLE
from recoveries.models import Acompte, Comment, Posting, TransferRequest
from recoveries.selectors.sql import DIALECTS

PAGE = 50
EVENT = "event"
MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of event. `columns` names what it tells; `tables` is what follows FROM, `t` being the event.

    `of_case` is the condition that it belongs to the case `%(case)s`; `who` the column of the person behind it. What is
    `apart` stands on a tab of its own alone: it tells the same as the others in another way.
    """

    label: Sentence
    columns: Mapping[str, str]
    tables: str
    of_case: str = "t.recovery_id = %(case)s"
    who: str = "NULL"
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `facts` are the columns of its source, by name."""

    kind: str
    id: int
    moment: datetime
    who: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last event that was shown: the next page begins after it."""

    moment: datetime
    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.kind}~{self.id}"


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of events, and where the next one begins (None on the last)."""

    entries: list[Entry]
    older: Cursor | None


# Of rows without a column for their author the audit knows who added them.
_ADDED_BY = (
    "LEFT JOIN accounts_auditevent a ON a.object_type = '{kind}' AND a.object_id = CAST(t.id AS text) "
    f"AND a.action = '{ADDED}'"
)

# In this order at the same moment.
SOURCES: dict[str, Source] = {
    "status": Source(
        label=_("Status"),
        columns={
            "status_from": "f.name",
            "status_to": "s.name",
            "is_closing": "s.is_closing",
            "reason": "t.comment",
        },
        tables="recoveries_statuschange t JOIN recoveries_status s ON s.id = t.to_status_id "
        "LEFT JOIN recoveries_status f ON f.id = t.from_status_id",
        who="t.user_id",
    ),
    "comment": Source(
        label=_("Comments"),
        columns={
            "html": "t.html",
            **{column: f"t.{column}" for column in Comment.visibility.columns.values()},
            "is_read": "t.is_read",
        },
        tables="recoveries_comment t",
        who="t.user_id",
    ),
    "document": Source(
        label=_("Documents"),
        columns={"name": "t.name", "state": "t.state", "reason": "t.reason", "type": "y.type"},
        tables="documents_document t LEFT JOIN documents_filetype y ON y.id = t.file_type_id",
        who="t.author_id",
    ),
    "signature": Source(
        label=_("Signatures"),
        columns={"name": "d.name", "document_id": "d.id", "signer": "t.signer_name", "state": "t.state"},
        tables="(SELECT *, requested_at AS created_at FROM documents_signaturerequest) t "
        "JOIN documents_document d ON d.id = t.document_id",
        of_case="d.recovery_id = %(case)s",
        who="t.requested_by_id",
    ),
    "payment": Source(
        label=_("Payments (acomptes)"),
        columns={
            "amount": "t.amount",
            "date": "t.date",
            "method": "t.method",
            "reference": "t.reference",
            "comment": "t.comment",
            "why": "t.reason",
        },
        tables=f"recoveries_acompte t {_ADDED_BY.format(kind='recoveries.acompte')}",
        who="a.actor_id",
    ),
    "debt": Source(
        label=_("Debts (dettes)"),
        columns={
            "amount": "t.amount",
            "date": "t.date",
            "label": "t.label",
            "comment": "t.comment",
            "why": "t.reason",
        },
        tables=f"recoveries_dette t {_ADDED_BY.format(kind='recoveries.dette')}",
        who="a.actor_id",
    ),
    "account": Source(
        label=_("Credit notes, waivers, losses, refunds"),
        columns={
            "posted": "COALESCE(r.kind, t.kind)",
            "is_reversal": "r.id IS NOT NULL",
            "amount": "(SELECT SUM(l.debit) FROM recoveries_line l WHERE l.posting_id = t.id)",
            "date": "t.effective_on",
            "reason": "t.reason",
        },
        tables="(SELECT *, recorded_at AS created_at FROM recoveries_posting) t "
        "LEFT JOIN recoveries_posting r ON r.id = t.reverses_id",
        of_case=f"t.recovery_id = %(case)s AND COALESCE(r.kind, t.kind) IN {tuple(map(str, REVERSIBLE))}",
        who="t.by_id",
    ),
    "remittance": Source(
        label=_("Hand-overs to the client"),
        columns={
            "amount": "t.amount",
            "date": "t.paid_on",
            "reference": "t.reference",
            "is_reversed": "EXISTS (SELECT 1 FROM recoveries_remittance m WHERE m.reverses_id = t.id)",
        },
        tables="(SELECT m.id, m.recorded_at AS created_at, m.paid_on, m.reference, m.by_id, SUM(l.amount) AS amount "
        "FROM recoveries_posting p JOIN recoveries_remittanceline l ON l.posting_id = p.id "
        "JOIN recoveries_remittance m ON m.id = l.remittance_id WHERE p.recovery_id = %(case)s "
        "GROUP BY m.id, m.recorded_at, m.paid_on, m.reference, m.by_id) t",
        of_case="TRUE",
        who="t.by_id",
    ),
    "acknowledgement": Source(
        label=_("Acknowledgements"),
        columns={"date": "t.date", "note": "t.note", "reverses": "t.reverses_id", "name": "d.name"},
        tables="recoveries_acknowledgement t LEFT JOIN documents_document d ON d.id = t.document_id",
        who="t.user_id",
    ),
    "hold": Source(
        label=_("Hold of limitation"),
        columns={"is_lifted": "t.is_lifted", "reason": "t.reason"},
        tables="recoveries_holdchange t",
        who="t.user_id",
    ),
    "email": Source(
        label=_("E-mails"),
        columns={"subject": "t.subject", "recipient": "t.recipient", "state": "t.state", "error": "t.error"},
        tables="recoveries_sentemail t",
        who="t.user_id",
    ),
    "transfer": Source(
        label=_("Transfers"),
        columns={
            "state": "t.state",
            "reasons": "t.reasons",
            "from_id": "o.id",
            "from_reference": "o.recovery_reference",
            "to_id": "n.id",
            "to_reference": "n.recovery_reference",
        },
        # The request stands on the case that was transferred, and is told on both.
        tables="recoveries_transferrequest t JOIN recoveries_recovery o ON o.id = t.recovery_id "
        f"LEFT JOIN recoveries_recovery n ON n.id = o.transferred_to_id AND t.state = '{TransferRequest.State.DONE}'",
        of_case="t.recovery_id IN (SELECT CAST(%(case)s AS bigint) UNION ALL "
        "SELECT id FROM recoveries_recovery WHERE transferred_to_id = %(case)s)",
        who="t.user_id",
    ),
    EVENT: Source(
        label=_("Events"),
        columns={"type": "t.type", "door": "t.door", "effective_at": "t.effective_at", "data": "t.data"},
        tables="(SELECT *, recorded_at AS created_at FROM events_event) t",
        who="t.actor_id",
        is_apart=True,
    ),
}
TOGETHER = tuple(name for name, source in SOURCES.items() if not source.is_apart)

# Values that JSON does not have, by the name of their column.
READERS: dict[str, Callable[[Any], Any]] = {
    "amount": lambda value: Decimal(str(money_text(value))),
    "date": date.fromisoformat,
    "posted": lambda value: Posting.Kind(value).label,
    "why": lambda value: Acompte.Reason(value).label if value else "",
    "reasons": lambda value: orjson.loads(value) if isinstance(value, str) else value,
    "data": lambda value: orjson.loads(value) if isinstance(value, str) else value,
    "effective_at": lambda value: _moment(value),
}


def timeline(recovery_id: int, *, kind: str | None = None, after: Cursor | None = None, page: int = PAGE) -> Timeline:
    """The events of a case, newest first: of one kind, when given; those older than `after`, when given."""
    values: dict[str, Any] = {"case": recovery_id, "limit": page + 1}
    names = TOGETHER if kind is None else (kind,)
    if after is not None:
        values["moment"] = connection.ops.adapt_datetimefield_value(after.moment)
        values |= {f"below_{name}": _below(name, after) for name in names}
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, names, after is not None), values)
        entries = [_entry(_Event._make(row)) for row in cursor.fetchall()]
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


def _below(name: str, after: Cursor) -> int:
    """Of the events at the very moment of `after`, those of `name` with a smaller id than this are still to come."""
    order = list(SOURCES)
    if name == after.kind:
        return after.id
    return MOST_ID if order.index(name) > order.index(after.kind) else 0


@cache
def _statement(vendor: str, names: tuple[str, ...], goes_on: bool) -> str:
    parts = " UNION ALL ".join(f"SELECT * FROM ({_part(vendor, name, goes_on)}) {name}_rows" for name in names)
    return f"{parts} ORDER BY moment DESC, place, id DESC LIMIT %(limit)s"


def _part(vendor: str, name: str, goes_on: bool) -> str:
    source, place = SOURCES[name], list(SOURCES).index(name)
    facts = f"{DIALECTS[vendor].array}({', '.join(source.columns.values())})"
    condition = source.of_case
    if goes_on:
        same_moment = f"t.created_at = %(moment)s AND t.id < CAST(%(below_{name})s AS bigint)"
        condition += f" AND (t.created_at < %(moment)s OR ({same_moment}))"
    return (
        f"SELECT {place} AS place, '{name}' AS kind, t.id AS id, t.created_at AS moment, "
        f"COALESCE(u.first_name || ' ' || u.last_name, '') AS who, CAST({facts} AS text) AS facts "
        f"FROM {source.tables} LEFT JOIN accounts_user u ON u.id = {source.who} "
        f"WHERE {condition} ORDER BY t.created_at DESC, t.id DESC LIMIT %(limit)s"
    )


class _Event(NamedTuple):
    """An event as the statement gives it; `facts` is a JSON array in the order of the columns of its source."""

    place: int
    kind: str
    id: int
    moment: datetime | str
    who: str
    facts: str


def _entry(row: _Event) -> Entry:
    told = zip(SOURCES[row.kind].columns, orjson.loads(row.facts), strict=True)
    read = {name: READERS[name](value) if name in READERS else value for name, value in told}
    if row.kind == EVENT:
        event = FeedRow(id=row.id, xact=0, type=read["type"], effective_at=read["effective_at"], data=read["data"])
        read |= {"sentence": sentence_of(event.type), "raw": raw(event)}
    return Entry(row.kind, row.id, _moment(row.moment), row.who.strip(), read)


def _moment(value: datetime | str) -> datetime:
    """SQLite keeps moments as texts in UTC, without saying so."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
