"""A case parted in two on the day on which claims go on to another case: no sum is claimed by both, none is lost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from legalcity.lib.money import euros

from law.account.facts import (
    Claim,
    ClaimKey,
    DebtHead,
    Facts,
    Payment,
    PaymentState,
    PenaltyClause,
    Rates,
    Refund,
    Stay,
    Transfer,
)
from law.account.imputation import Account, account_of, turn
from law.interest import NOTHING

Moves = Callable[[ClaimKey | None], bool]


def parted(facts: Facts, rates: Rates) -> tuple[Facts, Facts]:
    """What stays behind after the transfer of `facts`, and what the other case goes on with.

    Claims take along what payments met of them; the penalty and what is over, or was given back, go with the claims
    that move. Payments that came or were recorded later are those of the case that received them, so they stay.
    """
    transfer = _transfer(facts)
    earlier = tuple(payment for payment in facts.payments if is_earlier(payment, transfer))
    later = tuple(payment for payment in facts.payments if not is_earlier(payment, transfer))
    whole = replace(facts, payments=earlier, transfer=None)
    account = account_of(whole, transfer.moved_on, rates)
    moves = _mover(transfer, account)
    left, gone = _payments(earlier, account, moves)
    clause = _clause(account)
    penalty_moves = moves(None)
    given = tuple(_given_back(facts.refunds, gone))
    own = tuple(refund for refund in facts.refunds if refund.payment_id in {payment.id for payment in later})
    return (
        _side(whole, lambda key: not moves(key), (*left, *later), own, None if penalty_moves else clause),
        _side(whole, moves, gone, given, clause if penalty_moves else None),
    )


def parted_unreckoned(facts: Facts) -> tuple[Facts, Facts]:
    """The same while no rate is known, so that nobody can tell what payments met: all of them go along."""
    transfer = _transfer(facts)
    whole = replace(facts, transfer=None)
    return (
        _side(whole, lambda key: key is not None and key not in transfer.claims, (), (), None),
        _side(
            whole,
            lambda key: key is None or key in transfer.claims,
            whole.payments,
            whole.refunds,
            facts.demand.penalty,
        ),
    )


def is_earlier(payment: Payment, transfer: Transfer) -> bool:
    """Whether a payment was there at the transfer, so that what it met may have gone on."""
    known = transfer.payments
    return payment.on <= transfer.moved_on and (known is None or payment.id in known)


def stays_told(left: Facts, payments: Iterable[Payment]) -> tuple[Stay, ...]:
    """What stays of each of `payments`, all that were known at the transfer that left `left` behind."""
    parts = {payment.id: payment for payment in left.payments}
    return tuple(
        Stay(payment.id, part.amount, part.invoice_id) if part else Stay(payment.id, NOTHING)
        for payment in payments
        for part in [parts.get(payment.id)]
    )


def stayed(facts: Facts, rates: Rates) -> Facts:
    """What a case has once its claims went on: what stayed behind, and what was recorded since.

    What was written down at the transfer is not reckoned anew: the other case goes on with just the rest of it.
    """
    transfer = _transfer(facts)
    if transfer.stays is None:
        return parted(facts, rates)[0]
    known = {stay.payment_id: stay for stay in transfer.stays}
    payments = (_left(payment, known.get(payment.id)) for payment in facts.payments)
    return _side(
        replace(facts, transfer=None, gone=None),
        lambda key: key not in transfer.claims if key else transfer.penalty is not None,
        (payment for payment in payments if payment.amount),
        tuple(_later(facts.refunds, transfer.refunds)),
        transfer.penalty,
    )


def has_claims(facts: Facts) -> bool:
    """Whether there is anything that a debtor could pay."""
    return any(claim.head != DebtHead.KEPT_BY_CREDITOR for claim in facts.claims)


def rejoined(facts: Facts, on: date, rates: Rates) -> Account:
    """The account of a case on a day before its claims went on, as both cases know it by now.

    So what is recorded late, in whichever of them, is told by both for the days before.
    """
    if facts.gone is None:
        return account_of(facts, on, rates)
    here, there = account_of(stayed(facts, rates), on, rates), account_of(facts.gone, on, rates)
    joined = Account(
        facts=_both(facts, here.facts, there.facts),
        on=on,
        terms=there.terms,
        demanded=there.demanded,
        claims=sorted((*here.claims, *there.claims), key=lambda one: one.place),
        costs=sorted((*here.costs, *there.costs), key=lambda one: one.place),
        penalty=here.penalty or there.penalty,
        penalised=[*here.penalised, *there.penalised],
        clause=here.clause + there.clause,
        surplus=here.surplus + there.surplus,
        chosen={**here.chosen, **there.chosen},
    )
    for side in (here, there):
        for payment, parts in side.allocations.items():
            joined.allocations[payment] += parts
    joined.received = sorted(_whole((*here.received, *there.received)), key=partial(turn, joined))
    return joined


def _both(facts: Facts, here: Facts, there: Facts) -> Facts:
    return replace(
        there,
        recovery_id=facts.recovery_id,
        recovery_reference=facts.recovery_reference,
        claims=(*here.claims, *there.claims),
        credit_notes=(*here.credit_notes, *there.credit_notes),
        waivers=(*here.waivers, *there.waivers),
        refunds=(*here.refunds, *there.refunds),
    )


def _whole(payments: Iterable[Payment]) -> Iterable[Payment]:
    """Each payment once: of what was parted the sum, given back when a part of it was."""
    found: dict[int, Payment] = {}
    for payment in payments:
        if other := found.get(payment.id):
            state = max(payment.state, other.state, key=lambda state: state == PaymentState.REFUNDED)
            payment = replace(payment, amount=payment.amount + other.amount, state=state)
        found[payment.id] = payment
    return found.values()


def _transfer(facts: Facts) -> Transfer:
    if facts.transfer is None:
        raise ValueError("nothing was transferred")
    return facts.transfer


def _mover(transfer: Transfer, account: Account) -> Moves:
    """What moves: the claims of the transfer; the penalty (None) too, unless it rests on what stays alone."""
    unpaid = {one.claim.key for one in account.penalised if one.claim}
    penalty_stays = bool(unpaid) and not unpaid & transfer.claims
    return lambda key: not penalty_stays if key is None else key in transfer.claims


def _clause(account: Account) -> PenaltyClause | None:
    """The clause as it goes on: once the notice has fixed it, as an amount."""
    fixed = PenaltyClause(amount=euros(account.clause)) if account.penalty else None
    return fixed or account.facts.demand.penalty


def _payments(payments: Iterable[Payment], account: Account, moves: Moves) -> tuple[list[Payment], list[Payment]]:
    """Each payment as its two parts, with the choice of the debtor pinned to the claim that it meant."""
    left, gone = [], []
    for payment in payments:
        chosen = account.chosen.get(payment.id)
        pinned = replace(payment, invoice_id=chosen.claim.id) if chosen and chosen.claim else payment
        stays = _met(account, payment, lambda key: not moves(key))
        if stays:
            left.append(replace(pinned, amount=stays))
        if payment.amount > stays or payment.state == PaymentState.REVERSED:
            gone.append(replace(pinned, amount=payment.amount - stays))
    return left, gone


def _left(payment: Payment, stay: Stay | None) -> Payment:
    """What of a payment is of the case that the claims have left; one that came later stays as it is."""
    return payment if stay is None else replace(payment, amount=stay.amount, invoice_id=stay.invoice_id)


def _given_back(refunds: Iterable[Refund], gone: Iterable[Payment]) -> Iterator[Refund]:
    """What was given back is told of payments that went on, since what is over went on with them."""
    left = {payment.id: payment.amount for payment in gone if payment.state != PaymentState.REVERSED}
    for refund in refunds:
        rest = refund.amount
        for payment_id in sorted(left, key=lambda pk: (pk != refund.payment_id, pk)):
            part = min(rest, left[payment_id])
            if part:
                yield replace(refund, payment_id=payment_id, amount=part)
            left[payment_id] -= part
            rest -= part


def _later(refunds: Iterable[Refund], earlier: Iterable[Refund]) -> Iterator[Refund]:
    """`refunds` without those that were known at the transfer."""
    known = list(earlier)
    for refund in refunds:
        if refund in known:
            known.remove(refund)
        else:
            yield refund


def _met(account: Account, payment: Payment, counts: Moves) -> Decimal:
    parts = account.allocations.get(payment.id, ())
    return euros(sum(sum(part.shares) for part in parts if counts(_key(part.position.claim))))


def _key(claim: Claim | None) -> ClaimKey | None:
    return claim.key if claim else None


def _side(
    facts: Facts,
    keeps: Moves,
    payments: Iterable[Payment],
    refunds: tuple[Refund, ...],
    clause: PenaltyClause | None,
) -> Facts:
    return replace(
        facts,
        claims=tuple(claim for claim in facts.claims if keeps(claim.key)),
        credit_notes=tuple(note for note in facts.credit_notes if keeps(note.claim)),
        waivers=tuple(waiver for waiver in facts.waivers if keeps(waiver.claim)),
        payments=tuple(payments),
        refunds=refunds,
        demand=replace(facts.demand, penalty=clause),
    )
