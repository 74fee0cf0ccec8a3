"""The book of a case: what its postings say happened, as of any day. Pure: postings in, facts out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from law.account.facts import (
    Claim,
    ClaimKey,
    ClaimKind,
    CreditNote,
    NotMet,
    Payment,
    PaymentState,
    PenaltyClause,
    Refund,
    Stay,
    Transfer,
    Waiver,
)
from law.interest import NOTHING
from recoveries.ledger.kept_facts import claim_key_read, claim_key_told, read

CLAIMS, PAYMENT, CREDIT_NOTE, WAIVER, REFUND = "claims", "payment", "credit_note", "waiver", "refund"
TRANSFER, PENALTY, REST, STAYS, NAMES = "transfer", "penalty", "rest", "stays", "names"
RENAMED = "renamed"  # Of claims that came along settled: what they are called since they have rows of their own
NOT_MET = "not_met"  # All that payments of before do not meet, as of the posting
TOLD_BY = "told_by"  # Of a credit note that came along: through which door it was recorded there
FIRST = "first"  # Of a credit note or waiver that is laid anew: the posting that had it first


class Entry(NamedTuple):
    """A posting as the book reads it."""

    id: int
    recovery_id: int
    kind: str
    effective_on: date
    recorded_at: datetime
    reverses_id: int | None
    facts: dict[str, Any]


@dataclass(slots=True)
class Paid:
    """A payment of the book, the posting that has it now, and how much of it its own record (`acompte`) has.

    A payment that came along with its case may have met claims that were settled before: its record has what was left.
    `is_direct`: the creditor received it.
    """

    payment: Payment
    posting_id: int
    rest: Decimal
    is_direct: bool
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What the records that went along are called in the other case; those that have none keep their name."""

    claims: Mapping[ClaimKey, ClaimKey]
    payments: Mapping[int, int]

    def claim(self, key: ClaimKey | None) -> ClaimKey | None:
        """The claim in the other case."""
        return self.claims.get(key, key) if key else None

    @property
    def back(self) -> "Names":
        """What the records of the other case are called in this one."""
        return Names(
            {there: here for here, there in self.claims.items()},
            {there: here for here, there in self.payments.items()},
        )


