"""Reads of the way to court: the facts behind eligibility, procedures, deadlines."""

from django.conf import settings
from django.db.models import QuerySet

from companies.parties import party_of
from law.deadlines import Deadline, KeyDates, next_deadlines
from law.eligibility import Claim, Facts, Limits
from law.vocabulary import CaseType, Court, Procedure
from legalcity.lib.countries import country_code
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.models import Injunction, Recovery


def facts_of(recovery: Recovery) -> Facts:
    """What the rule of eligibility looks at. An invoice without a due date counts as due on its own date.

    Whether the case is amicable its status tells: `type` may be only what the client wishes for.
    """
    invoices = recovery.invoices.order_by("id").values_list(
        "invoice_due_date", "invoice_date", "remaining_amount", "id", "invoice_number"
    )
    return Facts(
        case_type=CaseType.INJUNCTION if recovery.is_in_court else CaseType.AMICABLE,
        status_id=recovery.status_id,
        is_closed=catalogue.is_closing(recovery.status_id),
        is_transferred=recovery.transferred_to_id is not None,
        customer=party_of(recovery.customer),
        debtor=party_of(recovery.debtor),
        invoices=tuple(
            Claim(due or issued, remaining, issued=issued, id=pk, number=number)
            for due, issued, remaining, pk, number in invoices
        ),
        amount=recovery.amount_torecover,
        payments=tuple(recovery.acomptes.values_list("date", flat=True)),
    )


def limits() -> Limits:
    """The limits that staff set; 0 is none."""
    return Limits(
        min_amount=live.INJUNCTION_MIN_AMOUNT or None,
        max_amount=live.INJUNCTION_MAX_AMOUNT or None,
        min_age_days=live.INJUNCTION_MIN_AGE_DAYS or None,
        max_age_days=live.INJUNCTION_MAX_AGE_DAYS or None,
    )


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


def key_dates(injunction: Injunction) -> KeyDates:
    """The dates of a procedure as the deadline engine takes them. An unknown country counts as the mainland."""
    debtor = injunction.recovery.debtor
    country = country_code(debtor.company_country) if debtor else None
    served_how = injunction.served_how
    return KeyDates(
        procedure=Procedure(injunction.procedure),
        court=Court(injunction.court_type or Court.JUDICIAL),
        court_territory=injunction.court_territory,
        debtor_country=country or "FR",
        filed=injunction.filed_on,
        court_fee_paid=injunction.court_fee_paid_on,
        order_made=injunction.order_made_on,
        served=injunction.served_on,
        served_in_person=served_how == Injunction.ServedHow.PERSON if served_how else None,
        reached=injunction.reached_on,
        opposed=injunction.opposed_on,
        costs_invited=injunction.costs_invited_on,
        costs_paid=injunction.costs_paid_on,
        opposition_notified=injunction.opposition_notified_on,
        lawyer_appointed=injunction.lawyer_appointed_on,
        enforceable=injunction.enforceable_on,
        ended=injunction.ended_on,
    )


def deadlines_of(injunction: Injunction) -> tuple[Deadline, ...]:
    """The legal dates that a procedure still has before it, soonest first."""
    return next_deadlines(key_dates(injunction))


def open_procedures() -> QuerySet[Injunction]:
    """Procedures that have not ended: neither by their date nor by the status of their case."""
    lasting = Injunction.objects.filter(ended_on=None, recovery__status__is_closing=False)
    return lasting.select_related("recovery__debtor", "recovery__user").order_by("id")


def procedure_of(case: Recovery) -> Injunction | None:
    """The procedure of a case; None before a transfer, and on the case that was transferred."""
    return getattr(case, "injunction", None)
