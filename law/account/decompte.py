"""The décompte: the account of a case on a day, as API, case page, letter, request and debtor read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from legalcity.lib.money import euros

from law.account.facts import Claim, ClaimKey, CreditNote, DebtHead, Facts, Head, Payment, PaymentState, Rates, Waiver
from law.account.imputation import Account, Allocation, account_of, credited_back
from law.account.opening import Position
from law.account.running import Shares
from law.account.transfer import rejoined, stayed
from law.account.warnings import Caution, Code, not_assigned, warning, warnings_of
from law.interest import NOTHING, Segment

ALLOCATED = "art. 1342-10, 1343-1 C. civ."
PENALISED = "art. 1342-10, 1231-5 C. civ."
PENALTY = "art. 1231-5 C. civ."


class BeforeFirstDay(ValueError):
    """The case has no claim yet on the day; `day` is the first on which it has one."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the first day of the case is {day}")
        self.day = day


class Amounts(NamedTuple):
    """EUR by heads."""

    principal: Decimal = NOTHING
    interest: Decimal = NOTHING
    indemnity: Decimal = NOTHING
    penalty: Decimal = NOTHING
    cost: Decimal = NOTHING

    @property
    def due(self) -> Decimal:
        """The sum of the heads."""
        return sum(self, NOTHING)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A due claim: how its interest ran and what is left of it. `article`: why interest runs."""

    claim: Claim
    due_on: date
    segments: tuple[Segment, ...]
    article: str
    credit_notes: tuple[CreditNote, ...]
    left: Amounts


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """What a payment met of a claim; `claim` and `number` are None for the penalty."""

    claim: ClaimKey | None
    number: str | None
    amounts: Amounts
    article: str

    @property
    def others(self) -> Decimal:
        """What it met of costs and of the penalty."""
        return self.amounts.penalty + self.amounts.cost


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment and where it went. What its allocations leave of `payment.amount` is surplus, kept or given back."""

    payment: Payment
    allocations: tuple[AllocationRow, ...]

    @property
    def over(self) -> Decimal:
        """What met nothing."""
        return self.payment.amount - sum((part.amounts.due for part in self.allocations), NOTHING)

    @property
    def is_reversed(self) -> bool:
        """Whether it counts as if it had never been."""
        return self.payment.state == PaymentState.REVERSED


@dataclass(frozen=True, slots=True)
class NotDueRow:
    """A claim that may not be demanded yet, and what is left of its principal."""

    claim: Claim
    due_on: date
    principal: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Decompte:
    """The account of a case at the end of the day `on`, from what was known on `known_on`; EUR.

    `penalty`: what the agreed clause comes to, paid or not. `total`: what is owed and due, by head. `per_day`: the
    interest of one more day, at the rate of `on`. `is_provisional`: a rate was carried on past its half-year, so that
    no letter, request or declaration may be made of it. `not_assigned`: payments whose label names no invoice.
    `given_back`: surplus that was refunded or moved.
    `to_come`: the principal of claims dated after `on`. `counted`: what each credit note (True) and waiver (False) came
    to, by its id: less than its amount where it found less to take. `denied`: principal that an order, once served, did
    not grant.
    """

    recovery_id: int
    recovery_reference: str
    on: date
    known_on: date
    is_known_on_asked: bool
    is_provisional: bool
    claims: tuple[ClaimRow, ...]
    payments: tuple[PaymentRow, ...]
    waivers: tuple[Waiver, ...]
    penalty: Decimal
    not_due: tuple[NotDueRow, ...]
    total: Amounts
    per_day: Decimal
    surplus: Decimal
    warnings: tuple[Caution, ...]
    not_assigned: frozenset[int] = frozenset()
    given_back: Decimal = NOTHING
    to_come: Decimal = NOTHING
    counted: Mapping[tuple[bool, int], Decimal] = field(default_factory=dict)
    denied: Mapping[ClaimKey, Decimal] = field(default_factory=dict)

    @property
    def received(self) -> Decimal:
        """All money that counts, whatever it met, less what was given back."""
        return sum((row.payment.amount for row in self.payments if not row.is_reversed), -self.given_back)

    @property
    def owed(self) -> Decimal:
        """What is owed in all, claims not yet due counted."""
        return self.total.due + sum((row.principal for row in self.not_due), self.to_come)

    @property
    def principal(self) -> Decimal:
        """What is left of the principal of all claims, due or not."""
        return self.total.principal + sum((row.principal for row in self.not_due), self.to_come)

    @property
    def is_paid(self) -> bool:
        """Whether nothing is owed any more."""
        return not self.owed


