"""Every payment laid against what is owed: the one imputation, from which everybody reads.

The debtor's choice first, else what is due, the oldest due first; inside a claim interest, principal, indemnity; then
the costs of a title and the penalty; then claims not yet due; the rest is surplus (art. 1342-10, 1343-1 C. civ., A).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from legalcity.lib.money import cents, euros

from law.account.facts import ClaimKind, DebtHead, Facts, Head, Order, Payment, PaymentState, PenaltyClause, Rates
from law.account.limits import Limits, limits_in, limits_of, most_of
from law.account.naming import folded, named_in
from law.account.opening import Position, case_terms, claim_cuts, demanded_days, open_positions
from law.account.running import Running, Shares
from law.interest import RateTable
from law.terms import NEVER, Terms, penalty_of

# What happens on one day, in this order: an order for payment says what is owed, money comes in, the day is over.
_ORDERED, _PAID, _DAY_OVER = range(3)


class Allocation(NamedTuple):
    """What a payment met of a claim, or of the penalty."""

    position: Position
    shares: Shares


@dataclass(slots=True)
class Account:
    """The account of a case while its days go by; sums in cents.

    `claims` and `costs`: oldest due first; of the first `settled` claims nothing is owed any more. `received`: the
    payments in the order in which they are laid. `chosen`: the claim that each payment names. `allocations`: what each
    met. `surplus`: what met nothing. `limits`: what payments of before do not meet.
    `demanded`: the days of formal notices. `penalised`: what was due and unpaid on
    that day, `clause`: what the agreed penalty came to.
    """

    facts: Facts
    on: date
    terms: Terms
    demanded: list[date]
    claims: list[Position]
    costs: list[Position]
    penalty: Position | None = None
    penalised: list[Position] = field(default_factory=list)
    clause: int = 0
    surplus: int = 0
    limits: Limits = field(default_factory=dict)
    settled: int = 0
    received: list[Payment] = field(default_factory=list)
    chosen: dict[int, Position] = field(default_factory=dict)
    allocations: dict[int, list[Allocation]] = field(default_factory=lambda: defaultdict(list))

    def everything(self) -> Iterator[Position]:
        """All that was ever owed."""
        yield from self.claims
        yield from self.costs
        if self.penalty:
            yield self.penalty

    def is_due(self, position: Position) -> bool:
        """Whether it may be demanded: on its due day it is due, and late the day after (art. 1305-2 C. civ.)."""
        return position.due_on <= self.on


def account_of(facts: Facts, on: date, rates: Rates) -> Account:
    """The account of a case at the end of the day `on`; what is dated later is left out.

    RateMissing when no rate is known for a day on which interest runs.
    """
    account = _gone_by(facts, on, rates, {})
    given_back = _given_back(facts, on)
    refunded = sum(given_back.values())
    if refunded > account.surplus:
        # What came to light later took what had been given back: that money is gone, and met nothing.
        return _gone_by(facts, on, rates, given_back)
    account.surplus -= refunded
    return account


def _gone_by(facts: Facts, on: date, rates: Rates, withheld: Mapping[int, int]) -> Account:
    """The account when its days have gone by, `withheld` taken off each payment, in cents by its id."""
    account = _opened(facts, on, rates)
    for _day, _rank, happens in sorted(_moments(account, withheld), key=lambda moment: moment[:2]):
        happens()
    for position in account.everything():
        running = position.running
        running.reach(on)
        running.close(on)
        account.surplus += running.excess
    return account


def _opened(facts: Facts, on: date, rates: Rates) -> Account:
    terms = case_terms(facts, rates)
    positions = open_positions(facts, on, terms)
    account = Account(
        facts=facts,
        on=on,
        terms=terms,
        demanded=demanded_days(facts.notices, presentation_counts=facts.presentation_counts),
        claims=[position for position in positions if position.head == Head.PRINCIPAL],
        costs=[position for position in positions if position.head == Head.COST],
        limits=limits_in(facts.not_met),
    )
    payments = [payment for payment in facts.payments if payment.on <= on]
    account.chosen = dict(_chosen(account, payments))
    account.received = sorted(payments, key=partial(turn, account))
    return account


def _chosen(account: Account, payments: list[Payment]) -> Iterator[tuple[int, Position]]:
    """The invoice that each payment names: by its id, else by its number in the label."""
    invoices = [one for one in account.claims if one.claim and one.claim.kind == ClaimKind.INVOICE]
    by_id = {one.claim.id: one for one in invoices if one.claim}
    numbers = [folded(one.number or "") for one in invoices]
    for payment in payments:
        if payment.invoice_id is not None:
            named = [by_id[payment.invoice_id]] if payment.invoice_id in by_id else []
        else:
            named = [invoices[place] for place in named_in(folded(payment.reference), numbers)]
        there = (one for one in named if one.opened_on <= payment.on)
        if first := next(there, None):
            yield payment.id, first


def turn(account: Account, payment: Payment) -> tuple:
    """Payments of one day: those that name a claim first, then by amount and reference."""
    named = account.chosen.get(payment.id)
    claim = named.claim.id if named and named.claim else 0
    return (payment.on, named is None, payment.amount, payment.reference, claim, payment.id)


def _moments(account: Account, withheld: Mapping[int, int]) -> Iterator[tuple[date, int, Callable[[], None]]]:
    """What happens to the account, with its day and its place in the day."""
    order = account.facts.order
    if order and order.served_on and order.served_on <= account.on:
        yield order.made_on, _ORDERED, partial(_limit, account, order)
    for payment in account.received:
        if payment.state != PaymentState.REVERSED:
            amount = max(cents(payment.amount) - withheld.get(payment.id, 0), 0)
            yield payment.on, _PAID, partial(_lay, account, payment, amount)
    clause = account.facts.demand.penalty
    if clause:
        days = (day for day in account.demanded if day < account.on)
        yield from ((day, _DAY_OVER, partial(_fix_penalty, account, clause, day)) for day in days)


def _given_back(facts: Facts, on: date) -> Mapping[int, int]:
    """What was given back of each payment that counts, in cents by its id."""
    received = {one.id for one in facts.payments if one.on <= on and one.state != PaymentState.REVERSED}
    given: defaultdict[int, int] = defaultdict(int)
    for refund in facts.refunds:
        if refund.on <= on and refund.payment_id in received:
            given[refund.payment_id] += cents(refund.amount)
    return given


def _lay(account: Account, payment: Payment, left: int) -> None:
    """Lay what is `left` of a payment against what is owed on its day; what met nothing is surplus."""
    for position in _in_turn(account, payment):
        running = position.running
        if not left:
            break
        if running.is_settled or position.opened_on > payment.on:
            continue
        limits = limits_of(account.limits, position, payment) if account.limits else []
        met = running.take(payment.on, left, most_of(limits, position, running.owed(payment.on)) if limits else None)
        if any(met):
            for limit in limits:
                limit.spend(met)
            account.allocations[payment.id].append(Allocation(position, met))
            left -= sum(met)
    account.surplus += left


def credited_back(account: Account) -> Mapping[tuple[int, int], int]:
    """What payments met of principal that was credited afterwards: surplus now, of the payments that came last.

    In cents, by the payment and the place of the allocation in it.
    """
    back: dict[tuple[int, int], int] = {}
    credited = {id(one): one.running.excess for one in account.claims if one.running.excess}
    for payment in reversed(account.received) if credited else ():
        for place, (position, shares) in enumerate(account.allocations.get(payment.id, ())):
            if part := min(shares.principal, credited.get(id(position), 0)):
                back[payment.id, place] = part
                credited[id(position)] -= part
    return back


def _in_turn(account: Account, payment: Payment) -> Iterator[Position]:
    """In which order a payment meets what is owed (art. 1342-10 C. civ.: what is due before what is not)."""
    claims = account.claims
    while account.settled < len(claims) and claims[account.settled].running.is_settled:
        account.settled += 1
    if chosen := account.chosen.get(payment.id):
        yield chosen
    due = max(bisect_right(claims, payment.on, key=_due_on), account.settled)
    yield from claims[account.settled : due]
    yield from account.costs
    if account.penalty:
        yield account.penalty
    yield from claims[due:]


def _due_on(position: Position) -> date:
    return position.due_on


def _fix_penalty(account: Account, clause: PenaltyClause, day: date) -> None:
    """The penalty is owed from the day after the notice (1231-5 last par.), on principal due and unpaid at its end.

    A notice that came when nothing was due asked for nothing: it is fixed by the first that could.
    """
    if account.penalty:
        return
    account.penalised = [position for position in _penalised(account, day) if position.running.owed(day).principal]
    if not account.penalised:
        return
    unpaid = euros(sum(position.running.principal for position in account.penalised))
    kind = "percent" if clause.amount is None else "amount"
    account.clause = cents(penalty_of(kind, clause.amount, clause.percent, unpaid))
    running = Running(
        table=RateTable.of(()),
        principal=account.clause,
        due=day,
        since=NEVER,
        cuts=claim_cuts(account.facts)[None],
    )
    account.penalty = Position(None, Head.PENALTY, day, day, NEVER, running)


def _penalised(account: Account, day: date) -> list[Position]:
    """The claims that the clause is about: of principal, due on the day."""
    return [
        position
        for position in account.claims
        if position.claim
        and position.claim.head == DebtHead.PRINCIPAL
        and max(position.due_on, position.opened_on) <= day
    ]


def _limit(account: Account, order: Order) -> None:
    """What an order, once served, did not grant is given up from its day on (art. 1409 CPC, A), the youngest first."""
    day = order.made_on
    asked = [one for one in account.claims if max(one.due_on, one.opened_on) <= day]
    _give_up(asked, day, "interest", order.interest)
    _give_up(asked, day, "principal", order.principal)
    _give_up(asked, day, "indemnity", order.indemnity)
    _give_up([one for one in account.costs if one.opened_on <= day], day, "principal", order.cost)
    _give_up([account.penalty] if account.penalty else [], day, "principal", order.penalty)


def _give_up(positions: list[Position], day: date, head: str, granted: Decimal | None) -> None:
    if granted is None:
        return
    owed = [(position, getattr(position.running.owed(day), head)) for position in positions]
    beyond = sum(part for _position, part in owed) - cents(granted)
    for position, part in reversed(owed):
        given = max(min(part, beyond), 0)
        position.running.lower(day, Shares(**{head: given}))
        position.running.denied += given if head == "principal" else 0
        beyond -= given
