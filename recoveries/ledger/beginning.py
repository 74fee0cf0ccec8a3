"""Cases that were filed before there was a ledger get theirs, from their records and with the moments of those.

Called when `migrate` has ended (`ledger.receivers`) and by `check_ledger --repair`, never by a migration: it reads the
tables as they are now. What has a balance has begun; so whoever was stopped goes on where it was.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from law.account.facts import ClaimKey, DebtHead, Facts, PaymentState, Transfer
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.logs import log_failure
from recoveries.ledger.balances import balance_of, balances_write
from recoveries.ledger.book import PAYMENT
from recoveries.ledger.drafting import Draft, Kind, differences, payment_draft, posted_in
from recoveries.ledger.gathering import Told, told_by_case, told_in, told_of, with_terms
from recoveries.ledger.laying import Lines, allocated, lines_of, lines_read
from recoveries.ledger.moving import Move, Moving, ledger_move, moving_of, names_of, payments_copied
from recoveries.ledger.posting import Source, drafts_write
from recoveries.ledger.rate_book import rates_held
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.records import Record, Records, records_by_case
from recoveries.models import Acompte, CaseBalance, Dette, Posting, Recovery
from recoveries.services.totals import totals_refresh

AT_ONCE = 200  # cases
DEBT = ("pk", "label", "date", "amount", "head", "comment")
PLAIN = {"transferred_to": None, "transferred_from": None}


class Begun(NamedTuple):
    """What became of some cases. `told`: sentences for ops about what was not as it should be; `failed`: ids."""

    cases: int
    told: list[str]
    failed: list[int]


def not_begun() -> QuerySet[Recovery]:
    """Cases without a ledger; those of which nothing is claimed among them."""
    return Recovery.objects.filter(balance=None).order_by("pk")


def ledgers_begin() -> Iterator[Begun]:
    """Begin the ledger of each case that has none, some at once, each set in one transaction."""
    after = 0
    while ids := list(not_begun().filter(pk__gt=after).values_list("pk", flat=True)[:AT_ONCE]):
        after = ids[-1]
        yield _set_begun(ids)


def _set_begun(ids: Sequence[int]) -> Begun:
    """A set; one by one when one of them fails, so that the others do not wait for it."""
    try:
        return Begun(len(ids), cases_begin(ids=ids), [])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(ids) == 1:
            log_failure(error)
            return Begun(0, [], list(ids))
    alone = [_set_begun([pk]) for pk in ids]
    return Begun(
        sum(one.cases for one in alone),
        [sentence for one in alone for sentence in one.told],
        [pk for one in alone for pk in one.failed],
    )


@transaction.atomic
@rates_held()
def cases_begin(*, ids: Collection[int]) -> list[str]:
    """Begin the ledgers of these cases, or go on with them; those that went to court before the case in court.

    Returns what ops should know. A number of statements that grows with the cases that went to court alone.
    """
    cases = with_terms(Recovery.objects.filter(pk__in=ids)).select_for_update(of=("self",)).order_by("pk")
    _begin(list(cases.filter(**PLAIN)))
    told = [sentence for case in cases.filter(transferred_to__isnull=False) for sentence in _pair_begin(case)]
    _begin(list(cases.filter(transferred_from__isnull=False, balance=None)))
    return told


# --- cases -----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Beginning:
    """A case and what is posted on it. `undone`: payments that were recorded and reversed before there was a ledger."""

    case: Recovery
    known: Told
    drafts: list[Draft] = field(default_factory=list)
    undone: list[Record] = field(default_factory=list)


def _begin(cases: Sequence[Recovery]) -> None:
    """Post what the records of these cases say and their ledgers do not, payments that were reversed too."""
    if not cases:
        return
    known, records = told_by_case(cases), records_by_case([case.pk for case in cases])
    begun = [drafted(case, known[case.pk], records[case.pk]) for case in cases]
    lines = lines_of(one.known.book for one in begun)
    balances = [laid(one, lines) for one in begun]
    _post(begun, lines)
    balances_write(balances)


def drafted(case: Recovery, known: Told, records: Records) -> Beginning:
    """What `records` say and what is `known` does not, payments that were reversed too."""
    drafts = differences(known.book, records)
    undone = [record for pk, record in records.payments.items() if record.reversed_at and pk not in known.book.paid]
    return Beginning(case, known, [*drafts, *map(payment_draft, undone)], undone)


def laid(one: Beginning, lines: Lines) -> CaseBalance:
    """Give the drafts their lines; returns the balance."""
    book = posted_in(one.known.book, one.drafts)
    for record in one.undone:
        book.paid[record.payment.id].is_reversed = True
    account = reckoned(told_in(one.known.facts, book), today())
    one.drafts = allocated(one.drafts, book, account, lines)
    return balance_of(one.case, account, today())


def _post(begun: Sequence[Beginning], lines: Lines) -> None:
    """Write the drafts, then what takes back the payments that were reversed."""
    drafts = [(one.case, draft) for one in begun for draft in one.drafts]
    rows = drafts_write(drafts, lines, by=None, source=Source.BEFORE, keeps_times=True)
    posted = {row.facts[PAYMENT]["id"]: row for row in rows if PAYMENT in row.facts}
    back = [(one.case, _taken_back(record, posted)) for one in begun for record in one.undone]
    lines = lines_read([draft.reverses for _case, draft in back if draft.reverses])
    drafts_write(back, lines, by=None, source=Source.BEFORE, keeps_times=True)


def _taken_back(record: Record, posted: Mapping[int, Posting]) -> Draft:
    return Draft(
        kind=Kind.REVERSAL,
        on=record.payment.on,
        facts={},
        reason=record.reason,
        reverses=posted[record.payment.id].pk,
        at=record.reversed_at,
    )


# --- cases that went to court ----------------------------------------------------------------------------------------
def _pair_begin(case: Recovery) -> list[str]:
    """Begin the ledger of a case and of the one in court in which it goes on; what was paid counts in the latter.

    Earlier transfers left payments behind: they are entered there now, as a transfer does. Returns what ops should
    know.
    """
    copy = with_terms(Recovery.objects).select_for_update(of=("self",)).get(transferred_from=case)
    _begin([case])
    if told_of(case).book.transfer:
        return []
    if Posting.objects.filter(recovery=copy).exists():
        return [f"{case}: the ledger of {copy} has begun without it: what was paid before is not counted there"]
    entered, move = _moved(case, copy)
    ledger_move(move, by=None, source=Source.BEFORE, at=copy.created_at)
    _begin([copy])
    if entered:
        totals_refresh(recovery_id=copy.pk)
        Recovery.objects.filter(pk=copy.pk).update(updated_at=copy.updated_at)  # Nobody changed the case.
    late = [one for one in move.book.paid.values() if one.payment.on > move.transfer.moved_on and not one.is_reversed]
    return [
        *(f"{case}: {amount} received before it went on as {copy}, now entered there too" for amount in entered),
        *(f"{case}: {one.payment.amount} received after it went on as {copy}: stays on {case}" for one in late),
    ]


def _moved(case: Recovery, copy: Recovery) -> tuple[list[Decimal], Move]:
    """The transfer as its records tell it, and what was received and had to be entered in the case in court."""
    book, facts = told_of(case)
    names = names_of(case.pk, copy.pk, debts=_debts_gone(case.pk, copy.pk))
    moved_on = copy.created_at.astimezone(PARIS).date()
    keys = frozenset(
        key
        for key, claim in book.claims.items()
        if claim.head != DebtHead.KEPT_BY_CREDITOR and (key in names.claims or key in _settled(facts, moved_on))
    )
    transfer = Transfer(moved_on=moved_on, reference=copy.recovery_reference, claims=keys)
    moving = moving_of(replace(facts, transfer=transfer), recorded=names.claims)
    moved = Acompte.objects.filter(recovery=copy, moved_from__recovery=case)
    there: dict[int, Decimal] = dict(moved.values_list("moved_from__id", "amount"))
    lost = _lost(moving, there)
    payments_copied(moving, names, lost, from_case=case.pk, to_case=copy.pk)
    names = names_of(case.pk, copy.pk, debts=_debts_gone(case.pk, copy.pk))
    moving = replace(moving, rest={**moving.rest, **there})
    return list(lost.values()), Move(case.pk, copy.pk, book, transfer, moving, names)


def _settled(facts: Facts, day: date) -> set[ClaimKey]:
    """Claims on which nothing was owed any more: they went along in the ledger alone."""
    account = reckoned(facts, day)
    if isinstance(account, RateMissing):
        return set()
    return {row.claim.key for row in account.claims if not any(row.left)}


def _lost(moving: Moving, there: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """By payment what the case in court should have had of it, and has no record of."""
    standing = (one.id for one in moving.facts.payments if one.state == PaymentState.RECEIVED)
    return {pk: rest for pk in standing if pk not in there and (rest := moving.rest.get(pk, NOTHING))}


def _debts_gone(from_case: int, to_case: int) -> dict[int, int]:
    """Debts by what they are copies of: alike in all that was copied, the oldest first."""
    copies: defaultdict[tuple, list[int]] = defaultdict(list)
    for pk, *alike in Dette.objects.entered().filter(recovery_id=to_case).order_by("id").values_list(*DEBT):
        copies[tuple(alike)].append(pk)
    debts = Dette.objects.standing().filter(recovery_id=from_case).order_by("id").values_list(*DEBT)
    return {pk: copies[key].pop(0) for pk, *alike in debts if copies[key := tuple(alike)]}
