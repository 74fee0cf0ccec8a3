"""The claims of a case of which nothing was taken: they are as they began, which needs no account to tell."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from law.account.decompte import Amounts, ClaimRow, NotDueRow
from law.account.facts import Claim, DebtHead, Facts, Rates
from law.account.opening import case_terms, claim_order, due_day
from law.interest import NOTHING
from law.terms import NEVER, Terms

_COUNTS = (DebtHead.PRINCIPAL, DebtHead.DEPOSIT)


class Untouched(NamedTuple):
    """The claims that are due and those that are not, oldest first; the interest of none of them is told.

    `is_unconfirmed`: a rate by which their interest may have run still has to be compared with the official text.
    """

    claims: tuple[ClaimRow, ...]
    not_due: tuple[NotDueRow, ...]
    is_unconfirmed: bool


def untouched(facts: Facts, on: date, rates: Rates) -> Untouched | None:
    """The claims of a case on the day `on`; None where something may have been taken of them, or one may not count.

    The same claims with the same principal as in `decompte`, without what makes that dear.
    """
    if not facts.claims or not _is_simple(facts) or not all(_counts(claim, on) for claim in facts.claims):
        return None
    days = [(claim, due_day(claim)) for claim in sorted(facts.claims, key=claim_order)]
    return Untouched(
        claims=tuple(_row(claim, due) for claim, due in days if due <= on),
        not_due=tuple(NotDueRow(claim, due, claim.principal) for claim, due in days if due > on),
        is_unconfirmed=any(_unconfirmed(case_terms(facts, rates), days[0][1], on)),
    )


def _is_simple(facts: Facts) -> bool:
    taken = facts.payments or facts.credit_notes or facts.waivers or facts.refunds or facts.not_met
    return not (taken or facts.order or facts.title_on or facts.transfer or facts.gone)


def _counts(claim: Claim, on: date) -> bool:
    return claim.head in _COUNTS and claim.issued_on <= on and claim.principal > NOTHING


def _row(claim: Claim, due: date) -> ClaimRow:
    return ClaimRow(claim, due, (), "", (), Amounts(claim.principal))


def _unconfirmed(terms: Terms, due: date, on: date) -> Iterator[bool]:
    """Of each rate that is in force within these days, whether it is not confirmed."""
    if terms.since == NEVER:
        return
    table = terms.table
    for rate, stop in zip(table.rates, table.stops, strict=True):
        if rate.since <= on and stop > due:
            yield not rate.confirmed
