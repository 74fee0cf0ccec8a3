"""The statement of account of a case on a day: what is stored, put through the rules of interest."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from companies.parties import party_of
from invoicing.models import Invoice
from law import interest
from law.account.warnings import Code, warning
from law.parties import Quality
from law.statement import Debt, DebtAccount, Payment, statement
from law.terms import NEVER, Asked, Terms, penalty_of, terms_of
from law.vocabulary import Creditor, PenaltyType, Step
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.errors import BadRequest, Sentence
from recoveries.ledger.rate_book import rates_ecb, rates_legal
from recoveries.models import Acompte, Dette, Recovery, StatusChange


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice or a further debt. `day` is its date; `paid` what the client says was paid before, without a date."""

    id: int
    label: str
    day: date
    due: date
    has_due_date: bool
    amount: Decimal
    paid: Decimal
    is_invoice: bool
    performed: date | None = None

    @property
    def reference(self) -> str:
        """What tells it from every other one."""
        return f"invoice {self.id}" if self.is_invoice else f"debt {self.id}"


@dataclass(frozen=True, slots=True)
class Line:
    """A claim and where it stands on the day."""

    claim: Claim
    account: DebtAccount


@dataclass(frozen=True, slots=True)
class CaseStatement:
    """The account of a case, in EUR. `credit` is what was paid beyond everything, `notes` what the reader must know."""

    day: date
    terms: Terms
    lines: list[Line]
    payments: list[Acompte]
    principal: Decimal
    interest: Decimal
    indemnities: Decimal
    penalty: Decimal
    credit: Decimal
    notes: list[Sentence]

    @property
    def total(self) -> Decimal:
        """Everything that is due on the day."""
        return self.principal + self.interest + self.indemnities + self.penalty

    def only(self, lines: list[Line]) -> "CaseStatement":
        """The account of some of its claims alone. The penalty, where it rests on others too, is left out of it."""
        others = (line for line in self.lines if line not in lines and line.account.total)
        rests_on_others = any(line.claim.is_invoice and line.claim.due < self.day for line in others)
        return replace(
            self,
            lines=lines,
            principal=sum((line.account.principal for line in lines), interest.NOTHING),
            interest=sum((line.account.interest for line in lines), interest.NOTHING),
            indemnities=sum((line.account.indemnity for line in lines), interest.NOTHING),
            penalty=interest.NOTHING if rests_on_others else self.penalty,
        )


def case_statement(case: Recovery, on: date) -> CaseStatement:
    """The account of `case` on the day `on`, that day included; what is dated later or was reversed is left out.

    A payment that names an invoice by its number goes to that one, the others to the oldest due. Raises BadRequest
    when the catalogues have no rate for a day on which interest runs. From the day of its transfer on a case demands
    nothing. At most eight statements, whatever the case has.
    """
    moved = _moved(case, on)
    claims = [] if moved else [*_invoices(case, on), *_debts(case, on)]
    payments = [] if moved else _payments(case, on)
    terms = terms_of(_asked(case, on))
    paid = [Payment(one.date, one.amount, _chosen(one, claims), one.pk) for one in payments]
    try:
        told = statement([_debt(claim, terms) for claim in claims], on, terms.rates, paid)
    except ValueError as error:
        raise BadRequest(_("The catalogues of rates do not reach back to the first day of interest.")) from error
    lines = [Line(claim, account) for claim, account in zip(claims, told.accounts, strict=True)]
    penalty = _penalty(case, claims, on)
    return CaseStatement(
        day=on,
        terms=terms,
        lines=lines,
        payments=payments,
        principal=told.principal,
        interest=told.interest,
        indemnities=told.indemnities,
        penalty=max(penalty - told.credit, interest.NOTHING),
        credit=max(told.credit - penalty, interest.NOTHING),
        notes=[moved] if moved else list(_notes(lines, terms, on)),
    )


def _moved(case: Recovery, on: date) -> Sentence | None:
    """Where the claim goes on, on the day of its transfer and after it."""
    if case.transferred_to_id is None:
        return None
    changes = StatusChange.objects.filter(recovery=case, to_status_id=Step.TRANSFERRED)
    moment = changes.aggregate(last=Max("created_at"))["last"]
    day = moment.astimezone(PARIS).date() if moment else date.min
    if on < day:
        return None
    sentence = _("The claim went on to {reference} on {day}: from that day it is demanded there.")
    return sentence.format(reference=case.transferred_to, day=f"{day:%d/%m/%Y}")


def _payments(case: Recovery, on: date) -> list[Acompte]:
    return list(Acompte.objects.standing().filter(recovery=case, date__lte=on).order_by("date", "id"))


def _chosen(payment: Acompte, claims: list[Claim]) -> str | None:
    """The invoice that a payment names by its number: one that was there on its day."""
    named = payment.reference.strip()
    there = (one for one in claims if one.is_invoice and one.day <= payment.date)
    return next((one.reference for one in there if one.label == named), None)


