"""What is over stays over when the client asks for more: payments recorded before do not meet that part of it.

A debtor was told, or could be, that this money is his: a client's call is no act of staff. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from law.account.facts import Claim, ClaimKey, Head, NotMet, Payment, Refund
from law.account.lines import LedgerAccount, Line
from law.account.opening import due_day
from law.interest import NOTHING
from recoveries.ledger.book import CLAIMS, NOT_MET, Book, not_met_told
from recoveries.ledger.drafting import Draft, Kind
from recoveries.ledger.kept_facts import read

Lines = Mapping[int, Sequence[Line]]


class Before:
    """What payments had met, by the lines of their postings, and what was over of all of them, EUR."""

    def __init__(self, book: Book, lines: Lines, refunds: Iterable[Refund]) -> None:
        self.payments = [one.payment for one in book.paid.values() if one.posting_id > 0 and not one.is_reversed]
        self.met: defaultdict[tuple[int, ClaimKey | None, Head | None], Decimal] = defaultdict(Decimal)
        self.over = -sum((one.amount for one in refunds), NOTHING)
        for payment in self.payments:
            for line in lines[book.paid[payment.id].posting_id]:
                if line.account == LedgerAccount.SUSPENSE:
                    self.over += line.credit - line.debit
                elif line.account == LedgerAccount.DEBTOR:
                    self.met[payment.id, line.claim, line.head] += line.credit - line.debit

    def met_of(self, payments: Iterable[int], claim: ClaimKey | None, head: Head) -> Decimal:
        """What these payments had met of a claim under a head."""
        return sum((self.met.get((pk, claim, head), NOTHING) for pk in payments), NOTHING)


def asks_for_more(drafts: Iterable[Draft]) -> bool:
    """Whether claims are among them."""
    return any(CLAIMS in draft.facts for draft in drafts)


def claims_not_met(book: Book, drafts: Sequence[Draft], before: Before) -> tuple[NotMet, ...]:
    """What is not met of the claims of `drafts` (entered in `book`): what was not asked when the payment came."""
    asked = [read(Claim, told) for draft in drafts for told in draft.facts.get(CLAIMS, ())]
    since = book.turn - len(drafts)
    return tuple(row for claim in asked if claim.key in book.claims for row in _of_claim(book, claim, before, since))


def terms_not_met(book: Book, _drafts: Sequence[Draft], before: Before) -> tuple[NotMet, ...]:
    """What is not met of interest, indemnity and penalty, whatever they come to: all beyond what was."""
    every = frozenset(payment.id for payment in before.payments)
    return tuple(row for key in (*book.claims, None) for row in _of_terms(book, key, every, before))


def lifted(book: Book, drafts: Iterable[Draft]) -> tuple[NotMet, ...]:
    """What is still not met once staff told claims themselves: those are met as if they had always been so."""
    told = {read(Claim, told).key for draft in drafts for told in draft.facts.get(CLAIMS, ())}
    return tuple(one for one in book.not_met if one.claim not in told)


def with_not_met(drafts: Sequence[Draft], rows: Sequence[NotMet], day: date) -> list[Draft]:
    """`drafts`, the first claims among them with all that is not met; a posting of its own where there are none."""
    told = {NOT_MET: not_met_told(rows)}
    first = next((draft for draft in drafts if CLAIMS in draft.facts), None)
    if first is None:
        return [*drafts, Draft(kind=Kind.CLAIM_CHANGE, on=day, facts={CLAIMS: [], **told})]
    fresh = replace(first, facts={**first.facts, **told})
    return [fresh if draft is first else draft for draft in drafts]


def _of_claim(book: Book, claim: Claim, before: Before, since: int) -> Iterator[NotMet]:
    """What goes beyond what each payment found asked; nothing where a claim is corrected back to that.

    A payment that is held on the claim already, by whatever name it had, is held there as it was.
    """
    known = [(turn, one) for turn, one in _known(book, claim) if turn <= since]
    keys = {one.key for _turn, one in known}
    held = [one for one in book.not_met if one.claim in keys and one.asked is not None]
    here = {pk for one in held if one.claim == claim.key for pk in one.payments}
    as_was = {pk: one.asked for one in held if one.asked is not None for pk in one.payments}
    groups: defaultdict[Decimal, list[int]] = defaultdict(list)
    for payment in before.payments:
        found = list(_found(known, payment, book.came[payment.id]))
        asked = as_was.get(payment.id, max((one.principal for one in found), default=NOTHING))
        as_due = any(due_day(one) <= due_day(claim) for one in found)
        if payment.id not in here and (payment.id in as_was or not (as_due and claim.principal <= asked)):
            groups[asked].append(payment.id)
    for asked, payments in groups.items():
        parts = {name: before.met_of(payments, claim.key, Head(name)) for name in ("interest", "indemnity")}
        yield NotMet(claim=claim.key, payments=frozenset(payments), asked=asked, **parts)


def _known(book: Book, claim: Claim) -> list[tuple[int, Claim]]:
    """The claim as it was told before the drafts, in its turns; also as one of its number that was deleted."""
    standing = {(one.kind, one.number) for _turn, one in book.told if one.key in book.claims and one.key != claim.key}
    return [
        (turn, one)
        for turn, one in book.told
        if one.key == claim.key
        or ((one.kind, one.number) == (claim.kind, claim.number) and (one.kind, one.number) not in standing)
    ]


def _found(known: Sequence[tuple[int, Claim]], payment: Payment, came: int) -> Iterator[Claim]:
    """What a payment could have met when it was recorded or later, of what was asked before today's change."""
    earlier = [one for turn, one in known if turn <= came]
    for one in (*earlier[-1:], *(one for turn, one in known if turn > came)):
        if one.principal and one.issued_on <= payment.on:
            yield one


def _of_terms(book: Book, key: ClaimKey | None, every: frozenset[int], before: Before) -> Iterator[NotMet]:
    held = [one for one in book.not_met if one.claim == key and (one.interest is not None or key is None)]
    free = every.difference(*(one.payments for one in held))
    if not free:
        return
    if key is None:
        yield NotMet(claim=None, payments=free, asked=before.met_of(free, None, Head.PENALTY))
    else:
        parts = {name: before.met_of(free, key, Head(name)) for name in ("interest", "indemnity")}
        yield NotMet(claim=key, payments=free, **parts)
