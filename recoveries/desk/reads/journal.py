"""The journal: the postings of all cases, as lines, with totals by account. Pages are found by key, not counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from heapq import merge
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from accounts.models import User
from backoffice.reach import reach_condition, sees_all_cases
from legalcity.lib.dates import PARIS
from legalcity.lib.kept import kept
from legalcity.lib.money import rounded
from recoveries.ledger.drafting import CLAIM_GONE, REALLOCATED
from recoveries.ledger.fec import Entry, entry_of, entry_of_deleted
from recoveries.ledger.money import ACCOUNTS, TRANSFERS
from recoveries.models import DepartedPosting, Line, Posting

PAGE = 50  # postings
CHUNK = 2_000  # lines
KEPT = 60  # seconds
ZERO = Decimal("0.00")
OF_ITSELF = (REALLOCATED, CLAIM_GONE)  # why the ledger reverses without anybody asking for it
EFFECTIVE, RECORDED = "effective", "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What is asked for: lines of postings from `first` to `last`, both included, by the day on which they took effect
    or on which they were recorded (Paris), within what `user` sees; None asks nothing.
    """

    user: User
    first: date
    last: date
    by: str = EFFECTIVE
    owner_id: int | None = None
    kind: str | None = None
    account: str | None = None
    by_id: int | None = None
    reversed_kind: str | None = None
    by_people: bool = False

    def postings(self, prefix: str = "") -> Q:
        """The condition on postings; `prefix` is the way to them."""
        asked: dict[str, Any] = {f"{name}__{bound}": day for name, bound, day in self._bounds()}
        asked |= {"owner_id": self.owner_id, "kind": self.kind, "by_id": self.by_id}
        asked |= {"reverses__kind": self.reversed_kind}
        found = Q(**{f"{prefix}{name}": value for name, value in asked.items() if value is not None})
        if self.by_people:
            found &= ~Q(**{f"{prefix}reason__in": OF_ITSELF})
        if sees_all_cases(self.user):
            return found
        # What was handed over to a client is of all cases: who sees some sees none of it.
        of_cases = Q(**{f"{prefix}recovery__isnull": False})
        return found & of_cases & reach_condition(self.user, f"{prefix}recovery")

    def _bounds(self) -> list[tuple[str, str, date | datetime]]:
        if self.by == EFFECTIVE:
            return [("effective_on", "gte", self.first), ("effective_on", "lte", self.last)]
        return [("recorded_at", "gte", self.start), ("recorded_at", "lt", self.end)]

    @property
    def start(self) -> datetime:
        """The first moment, in Paris."""
        return datetime.combine(self.first, datetime.min.time(), PARIS)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), PARIS)

    @property
    def order(self) -> str:
        """The column that leads; the id decides within it."""
        return "effective_on" if self.by == EFFECTIVE else "recorded_at"

    def lines(self) -> QuerySet[Line]:
        """All lines that are asked for, in no order."""
        found = Line.objects.filter(self.postings("posting__")).order_by()
        return found.filter(account=self.account) if self.account else found


