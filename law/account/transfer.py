"""A case parted in two on the day on which claims go on to another case: no sum is claimed by both, none is lost."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from legalcity.lib.money import euros

from law.account.facts import Claim, ClaimKey, Facts, Payment, PaymentState, PenaltyClause, Rates, Transfer
from law.account.imputation import Account, account_of

Moves = Callable[[ClaimKey | None], bool]


def parted(facts: Facts, rates: Rates) -> tuple[Facts, Facts]:
    """What stays behind after the transfer of `facts`, and what the other case goes on with.

    Claims take along what payments met of them; the penalty and what is over go with the claims that move. Payments
    after the day of the transfer are those of the case that received them, so they stay.
    """
    transfer = facts.transfer
    if transfer is None:
        raise ValueError("nothing was transferred")
    earlier = tuple(payment for payment in facts.payments if payment.on <= transfer.moved_on)
    later = tuple(payment for payment in facts.payments if payment.on > transfer.moved_on)
    whole = replace(facts, payments=earlier, transfer=None)
    account = account_of(whole, transfer.moved_on, rates)
    moves = _mover(transfer, account)
    left, gone = _payments(earlier, account, moves)
    clause = _clause(account)
    penalty_moves = moves(None)
    return (
        _side(whole, lambda key: not moves(key), (*left, *later), None if penalty_moves else clause),
        _side(whole, moves, gone, clause if penalty_moves else None),
    )


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


def _met(account: Account, payment: Payment, counts: Moves) -> Decimal:
    parts = account.allocations.get(payment.id, ())
    return euros(sum(sum(part.shares) for part in parts if counts(_key(part.position.claim))))


def _key(claim: Claim | None) -> ClaimKey | None:
    return claim.key if claim else None


def _side(facts: Facts, keeps: Moves, payments: Iterable[Payment], clause: PenaltyClause | None) -> Facts:
    kept = tuple(payments)
    ids = {payment.id for payment in kept}
    return replace(
        facts,
        claims=tuple(claim for claim in facts.claims if keeps(claim.key)),
        credit_notes=tuple(note for note in facts.credit_notes if keeps(note.claim)),
        waivers=tuple(waiver for waiver in facts.waivers if keeps(waiver.claim)),
        payments=kept,
        refunds=tuple(refund for refund in facts.refunds if refund.payment_id in ids),
        demand=replace(facts.demand, penalty=clause),
    )