def decompte(facts: Facts, on: date, rates: Rates, *, known_on: date, is_known_on_asked: bool = False) -> Decompte:
    """The décompte of `facts` on the day `on`, that day included; `known_on` is told, the facts are as of then.

    BeforeFirstDay when the case has no claim yet, RateMissing with the day when no rate is known for a day on which
    interest runs. From the day of a transfer on it tells what stayed behind.
    """
    claims = (*facts.claims, *(facts.gone.claims if facts.gone else ()))
    first = min((claim.issued_on for claim in claims), default=on)
    if on < first:
        raise BeforeFirstDay(first)
    transfer = facts.transfer
    moved = transfer if transfer and transfer.moved_on <= on else None
    account = account_of(stayed(facts, rates), on, rates) if moved else rejoined(facts, on, rates)
    due = [position for position in (*account.claims, *account.costs) if account.is_due(position)]
    back = credited_back(account)
    left = [position.running.left for position in due]
    about = [*([warning(Code.MOVED, moved.reference)] if moved else []), *warnings_of(account, due)]
    return Decompte(
        recovery_id=facts.recovery_id,
        recovery_reference=facts.recovery_reference,
        on=on,
        known_on=known_on,
        is_known_on_asked=is_known_on_asked,
        is_provisional=any(one.code == Code.RATE_CARRIED for one in about),
        claims=tuple(_claim_rows(account, due, left)),
        payments=tuple(PaymentRow(payment, _allocations(account, payment, back)) for payment in account.received),
        waivers=tuple(sorted((one for one in account.facts.waivers if one.on <= on), key=lambda one: (one.on, one.id))),
        penalty=euros(account.clause),
        not_due=tuple(_not_due(account)),
        total=_total(account, due, left),
        per_day=_per_day(account, due),
        surplus=euros(account.surplus),
        warnings=tuple(about),
        given_back=sum((one.amount for one in account.facts.refunds if one.on <= on), NOTHING),
        not_assigned=frozenset(payment.id for payment in not_assigned(account)),
        to_come=to_come(account.facts, on),
        counted={key: euros(cut) for one in account.everything() for key, cut in one.running.counted.items()},
        denied={one.claim.key: euros(one.running.denied) for one in due if one.claim and one.running.denied},
    )


def to_come(facts: Facts, on: date) -> Decimal:
    """The principal of claims that are dated after `on`: nothing of it is owed yet, and the case is not paid either."""
    later = (one for one in facts.claims if one.issued_on > on and one.head != DebtHead.KEPT_BY_CREDITOR)
    return sum((claim.principal for claim in later), NOTHING)


def _claim_rows(account: Account, due: Iterable[Position], left: Iterable[Shares]) -> Iterator[ClaimRow]:
    notes: dict[ClaimKey, list[CreditNote]] = {}
    for note in sorted(account.facts.credit_notes, key=lambda note: (note.on, note.id)):
        if note.on <= account.on:
            notes.setdefault(note.claim, []).append(note)
    article = account.terms.article
    for one, shares in zip(due, left, strict=True):
        if claim := one.claim:
            told = tuple(notes.get(claim.key, ())) if notes else ()
            amounts = _amounts(one.head, shares)
            yield ClaimRow(claim, one.due_on, tuple(one.running.segments), article, told, amounts)


def _amounts(head: Head, shares: Shares) -> Amounts:
    """Shares in cents as EUR, the principal under the head of its claim."""
    principal = euros(shares.principal)
    if head == Head.PRINCIPAL:
        return Amounts(principal, euros(shares.interest), euros(shares.indemnity))
    return Amounts(penalty=principal) if head == Head.PENALTY else Amounts(cost=principal)


def _allocations(account: Account, payment: Payment, back: Mapping[tuple[int, int], int]) -> tuple[AllocationRow, ...]:
    """What a payment met, without what was credited of it since."""
    parts = account.allocations.get(payment.id, ())
    if not back:
        return tuple(map(_allocation, parts))
    left = (
        part._replace(shares=part.shares._replace(principal=part.shares.principal - back.get((payment.id, place), 0)))
        for place, part in enumerate(parts)
    )
    return tuple(_allocation(part) for part in left if any(part.shares))


def _allocation(part: Allocation) -> AllocationRow:
    position, shares = part
    article = PENALISED if position.head == Head.PENALTY else ALLOCATED
    key = position.claim.key if position.claim else None
    return AllocationRow(key, position.number, _amounts(position.head, shares), article)


def _not_due(account: Account) -> Iterator[NotDueRow]:
    for one in (*account.claims, *account.costs):
        if one.claim and not account.is_due(one):
            yield NotDueRow(one.claim, one.due_on, euros(one.running.principal))


def _total(account: Account, due: list[Position], left: list[Shares]) -> Amounts:
    """What is owed, by head; `left` of the claims that are due, and of the penalty."""
    owed = [(one.head, shares) for one, shares in zip(due, left, strict=True)]
    if account.penalty:
        owed.append((Head.PENALTY, account.penalty.running.left))
    by_head = dict.fromkeys((Head.PRINCIPAL, Head.COST, Head.PENALTY), 0)
    for head, shares in owed:
        by_head[head] += shares.principal
    return Amounts(
        principal=euros(by_head[Head.PRINCIPAL]),
        interest=euros(sum(shares.interest for _head, shares in owed)),
        indemnity=euros(sum(shares.indemnity for _head, shares in owed)),
        penalty=euros(by_head[Head.PENALTY]),
        cost=euros(by_head[Head.COST]),
    )


def _per_day(account: Account, due: list[Position]) -> Decimal:
    """One rounding of the sum, at the rate of the day."""
    base = sum(one.running.principal for one in due if one.first_day <= account.on)
    table = account.terms.table
    return euros(table.interest(base, 1, table.index(account.on))) if base else NOTHING
