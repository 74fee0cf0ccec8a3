"""The ledger held against what it follows: records, law, the kept balance. In sets and without locks, since nearly all
agrees; what seems to differ is looked at once more under its lock, because it may have changed meanwhile."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, Sum

from law.account.decompte import Decompte
from law.interest import RateMissing
from legalcity.lib.clock import today
from recoveries.ledger.balances import SUMS, balance_of, balance_terms
from recoveries.ledger.beginning import cases_begin
from recoveries.ledger.book import Book
from recoveries.ledger.drafting import differences
from recoveries.ledger.gathering import told_by_case, with_terms
from recoveries.ledger.laying import laid_anew, lines_of
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.ledger.posting_models import CaseBalance, Line
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.records import records_by_case
from recoveries.models import Recovery

AT_ONCE = 500  # cases
CENT = 0.005  # less is the rounding of a database that adds amounts up as binary fractions
COMPARED = (*SUMS, "is_provisional", "missing_on", "next_change")


class Finding(StrEnum):
    """What of a case differs."""

    RECORDS = "records that are not posted"
    MOVED = "a transfer that is not posted"
    LINES = "payments that met something else"
    BALANCE = "a wrong balance"
    UNBALANCED = "lines that do not add up"


Findings = frozenset[Finding]


def ledgers_checked(*, since: int = 0) -> Iterator[tuple[Sequence[int], list[int]]]:
    """Goes through all cases from the id `since` on: those that were compared, and those that seemed to differ."""
    after = since - 1
    while ids := list(Recovery.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield ids, [pk for pk, found in _findings(ids).items() if found]
        after = ids[-1]


def ledger_check(*, recovery_id: int, repair: bool) -> tuple[Findings, Findings]:
    """What of a case differs, told under its lock, and what still does after `repair`, which is no change of the case.

    Nothing that was posted is changed: more is posted. Lines that do not add up stay as they are.
    """
    with transaction.atomic():
        case = Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()
        if case is None:
            return Findings(), Findings()
        found = _findings([recovery_id])[recovery_id]
        if not (repair and found - {Finding.UNBALANCED}):
            return found, found
        _repair(case)
        Recovery.objects.filter(pk=recovery_id).update(updated_at=case.updated_at)
        return found, _findings([recovery_id])[recovery_id]


def _repair(case: Recovery) -> None:
    cases_begin(ids=[case.pk])
    ledger_follow(recovery_id=case.pk, by=None, source=Source.SYSTEM)


def _findings(ids: Collection[int]) -> dict[int, Findings]:
    """What of each of these cases differs. Nine statements."""
    cases, day = list(with_terms(Recovery.objects.filter(pk__in=ids))), today()
    told, records = told_by_case(cases), records_by_case(ids)
    balances, unbalanced = CaseBalance.objects.in_bulk(ids), _unbalanced(ids)
    lines = lines_of(one.book for one in told.values())

    def found(case: Recovery) -> Iterator[Finding]:
        book, facts = told[case.pk]
        account = reckoned(facts, day)
        if differences(book, records[case.pk]):
            yield Finding.RECORDS
        if case.transferred_to_id and book.transfer is None:
            yield Finding.MOVED
        if laid_anew(book, account, lines):
            yield Finding.LINES
        if _is_wrong(balances.get(case.pk), case, book, account, day):
            yield Finding.BALANCE
        if case.pk in unbalanced:
            yield Finding.UNBALANCED

    return {case.pk: frozenset(found(case)) for case in cases}


def _is_wrong(kept: CaseBalance | None, case: Recovery, book: Book, account: Decompte | RateMissing, day: date) -> bool:
    """A balance that the roll will reckon anew is not wrong; a case on which nothing was ever posted needs none."""
    if kept is None:
        return bool(book.claims)
    if kept.terms != balance_terms() or (kept.next_change and kept.next_change <= day):
        return False
    real = balance_of(case, account, day)
    return any(getattr(kept, name) != getattr(real, name) for name in COMPARED)


def _unbalanced(ids: Collection[int]) -> set[int]:
    """Cases with a posting whose lines do not add up."""
    sums = Line.objects.filter(posting__recovery_id__in=ids).order_by().values("posting_id", "posting__recovery_id")
    off = sums.annotate(off=Sum("debit") - Sum("credit")).filter(Q(off__gt=CENT) | Q(off__lt=-CENT))
    return set(off.values_list("posting__recovery_id", flat=True))
