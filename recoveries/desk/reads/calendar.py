"""Days that matter on cases: legal dates, hearings, days to look again. Page and feed of the calendar ask here.

A case keeps its soonest legal date. What comes after that is reckoned for procedures that run, as their page does it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from law.deadlines import LABELS, Kind
from legalcity.lib.errors import Sentence
from recoveries.agenda.follow_ups import follow_up_sentence
from recoveries.desk.reads import work
from recoveries.models import Recovery
from recoveries.selectors.deadlines import deadlines_by_case, with_clocks

MOST = 500  # entries of a kind
PROCEDURES = 200  # that are reckoned

HEARING = _("Hearing")
SHOWN = ("pk", "recovery_reference", "customer_company", "debtor_company", "debtor_name")

Cases = QuerySet[Recovery]
Row = TypeVar("Row")


class What(StrEnum):
    """What a day is about."""

    LEGAL = "legal"
    HEARING = "hearing"
    FOLLOW_UP = "follow-up"


IN_A_DAY = {what: place for place, what in enumerate(What)}  # what the law takes away comes first


class Entry(NamedTuple):
    """A day of a case. `code`: which legal date (law.deadlines.Kind), or why it comes up; `facts` of the latter."""

    day: date
    what: What
    code: str
    case_id: int
    reference: str
    creditor: str
    debtor: str
    article: str = ""
    facts: Any = None

    @property
    def sentence(self) -> Sentence:
        """What is on that day, in the language of who reads; nobody is named."""
        if self.what == What.LEGAL:
            return LABELS[Kind(self.code)]
        return HEARING if self.what == What.HEARING else follow_up_sentence(self.code, self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose days: of the cases that `user` sees, `mine` alone, of a handler or a client by id; of which kinds."""

    user: User
    first: date
    last: date
    mine: bool = False
    handler_id: int | None = None
    client_id: int | None = None
    kinds: frozenset[What] = frozenset(What)


class Found(NamedTuple):
    """The entries by day; `is_cut`: a limit left some out, MOST of a kind or PROCEDURES in court."""

    entries: list[Entry]
    is_cut: bool


def entries_of(asked: Asked) -> Found:
    """The days that are asked for, of open cases, in their order. Three statements for each kind at most."""
    cases = _cases(asked)
    parts = [part for what in What if what in asked.kinds for part in READERS[what](cases, asked)]
    found = {(one.day, IN_A_DAY[one.what], one.case_id, one.code): one for part in parts for one in part.entries}
    return Found([found[key] for key in sorted(found)], any(part.is_cut for part in parts))


def _cases(asked: Asked) -> Cases:
    cases = work.open_cases(Recovery.objects.in_reach_of(asked.user))
    if asked.mine:
        cases = cases.filter(user_id=asked.user.pk)
    chosen = {"user_id": asked.handler_id, "owner_id": asked.client_id}
    return cases.filter(**{column: value for column, value in chosen.items() if value is not None})


def _legal(cases: Cases, asked: Asked) -> Iterator[Found]:
    soonest = cases.filter(next_deadline__range=(asked.first, asked.last)).order_by("next_deadline", "pk")
    columns = {"day": F("next_deadline"), "code": F("next_deadline_code"), "article": F("next_deadline_article")}
    yield _read(What.LEGAL, soonest.values(*SHOWN, **columns))
    yield _legal_later(cases, asked)


def _legal_later(cases: Cases, asked: Asked) -> Found:
    """What comes after the soonest date, on cases in court: those that are nearest to it."""
    running = cases.filter(injunction__isnull=False, injunction__ended_on=None, next_deadline__lte=asked.last).order_by(
        "-next_deadline", "-pk"
    )
    found, is_cut = _first(with_clocks(running), PROCEDURES)
    later = deadlines_by_case(found, asked.first)
    entries = []
    for case in found:
        for deadline in later[case.pk]:
            if asked.first <= deadline.date <= asked.last:
                values = {name: getattr(case, name) for name in SHOWN}
                told = {"day": deadline.date, "code": deadline.kind.value, "article": deadline.article}
                entries.append(_entry(What.LEGAL, values | told))
    return Found(entries, is_cut)


def _hearings(cases: Cases, asked: Asked) -> Iterator[Found]:
    held = cases.filter(injunction__hearing_on__range=(asked.first, asked.last), injunction__ended_on=None)
    rows = held.order_by("injunction__hearing_on", "pk").values(*SHOWN, day=F("injunction__hearing_on"))
    yield _read(What.HEARING, rows)


def _follow_ups(cases: Cases, asked: Asked) -> Iterator[Found]:
    due = cases.filter(follow_up__on__range=(asked.first, asked.last)).order_by("follow_up__on", "pk")
    columns = {"day": F("follow_up__on"), "code": F("follow_up__reason"), "facts": F("follow_up__facts")}
    yield _read(What.FOLLOW_UP, due.values(*SHOWN, **columns))


def _read(what: What, rows: QuerySet[Recovery, dict[str, Any]]) -> Found:
    found, is_cut = _first(rows, MOST)
    return Found([_entry(what, row) for row in found], is_cut)


def _first(rows: QuerySet[Recovery, Row], most: int) -> tuple[list[Row], bool]:
    """The first `most`, and whether there are more: one more is read than is kept."""
    found = list(rows[: most + 1])
    return found[:most], len(found) > most


def _entry(what: What, row: dict[str, Any]) -> Entry:
    return Entry(
        day=row["day"],
        what=what,
        code=row.get("code", ""),
        case_id=row["pk"],
        reference=row["recovery_reference"],
        creditor=row["customer_company"],
        debtor=row["debtor_company"] or row["debtor_name"],
        article=row.get("article", ""),
        facts=row.get("facts"),
    )


READERS: dict[What, Callable[[Cases, Asked], Iterator[Found]]] = {
    What.LEGAL: _legal,
    What.HEARING: _hearings,
    What.FOLLOW_UP: _follow_ups,
}