class Page(NamedTuple):
    """Postings, newest first, each with its lines; `following`: the key of the next page, None on the last."""

    rows: list[tuple[Posting, list[Line]]]
    following: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of an account, EUR. `came_in`: money received, net; what goes from case to case or to clients left out."""

    account: str
    debit: Decimal
    credit: Decimal
    came_in: Decimal


def journal_page(asked: Journal, *, after: str = "") -> Page:
    """A page, from the posting after the key `after` on; a key that is none begins anew. Two statements."""
    rows = Posting.objects.filter(asked.postings())
    if asked.account:
        rows = rows.filter(pk__in=Line.objects.filter(account=asked.account).values("posting_id"))
    if key := _key_read(asked, after):
        value, pk = key
        before = Q(**{f"{asked.order}__lt": value}) | Q(**{asked.order: value, "pk__lt": pk})
        rows = rows.filter(before, **{f"{asked.order}__lte": value})  # The second is what an index can begin at.
    lines = Line.objects.filter(account=asked.account) if asked.account else Line.objects.all()
    found = list(
        rows.select_related("recovery", "owner", "by", "reverses")
        .prefetch_related(Prefetch("lines", lines.order_by("id"), to_attr="shown"))
        .order_by(f"-{asked.order}", "-pk")[: PAGE + 1]
    )
    more = len(found) > PAGE
    rows_shown = [(row, row.shown) for row in found[:PAGE]]  # type: ignore[attr-defined]
    return Page(rows_shown, _key(asked, found[PAGE - 1]) if more else None)


def _key(asked: Journal, row: Posting) -> str:
    return f"{getattr(row, asked.order).isoformat()}_{row.pk}"


def _key_read(asked: Journal, text: str) -> tuple[date | datetime, int] | None:
    """The key that `_key` wrote; None for anything else."""
    value, _mark, pk = text.partition("_")
    try:
        read: date | datetime = (date if asked.by == EFFECTIVE else datetime).fromisoformat(value)
        if isinstance(read, datetime) and read.tzinfo is None:
            return None
        return (read, int(pk)) if pk.isdecimal() and len(pk) <= 18 else None
    except ValueError:
        return None


def journal_totals(asked: Journal) -> list[Total]:
    """The sums by account; kept until something is posted. One statement, after the one that asks for that."""
    newest = Posting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    reach = "all" if sees_all_cases(asked.user) else asked.user.pk
    asks = (asked.first, asked.last, asked.by, asked.owner_id, asked.kind, asked.account)
    key = ":".join(map(str, ("journal", newest, reach, *asks)))
    return kept(key, KEPT, list[Total], lambda: _totals(asked))


def _totals(asked: Journal) -> list[Total]:
    money = Q(head="", account__in=ACCOUNTS, posting__recovery__isnull=False) & ~Q(posting__kind__in=TRANSFERS)
    rows = (
        asked.lines()
        .values("account")
        .annotate(debits=Sum("debit"), credits=Sum("credit"), came_in=Sum(F("debit") - F("credit"), filter=money))
        .order_by("account")
    )
    return [Total(row["account"], *(_money(row[name]) for name in ("debits", "credits", "came_in"))) for row in rows]


def _money(value: Any) -> Decimal:
    """A sum as drivers give it: None for no row, on SQLite a float."""
    return rounded(Decimal(str(value))) if value is not None else ZERO


def journal_lines(asked: Journal) -> Iterator[Line]:
    """All lines that are asked for, oldest first, with posting, case and client: read a piece at a time."""
    rows = asked.lines().select_related("posting__recovery", "posting__owner", "posting__by", "posting__reverses")
    return rows.order_by(f"posting__{asked.order}", "posting_id", "id").iterator(chunk_size=CHUNK)


def journal_postings(asked: Journal) -> Iterator[tuple[Posting, list[Line]]]:
    """All postings that are asked for, oldest first, each with its lines: read a piece at a time."""
    rows = Posting.objects.filter(asked.postings()).select_related("recovery", "owner", "by", "reverses")
    for row in rows.prefetch_related("lines").order_by(asked.order, "pk").iterator(chunk_size=CHUNK):
        yield row, [*row.lines.all()]


def journal_entries(asked: Journal) -> Iterator[Entry]:
    """All entries of what was recorded in a period, in their order, with those of cases that were deleted since.

    Who sees some cases sees those alone.
    """
    posted = (entry_of(list(lines)) for _pk, lines in groupby(journal_lines(asked), key=lambda line: line.posting_id))
    if not sees_all_cases(asked.user):
        return posted
    there, gone = (
        DepartedPosting.objects.filter(**{f"{name}__gte": asked.start, f"{name}__lt": asked.end})
        .order_by(name, "number")
        .iterator(chunk_size=CHUNK)
        for name in ("recorded_at", "deleted_at")
    )
    recorded = (entry_of_deleted(row, is_departure=False) for row in there)
    departed = (entry_of_deleted(row, is_departure=True) for row in gone)
    return merge(posted, recorded, departed, key=lambda entry: entry.place)
