"""Reads of the way to court: the facts behind eligibility, procedures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.conf import settings

from companies.parties import party_of
from law.account.decompte import Decompte
from law.account.facts import Claim as AccountClaim
from law.account.facts import ClaimKey, ClaimKind
from law.account.facts import Facts as AccountFacts
from law.account.opening import due_day
from law.eligibility import Claim, Contribution, Costs, Facts, Limits
from law.interest import NOTHING, RateMissing
from law.vocabulary import CaseType, Matter
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.ledger.gathering import told_of
from recoveries.ledger.reckoning import reckoned
from recoveries.legal_facts import fact
from recoveries.models import Injunction, InjunctionFee, Recovery
from recoveries.selectors.deadlines import clock_days


def facts_of(recovery: Recovery, today: date) -> Facts:
    """What the rule of eligibility looks at: claims with what the account says is left of them today.

    Where no rate of interest is known the account is silent: then what was asked and not paid counts. Whether the case
    is amicable its status tells: `type` may be only what the client wishes for.
    """
    facts = replace(told_of(recovery).facts, transfer=None)  # Also of a case whose claims went on
    account = reckoned(facts, today)
    left = _left(facts, account)
    claims = [_claim(claim, left.get(claim.key, NOTHING)) for claim in sorted(facts.claims, key=lambda one: one.id)]
    days = clock_days([recovery.pk])[recovery.pk]
    return Facts(
        case_type=CaseType.INJUNCTION if recovery.is_in_court else CaseType.AMICABLE,
        status_id=recovery.status_id,
        is_closed=catalogue.is_closing(recovery.status_id),
        is_transferred=recovery.transferred_to_id is not None,
        customer=party_of(recovery.customer),
        debtor=party_of(recovery.debtor),
        invoices=tuple(claim for claim in claims if not claim.is_debt),
        amount=recovery.amount_torecover if isinstance(account, RateMissing) else account.principal,
        debts=tuple(claim for claim in claims if claim.is_debt),
        acknowledged=tuple(days.acknowledged),
        payments=tuple(days.payments),
        matter=Matter(recovery.matter),
        is_hold_lifted=recovery.is_hold_lifted,
    )


def _later(facts: AccountFacts, account: Decompte) -> list[AccountClaim]:
    """Claims that the account does not have yet."""
    return [claim for claim in facts.claims if claim.issued_on > account.on]


def _left(facts: AccountFacts, account: Decompte | RateMissing) -> dict[ClaimKey, Decimal]:
    """What is left of each claim: of what is due with its interest, of what is not its principal."""
    if isinstance(account, RateMissing):
        return {claim.key: claim.principal for claim in facts.claims}
    later = {claim.key: claim.principal for claim in _later(facts, account)}
    due = {row.claim.key: row.left.due for row in account.claims}
    return {**later, **due, **{row.claim.key: row.principal for row in account.not_due}}


def _claim(claim: AccountClaim, left: Decimal) -> Claim:
    """A claim as the rule of eligibility takes it. A debt counts as performed on its day."""
    is_debt = claim.kind == ClaimKind.DEBT
    return Claim(
        due_day(claim),
        left,
        issued=None if is_debt else claim.issued_on,
        performed=claim.issued_on if is_debt else claim.performed_on,
        id=claim.id,
        number=claim.number,
        is_debt=is_debt,
    )


def limits() -> Limits:
    """The limits that staff set; 0 is none."""
    return Limits(
        min_amount=live.INJUNCTION_MIN_AMOUNT or None,
        max_amount=live.INJUNCTION_MAX_AMOUNT or None,
        min_age_days=live.INJUNCTION_MIN_AGE_DAYS or None,
        max_age_days=live.INJUNCTION_MAX_AGE_DAYS or None,
        costs=_costs(),
    )


def _costs() -> Costs:
    """Fees and contributions by the catalogues. One statement."""
    fees = InjunctionFee.objects.filter(is_confirmed=False).values_list("procedure", "court_type", "court_fee")
    return Costs(
        judicial=_contribution("judicial_contribution", "judicial_contribution_on_orders"),
        economic=_contribution("justice_contribution_over", "justice_contribution_on_orders"),
        employees=int(fact("justice_contribution_employees").value),
        economic_courts=fact("justice_contribution_courts").text,
        unconfirmed_fees={(procedure, court): fee for procedure, court, fee in fees},
    )


def _contribution(amount: str, on_orders: str) -> Contribution:
    sum_, is_owed = fact(amount), fact(on_orders)
    return Contribution(
        sum_.value, bool(is_owed.value), sum_.is_confirmed and is_owed.is_confirmed, article=sum_.article
    )


def is_fee_unconfirmed(injunction: Injunction) -> bool:
    """Whether a fee that is not paid yet rests on a row still to be confirmed; `FEE_UNCONFIRMED` is the same in SQL."""
    if injunction.fee_paid_on is not None:
        return False
    rows = InjunctionFee.objects.filter(procedure=injunction.procedure, court_type=injunction.court_type)
    return rows.filter(is_confirmed=False).exists()


def payment_url(key: str) -> str:
    """The public page of a procedure's fee."""
    return f"{settings.PUBLIC_BASE_URL}/injonction/{key}"


def injunction_of_key(key: str) -> Injunction | None:
    """The procedure whose payment page has an address that begins like `key`; the caller compares the rest."""
    reference = f"REC-{key[:9]}"
    return Injunction.objects.select_related("recovery").filter(recovery__recovery_reference=reference).first()


def injunction_of(recovery_id: int) -> Injunction | None:
    """The procedure that the transfer of a case gave, with its case and both parties; None when it is gone."""
    procedures = Injunction.objects.select_related("recovery__customer", "recovery__debtor")
    return procedures.filter(recovery__transferred_from=recovery_id).first()
