"""Reads of the way to court: the facts behind eligibility, procedures."""

from django.conf import settings

from companies.parties import party_of
from law.eligibility import Claim, Contribution, Costs, Facts, Limits
from law.vocabulary import CaseType, Matter
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.legal_facts import fact
from recoveries.models import Dette, Injunction, InjunctionFee, Recovery
from recoveries.selectors.deadlines import clock_days


def facts_of(recovery: Recovery) -> Facts:
    """What the rule of eligibility looks at. An invoice without a due date counts as due on its own date.

    Whether the case is amicable its status tells: `type` may be only what the client wishes for.
    """
    invoices = recovery.invoices.order_by("id").values_list(
        "invoice_due_date", "invoice_date", "performed_on", "remaining_amount", "id", "invoice_number"
    )
    days = clock_days([recovery.pk])[recovery.pk]
    debts = (
        Dette.objects.standing().filter(recovery=recovery).order_by("id").values_list("date", "amount", "id", "label")
    )
    return Facts(
        case_type=CaseType.INJUNCTION if recovery.is_in_court else CaseType.AMICABLE,
        status_id=recovery.status_id,
        is_closed=catalogue.is_closing(recovery.status_id),
        is_transferred=recovery.transferred_to_id is not None,
        customer=party_of(recovery.customer),
        debtor=party_of(recovery.debtor),
        invoices=tuple(
            Claim(due or issued, remaining, issued=issued, performed=performed, id=pk, number=number)
            for due, issued, performed, remaining, pk, number in invoices
        ),
        amount=recovery.amount_torecover,
        debts=tuple(
            Claim(day, amount, performed=day, id=pk, number=label, is_debt=True) for day, amount, pk, label in debts
        ),
        acknowledged=tuple(days.acknowledged),
        payments=tuple(days.payments),
        matter=Matter(recovery.matter),
        is_hold_lifted=recovery.is_hold_lifted,
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
    """Whether the court fee of a procedure is that of a row which is still to be confirmed."""
    rows = InjunctionFee.objects.filter(procedure=injunction.procedure, court_type=injunction.court_type)
    return rows.filter(is_confirmed=False, court_fee=injunction.court_fee).exists()


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
