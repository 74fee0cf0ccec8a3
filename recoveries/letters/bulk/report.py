"""What a bulk sending comes to, for who looks at it: counts, reasons in words with their cases, cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from accounts.models import User
from legalcity.lib.errors import Sentence
from recoveries.letters.bulk.reviewing import OTHER
from recoveries.letters.bulk.services import Result, Verdict
from recoveries.letters.scenarios.report import REASONS
from recoveries.letters.verdicts import Told, in_language
from recoveries.models import Mailing, MailingCase


class Group(NamedTuple):
    """Cases with one reason: what it is in words, and by which words of the address its cases are shown."""

    outcome: str
    why: str
    label: Sentence
    cases: int


class Summary(NamedTuple):
    """How many, by verdict, by result, and by how they stand now; why not; what those that leave now cost (EUR)."""

    total: int
    verdicts: Mapping[str, int]
    results: Mapping[str, int]
    outcomes: Sequence[tuple[str, int]]
    groups: Sequence[Group]
    cost: Decimal


def cases_of(mailing: Mailing, viewer: User) -> QuerySet[MailingCase]:
    """The cases of a sending that somebody sees."""
    return MailingCase.objects.in_reach_of(viewer).filter(mailing=mailing)


def summary_of(mailing: Mailing, viewer: User) -> Summary:
    """What there is to say of a sending that was reviewed, or is done."""
    rows = list(cases_of(mailing, viewer).values_list("verdict", "result", "reasons"))
    counts = Counter((outcome_of(verdict, result), *one) for verdict, result, kept in rows for one in _whys(kept))
    groups = [Group(outcome, why, label, count) for (outcome, why, label), count in counts.most_common()]
    standing = Counter(outcome_of(verdict, result) for verdict, result, _kept in rows)
    order = [*Verdict.values, *Result.values]
    cost = cases_of(mailing, viewer).filter(verdict=Verdict.SEND).aggregate(sum=Sum("cost"))["sum"]
    return Summary(
        total=len(rows),
        verdicts=Counter(verdict for verdict, _result, _kept in rows),
        results=Counter(result for _verdict, result, _kept in rows),
        outcomes=sorted(standing.items(), key=lambda one: order.index(one[0])),
        groups=sorted(groups, key=lambda group: order.index(group.outcome)),
        cost=cost or Decimal(0),
    )


def outcome_of(verdict: str, result: str) -> str:
    """How a case stands: what became of it, else what was said of it."""
    return result or verdict


def cases_shown(mailing: Mailing, viewer: User, *, outcome: str, why: str) -> QuerySet[MailingCase]:
    """The cases that stand like this (`outcome`), for one reason (`why`) or any."""
    cases = cases_of(mailing, viewer).select_related("recovery", "message")
    cases = cases.filter(result=outcome) if outcome in Result.values else cases.filter(result="", verdict=outcome)
    if not why:
        return cases
    ids = [pk for pk, kept in cases.values_list("pk", "reasons") if why in {one for one, _label in _whys(kept)}]
    return cases.filter(pk__in=ids)


def sentences_of(row: MailingCase) -> list[str]:
    """What speaks against a case, in the reader's language."""
    return [str(Told(in_language(one), one["article"])) for one in row.reasons]


def _whys(kept: Sequence[Mapping[str, str]]) -> set[tuple[str, str]]:
    """The reasons of a case, each once with its words: the row of the table, or a sentence where it is none."""
    return {_why(one) for one in kept}


def _why(one: Mapping[str, str]) -> tuple[str, str]:
    if one["code"] == OTHER:
        return in_language(one), in_language(one)
    return one["code"], str(REASONS.get(one["code"], one["code"]))