@dataclass(slots=True)
class Book:
    """What a case's postings say.

    `carried`: claims that came along settled, which have no record of their own; `renamed`: what such were called,
    before they had one, and are called since. Credit notes, waivers and refunds by
    the postings that had them first; `laid` names the posting that has a credit note or waiver now. `paid` by the
    payment. `names`: after a transfer, what went along is called so in the other case.
    `told`: each claim whenever it was told, with the turn of its posting; `came`: the turn in which a payment came.
    """

    claims: dict[ClaimKey, Claim] = field(default_factory=dict)
    carried: set[ClaimKey] = field(default_factory=set)
    renamed: dict[ClaimKey, ClaimKey] = field(default_factory=dict)
    paid: dict[int, Paid] = field(default_factory=dict)
    credit_notes: dict[int, CreditNote] = field(default_factory=dict)
    waivers: dict[int, Waiver] = field(default_factory=dict)
    refunds: dict[int, Refund] = field(default_factory=dict)
    laid: dict[int, int] = field(default_factory=dict)
    not_met: tuple[NotMet, ...] = ()
    turn: int = 0
    told: list[tuple[int, Claim]] = field(default_factory=list)
    came: dict[int, int] = field(default_factory=dict)
    transfer: Transfer | None = None
    names: Names | None = None
    penalty: PenaltyClause | None = None
    is_penalty_told: bool = False

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Every payment with its state."""
        given_back = {refund.payment_id for refund in self.refunds.values()}
        return tuple(_stated(one, given_back) for one in self.paid.values())

    def enter(self, row: Entry, *, is_reversed: bool = False) -> None:
        """Write what a posting tells into the book. Of one that was reversed only a payment is told, as reversed."""
        self.turn += 1
        if PAYMENT in row.facts:
            self._enter_payment(row, is_reversed)
        if is_reversed:
            return
        for told in row.facts.get(CLAIMS, ()):
            self._enter_claim(read(Claim, told), is_carried=told.get("carried", False))
        for name, enter in _ENTER.items():
            if name in row.facts:
                enter(self, row.facts[name], row.id)

    def take_back(self, posting_id: int) -> None:
        """What the posting told is no longer so."""
        for paid in self.paid.values():
            if paid.posting_id == posting_id:
                paid.is_reversed = True
        first = next((first for first, posting in self.laid.items() if posting == posting_id), posting_id)
        for told in (self.credit_notes, self.waivers, self.refunds, self.laid):
            told.pop(first, None)

    def laid_by(self, told: Mapping[str, Any], posting_id: int) -> int:
        """The id of a credit note or waiver: that of the posting that had it first, which one laid anew names."""
        first = int(told.get(FIRST, posting_id))
        self.laid[first] = posting_id
        return first

    def rename(self, old: ClaimKey, new: ClaimKey) -> None:
        """A claim that came along settled has a record now: all that names it names that."""
        self.renamed[old] = new
        self.carried.discard(old)
        self.claims.pop(old, None)
        for paid in self.paid.values():
            if old == (ClaimKind.INVOICE, paid.payment.invoice_id):
                paid.payment = replace(paid.payment, invoice_id=new[1])
        for first, note in self.credit_notes.items():
            self.credit_notes[first] = replace(note, claim=self.renamed.get(note.claim, note.claim))
        for first, waiver in self.waivers.items():
            claim = self.renamed.get(waiver.claim, waiver.claim) if waiver.claim else None
            self.waivers[first] = replace(waiver, claim=claim)
        self.not_met = tuple(replace(one, claim=new) if one.claim == old else one for one in self.not_met)

    def _enter_payment(self, row: Entry, is_reversed: bool) -> None:
        told = row.facts[PAYMENT]
        payment = read(Payment, told)
        rest = Decimal(told.get(REST, payment.amount))
        self.came.setdefault(payment.id, self.turn)
        self.paid[payment.id] = Paid(payment, row.id, rest, bool(told.get("direct")), is_reversed)

    def _enter_claim(self, claim: Claim, *, is_carried: bool) -> None:
        """A claim as it was told last; one of nothing is none any more."""
        self.told.append((self.turn, claim))
        if claim.amount == NOTHING:
            self.claims.pop(claim.key, None)
            return
        self.claims[claim.key] = claim
        if is_carried:
            self.carried.add(claim.key)


def book_of(entries: Iterable[Entry]) -> Book:
    """The book of one case from its postings, in the order in which they were recorded."""
    book, rows = Book(), list(entries)
    reversed_ids = {row.reverses_id for row in rows if row.reverses_id}
    for row in rows:
        book.enter(row, is_reversed=row.id in reversed_ids)
    return book


def _stated(one: Paid, given_back: set[int]) -> Payment:
    if one.is_reversed:
        state = PaymentState.REVERSED
    elif one.payment.id in given_back:
        state = PaymentState.REFUNDED
    else:
        return one.payment
    return replace(one.payment, state=state)


def is_gone(book: Book, facts: dict[str, Any]) -> bool:
    """Whether the credit note, waiver or refund that a posting tells went along to another case."""
    transfer = book.transfer
    if transfer is None:
        return False
    if REFUND in facts:
        return read(Refund, facts[REFUND]) in transfer.refunds
    claim = claim_key_read((facts.get(CREDIT_NOTE) or facts[WAIVER]).get("claim"))
    return claim in transfer.claims if claim else transfer.penalty is None


def names_told(names: Names) -> dict[str, Any]:
    """Names as JSON values."""
    claims = [[claim_key_told(here), claim_key_told(there)] for here, there in sorted(names.claims.items())]
    return {CLAIMS: claims, "payments": sorted([here, there] for here, there in names.payments.items())}


def names_read(told: dict[str, Any]) -> Names:
    """The names that `names_told` told."""
    claims = [(claim_key_read(here), claim_key_read(there)) for here, there in told[CLAIMS]]
    return Names({here: there for here, there in claims if here and there}, dict(told["payments"]))


def penalty_told(clause: PenaltyClause | None) -> dict[str, str] | None:
    """A clause as JSON values, None for none."""
    if clause is None:
        return None
    return {name: str(value) for name in ("amount", "percent") if (value := getattr(clause, name)) is not None}


def _penalty(told: dict[str, str] | None) -> PenaltyClause | None:
    """The clause that `penalty_told` told."""
    if told is None:
        return None
    return PenaltyClause(**{name: Decimal(told[name]) for name in ("amount", "percent") if name in told})


def not_met_told(rows: Iterable[NotMet]) -> list[dict[str, Any]]:
    """What payments do not meet as JSON values."""
    return [
        {
            "claim": claim_key_told(one.claim) if one.claim else None,
            "payments": sorted(one.payments),
            **{name: str(value) for name in _LIMITS if (value := getattr(one, name)) is not None},
        }
        for one in rows
    ]


_LIMITS = ("asked", "interest", "indemnity")


def _tell_renamed(book: Book, told: Any, _posting_id: int) -> None:
    for old, new in told:
        if (here := claim_key_read(old)) and (there := claim_key_read(new)):
            book.rename(here, there)


def _tell_not_met(book: Book, told: Any, _posting_id: int) -> None:
    book.not_met = tuple(
        NotMet(
            claim=claim_key_read(one["claim"]),
            payments=frozenset(one["payments"]),
            **{name: Decimal(one[name]) for name in _LIMITS if name in one},
        )
        for one in told
    )


def _tell_penalty(book: Book, told: Any, _posting_id: int) -> None:
    book.penalty, book.is_penalty_told = _penalty(told), True


def _tell_transfer(book: Book, told: Any, _posting_id: int) -> None:
    stays = [Stay(pk, Decimal(amount), invoice_id) for pk, amount, invoice_id in told.get(STAYS, ())]
    book.transfer = Transfer(
        moved_on=date.fromisoformat(told["moved_on"]),
        reference=told["reference"],
        claims=frozenset(key for each in told[CLAIMS] if (key := claim_key_read(each))),
        stays=tuple(stays) if STAYS in told else None,
        penalty=_penalty(told.get(PENALTY)),
        payments=frozenset(book.paid),
        refunds=tuple(book.refunds.values()),
    )
    book.names = names_read(told[NAMES]) if NAMES in told else None


def _tell_credit_note(book: Book, told: Any, posting_id: int) -> None:
    first = book.laid_by(told, posting_id)
    book.credit_notes[first] = read(CreditNote, told, id=first)


def _tell_waiver(book: Book, told: Any, posting_id: int) -> None:
    first = book.laid_by(told, posting_id)
    book.waivers[first] = read(Waiver, told, id=first)


_ENTER: dict[str, Callable[[Book, Any, int], None]] = {
    CREDIT_NOTE: _tell_credit_note,
    WAIVER: _tell_waiver,
    REFUND: lambda book, told, posting: book.refunds.update({posting: read(Refund, told)}),
    TRANSFER: _tell_transfer,
    PENALTY: _tell_penalty,
    NOT_MET: _tell_not_met,
    RENAMED: _tell_renamed,
}
