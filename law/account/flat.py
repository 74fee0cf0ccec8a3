"""What is owed on a case of which only claims are told, while no interest runs: sums, without an account."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from law.account.facts import Claim, ClaimKind, DebtHead, Facts, Rates
from law.account.opening import case_terms, due_day
from law.interest import NOTHING
from law.terms import NEVER

_INVOICE, _PRINCIPAL = ClaimKind.INVOICE, DebtHead.PRINCIPAL  # To look them up for each claim is dear.


class FlatSums(NamedTuple):
    """EUR: the `principal` of what is due and the `indemnity` of what is late; what is not due, or dated later.

    `next_due`: the day after which an indemnity falls due, or on which a claim does; None where nothing is to come.
    """

    principal: Decimal
    indemnity: Decimal
    not_due: Decimal
    to_come: Decimal
    next_due: date | None


def flat_sums(facts: Facts, on: date, rates: Rates) -> FlatSums | None:
    """The sums of the day `on`; None where interest may run, or something else than invoices was told.

    They are those of `decompte`, for what makes that dear is of no use here.
    """
    terms = case_terms(facts, rates)
    if terms.since != NEVER or not _has_invoices_only(facts):
        return None
    there = [(claim.principal, due_day(claim)) for claim in facts.claims if claim.issued_on <= on]
    late = sum(1 for amount, due in there if due < on and amount)
    return FlatSums(
        principal=sum((amount for amount, due in there if due <= on), NOTHING),
        indemnity=terms.indemnity * late,
        not_due=sum((amount for amount, due in there if due > on), NOTHING),
        to_come=sum((claim.principal for claim in facts.claims if claim.issued_on > on), NOTHING),
        next_due=min((due for _amount, due in there if due >= on), default=None),
    )


def _has_invoices_only(facts: Facts) -> bool:
    told = (
        *(facts.payments, facts.credit_notes, facts.waivers, facts.refunds, facts.not_met, facts.notices),
        *(facts.order, facts.title_on, facts.transfer, facts.gone),
    )
    return not any(told) and all(map(_is_invoice, facts.claims))


def _is_invoice(claim: Claim) -> bool:
    return claim.kind is _INVOICE and claim.head is _PRINCIPAL
