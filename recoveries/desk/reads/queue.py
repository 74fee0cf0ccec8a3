"""The queue *À traiter*: cases that are due, in the order of what is lost by waiting, each with why it is there.

First what the law takes away, the soonest first; then whoever waits for an answer of ours; then money, by how much is
owed for how long. It is bounded: nobody works off more than MOST cases, and who does finds the next ones at the next
look. Who looks at all handlers' cases sees the largest claims among those that are due.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from law.deadlines import Kind, told
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.agenda.follow_ups import follow_up_sentence
from recoveries.desk.reads import work
from recoveries.models import CaseBalance, Recovery
from recoveries.models.handling import without_handler

MOST = 200
FREE = 10  # cases of nobody that are offered to be taken
CANDIDATES = 2_000  # the largest claims that are due, among which time decides
SHOWN = ("pk", "recovery_reference", "debtor_company", "debtor_name", "recovery_due_date")

Cases = QuerySet[Recovery]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A case of the queue: `owed` in EUR (None where it is not known), `on` the day that it is due by, `why`."""

    pk: int
    reference: str
    debtor: str
    owed: Decimal | None
    on: date
    why: Sentence
    tone: str


def queue(user: User, *, mine: bool, day: date) -> list[Due]:
    """The cases that have a handler and are due on `day`, MOST at most. `mine`: of `user` alone."""
    cases = work.open_cases(work.cases_in_scope(user, mine=mine)).filter(~without_handler())
    found: dict[int, Due] = {}
    for part in (_by_law(cases, day), _unanswered(cases), _by_money(cases, day)):
        for due in part:
            found.setdefault(due.pk, due)
            if len(found) == MOST:
                return list(found.values())
    return list(found.values())


def queue_ids(user: User, *, mine: bool, day: date) -> Sequence[int]:
    """The same by their ids."""
    return [due.pk for due in queue(user, mine=mine, day=day)]


def free_cases(user: User, *, day: date) -> list[Due]:
    """Cases that nobody handles, the oldest debt first, FREE at most."""
    cases = work.unassigned(Recovery.objects.in_reach_of(user)).order_by("recovery_due_date", "pk")
    rows = cases.values(*SHOWN, owed=_owed())[:FREE]
    return [_due(row, row["recovery_due_date"] or day, _("Nobody handles it."), "wait") for row in rows]


def _by_law(cases: Cases, day: date) -> Iterator[Due]:
    near = cases.filter(next_deadline__lte=day + timedelta(days=work.SOON)).exclude(work.put_off(day))
    rows = near.order_by("next_deadline", "pk").values(*SHOWN, "next_deadline", "next_deadline_code", owed=_owed())
    for row in rows[:MOST]:
        tone = "bad" if row["next_deadline"] <= day else "wait"
        yield _due(row, row["next_deadline"], told(Kind(row["next_deadline_code"])), tone)


def _unanswered(cases: Cases) -> Iterator[Due]:
    """On which somebody outside the firm has written something that nobody has read, the longest ago first."""
    waiting = work.unread_comments().values("recovery_id").annotate(since=Min("created_at"))
    since = Subquery(waiting.filter(recovery_id=OuterRef("pk")).values("since")[:1])
    unread = cases.filter(pk__in=work.unread_comments().values("recovery_id")).annotate(since=since)
    for row in unread.order_by("since", "pk").values(*SHOWN, "since", owed=_owed())[:MOST]:
        yield _due(row, row["since"].astimezone(PARIS).date(), _("A comment waits to be read."), "info")


def _by_money(cases: Cases, day: date) -> Iterator[Due]:
    """What is due to be followed up, by what is owed times how long."""
    due = cases.filter(follow_up__on__lte=day).annotate(at_stake=Coalesce("balance__due", Decimal()))
    reason = {"why": F("follow_up__reason"), "facts": F("follow_up__facts"), "on": F("follow_up__on")}
    rows = due.order_by("-at_stake", "pk").values(*SHOWN, "at_stake", owed=_owed(), **reason)[:CANDIDATES]
    for row in sorted(rows, key=lambda row: (-_stake(row, day), row["on"], row["pk"])):
        yield _due(row, row["on"], follow_up_sentence(row["why"], row["facts"]), "")


def _stake(row: dict[str, Any], day: date) -> Decimal:
    owed: Decimal = row["at_stake"]
    late: int = max((day - row["recovery_due_date"]).days, 1)
    return owed * late


def _owed() -> Subquery:
    """Looked up for the rows that are read: joined, it would be for all that are sorted."""
    return Subquery(CaseBalance.objects.filter(pk=OuterRef("pk")).values("due")[:1])


def _due(row: dict[str, Any], on: date, why: Sentence, tone: str) -> Due:
    return Due(
        pk=row["pk"],
        reference=row["recovery_reference"],
        debtor=row["debtor_company"] or row["debtor_name"],
        owed=row["owed"],
        on=on,
        why=why,
        tone=tone,
    )
