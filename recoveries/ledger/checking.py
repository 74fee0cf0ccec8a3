"""The ledger held against what it follows: records, law, the kept balance. In sets and without locks, since nearly all
agrees; what seems to differ is looked at once more under its lock, because it may have changed meanwhile."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.db.models import F, Q, Sum

from law.account.decompte import Decompte
from law.account.facts import ClaimKey, ClaimKind, Head
from law.account.lines import LedgerAccount
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.money import rounded
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
    ACCOUNTS = "lines that say something else than the account"
    UNBALANCED = "lines that do not add up"


Findings = frozenset[Finding]
Sums = dict[ClaimKey | None, Decimal]


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
    """What of each of these cases differs. Ten statements."""
    cases, day = list(with_terms(Recovery.objects.filter(pk__in=ids))), today()
    told, records = told_by_case(cases), records_by_case(ids)
    balances, unbalanced = CaseBalance.objects.in_bulk(ids), _unbalanced(ids)
    lines, sums = lines_of(one.book for one in told.values()), _sums(ids)

    def found(case: Recovery) -> Iterator[Finding]:
        book, facts = told[case.pk]
        account = reckoned(facts, day)
        if differences(book, records[case.pk]):
            yield Finding.RECORDS
        if case.transferred_to_id and book.transfer is None:
            yield Finding.MOVED
        if laid_anew(book, account, lines):
            yield Finding.LINES
        elif _owe_otherwise(sums[case.pk], book, account):
            yield Finding.ACCOUNTS
        if _is_wrong(balances.get(case.pk), case, account, day):
            yield Finding.BALANCE
        if case.pk in unbalanced:
            yield Finding.UNBALANCED

    return {case.pk: frozenset(found(case)) for case in cases}


def _is_wrong(kept: CaseBalance | None, case: Recovery, account: Decompte | RateMissing, day: date) -> bool:
    """A case without a balance is in no list that is sorted by it; one that the roll will reckon anew is not wrong."""
    if kept is None:
        return True
    if kept.terms != balance_terms() or (kept.next_change and kept.next_change <= day):
        return False
    real = balance_of(case, account, day)
    return any(getattr(kept, name) != getattr(real, name) for name in COMPARED)


def _sums(ids: Collection[int]) -> Mapping[int, Sums]:
    """What the lines of these cases say is owed of each claim's principal, and (None) what is over; EUR, by case."""
    found: defaultdict[int, Sums] = defaultdict(dict)
    owed = Q(account=LedgerAccount.DEBTOR, head__in=(Head.PRINCIPAL, Head.COST)) | Q(account=LedgerAccount.SUSPENSE)
    lines = Line.objects.filter(owed, posting__recovery_id__in=ids).order_by()
    rows = lines.values_list("posting__recovery_id", "claim_kind", "claim_id").annotate(
        net=Sum(F("debit") - F("credit"))
    )
    for pk, kind, claim_id, net in rows:
        key = (ClaimKind(kind), claim_id) if claim_id is not None else None
        found[pk][key] = rounded(Decimal(str(net)))
    return found


def _owe_otherwise(sums: Sums, book: Book, account: Decompte | RateMissing) -> bool:
    """Whether lines and account differ in what is left of the principal of a claim, or in what is over.

    What an order did not grant is given up by law and is no posting. Of claims that went on or do not count (yet),
    while a rate is missing, and where nobody wrote down what stayed behind, nothing is said.
    """
    if isinstance(account, RateMissing) or (book.transfer and book.transfer.stays is None):
        return False
    left: Sums = {row.claim.key: row.left.principal + row.left.cost for row in account.claims}
    left |= {row.claim.key: row.principal for row in account.not_due}
    left = {key: amount + account.denied.get(key, NOTHING) for key, amount in left.items() if key}
    said = {key: amount for key, amount in sums.items() if key not in book.claims or key in left}
    left[None] = -account.surplus
    return any(said.get(key, NOTHING) != left.get(key, NOTHING) for key in said.keys() | left.keys())


def _unbalanced(ids: Collection[int]) -> set[int]:
    """Cases with a posting whose lines do not add up."""
    sums = Line.objects.filter(posting__recovery_id__in=ids).order_by().values("posting_id", "posting__recovery_id")
    off = sums.annotate(off=Sum("debit") - Sum("credit")).filter(Q(off__gt=CENT) | Q(off__lt=-CENT))
    return set(off.values_list("posting__recovery_id", flat=True))