def _invoices(case: Recovery, on: date) -> Iterator[Claim]:
    rows = Invoice.objects.filter(recovery=case, invoice_date__lte=on)
    for row in sorted(rows, key=lambda row: (row.invoice_due_date or row.invoice_date, row.pk)):
        yield Claim(
            id=row.pk,
            label=row.invoice_number,
            day=row.invoice_date,
            due=row.invoice_due_date or row.invoice_date,
            has_due_date=row.invoice_due_date is not None,
            amount=row.invoice_amount,
            paid=row.invoice_part_paid_amount or interest.NOTHING,
            is_invoice=True,
            performed=row.performed_on,
        )


def _debts(case: Recovery, on: date) -> Iterator[Claim]:
    for row in Dette.objects.demanded_on(on).filter(recovery=case).order_by("date", "id"):
        yield Claim(row.pk, row.label, row.date, row.date, True, row.amount, interest.NOTHING, False)


def _debt(claim: Claim, terms: Terms) -> Debt:
    """An invoice bears interest and the indemnity; a further debt (costs, a deposit) bears neither."""
    principal = claim.amount - claim.paid
    if not claim.is_invoice:
        return Debt(reference=claim.reference, principal=principal, due=claim.due, runs_from=NEVER)
    return Debt(
        reference=claim.reference,
        principal=principal,
        due=claim.due,
        runs_from=terms.first_day(claim.due),
        indemnity=terms.indemnity,
    )


def _asked(case: Recovery, on: date) -> Asked:
    customer, debtor = party_of(case.customer), party_of(case.debtor)
    is_individual = customer is not None and customer.is_consumer
    is_business = customer and debtor and not (customer.is_consumer or debtor.is_consumer)
    return Asked(
        quality=Quality.PROFESSIONAL if is_business else Quality.CONSUMER,
        late_interest=case.recovery_late_interest,
        agreed=case.recovery_interest_rate,
        percent=case.recovery_interest_rate_percent,
        notice=notice_day(case, on),
        legal=rates_legal(Creditor.INDIVIDUAL if is_individual else Creditor.OTHER),
        other=rates_legal(Creditor.OTHER),
        ecb=rates_ecb(),
    )


def notice_day(case: Recovery, on: date) -> date | None:
    """The day of the formal notice, until `on`: when this case, or the one that it goes on from, got that status."""
    cases = [case.pk]
    if case.is_in_court:
        cases += Recovery.objects.filter(transferred_to=case).values_list("pk", flat=True)
    changes = StatusChange.objects.filter(recovery_id__in=cases, to_status_id=Step.FORMAL_NOTICE)
    first = changes.aggregate(first=Min("created_at"))["first"]
    day: date | None = first and first.astimezone(PARIS).date()
    return day if day and day <= on else None


def _penalty(case: Recovery, claims: list[Claim], on: date) -> Decimal:
    if not case.recovery_penalty:
        return interest.NOTHING
    overdue = sum((claim.amount - claim.paid for claim in claims if claim.is_invoice and claim.due < on), Decimal(0))
    if case.is_in_court and case.recovery_penalty_type == PenaltyType.PERCENT:
        overdue += _overdue_before(case, claims, on)
    kind: Any = case.recovery_penalty_type
    return penalty_of(kind, case.recovery_penalty_amount, case.recovery_penalty_percent, overdue)


def _overdue_before(case: Recovery, claims: list[Claim], on: date) -> Decimal:
    """Principal that was not paid when it fell due, of invoices that were settled before the case went to court."""
    went_along = [claim.label for claim in claims if claim.is_invoice]
    stayed = Invoice.objects.filter(recovery__transferred_to=case).exclude(invoice_number__in=went_along)
    overdue = stayed.annotate(due=Coalesce("invoice_due_date", "invoice_date")).filter(due__lt=on)
    return overdue.aggregate(sum=Sum("remaining_amount"))["sum"] or interest.NOTHING


def _notes(lines: list[Line], terms: Terms, on: date) -> Iterator[Sentence]:
    claims = [line.claim for line in lines]
    if any(not claim.has_due_date for claim in claims):
        yield _("An invoice without a due date counts as due on its own date.")
    if any(claim.paid for claim in claims):
        yield _("Part payments that the client declared have no date: they are taken off the principal from the start.")
    last = max((rate.since for rate in terms.rates), default=date.min)
    if terms.since == NEVER or last == date.min:
        return
    if on >= _next_half_year(last):
        yield _("The last rate in the catalogue is that of {day}; it is carried on.").format(day=f"{last:%d/%m/%Y}")
    ran = {segment.rate for line in lines for segment in line.account.segments}
    if unconfirmed := sorted(rate.since for rate in ran if not rate.confirmed):
        yield warning(Code.RATE_UNCONFIRMED, *(f"{day:%d/%m/%Y}" for day in unconfirmed)).sentence


def _next_half_year(first: date) -> date:
    return add_months(first.replace(month=1 if first.month < 7 else 7, day=1), 6)
