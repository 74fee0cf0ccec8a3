"""How a company pays, read from the accounts of its cases: what scoring makes scores of.

An invoice or a further debt is a claim. Payments settle it as the law lays them (article 1343-1 of the Code civil:
interest before principal), each with the days by which it was late; what counts of them is the principal that they met.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Q

from invoicing.models import Invoice
from law.account.decompte import ClaimRow, Decompte, NotDueRow
from law.account.facts import Claim as Claimed
from law.account.facts import ClaimKey, ClaimKind, Facts, Head
from law.interest import NOTHING, RateMissing
from law.vocabulary import Step
from legalcity.lib.dates import PARIS
from recoveries.catalogue import catalogue
from recoveries.ledger.gathering import Told, told_by_case, with_terms
from recoveries.ledger.reckoning import reckoned
from recoveries.models import Recovery
from recoveries.statuses import is_in_court
from scoring.facts import Claim, Outcome, Payment

PAID = (Step.PAID, Step.PAID_IN_COURT)
# Neither says anything of how the debtor pays: a judge found that nothing was due, or the creditor gave up.
LEFT_OUT = (Step.REJECTED, Step.WITHDRAWN)

Days = Mapping[ClaimKey, date]


@dataclass(slots=True)
class _Due:
    """A claim, EUR, with the payments that met it. `amount` is without credit notes and what the creditor waived."""

    key: ClaimKey
    amount: Decimal
    due_on: date
    payments: list[Payment] = field(default_factory=list)

    @property
    def left(self) -> Decimal:
        """What nothing was paid of."""
        return self.amount - sum((payment.amount for payment in self.payments), NOTHING)

    def settle(self, amount: Decimal, paid_on: date) -> None:
        """Note what was paid of it, and when."""
        if amount > 0:
            self.payments.append(Payment(amount, max(0, (paid_on - self.due_on).days)))


def payment_record(*, siren: str, company_id: int, owner_id: int, today: date) -> dict[int, tuple[Claim, ...]]:
    """The claims on a company as debtor, by client (`scoring.providers.records.Reader`). Four statements at most."""
    cases = _cases(Q(debtor__company_siren=siren) if siren else Q(debtor_id=company_id, owner_id=owner_id))
    told = told_by_case(cases)
    noted = _part_payments([case.pk for case in cases])
    record: dict[int, list[Claim]] = defaultdict(list)
    for case in cases:
        record[case.owner_id].extend(_claims(case, told[case.pk], noted, today))
    return {client: tuple(claims) for client, claims in record.items() if claims}


def _cases(about: Q) -> list[Recovery]:
    """Each with `moved_at`, when its status last changed."""
    cases = with_terms(Recovery.objects.filter(about)).exclude(status_id__in=LEFT_OUT).order_by("id")
    return list(cases.annotate(moved_at=Max("status_history__created_at")))


def _part_payments(ids: Collection[int]) -> Days:
    """When part payments, which are undated, were known at the latest."""
    rows = Invoice.objects.filter(recovery_id__in=ids, invoice_part_paid_amount__gt=0)
    return {(ClaimKind.INVOICE, pk): _day(moment) for pk, moment in rows.values_list("pk", "updated_at")}


def _claims(case: Recovery, told: Told, noted: Days, today: date) -> Iterator[Claim]:
    """What counts: not what is not yet due, and of a case that went to court only what stayed in it, paid."""
    has_moved = case.status_id == Step.TRANSFERRED
    for due in _dues(case, told.facts, noted, today):
        age = (today - due.due_on).days
        if due.amount > 0 and not (due.left > 0 and (has_moved or age <= 0)):
            outcome = Outcome.OPEN if due.key in told.book.carried else _outcome(case.status_id)
            yield Claim(due.amount, max(0, age), tuple(due.payments), outcome)


def _dues(case: Recovery, facts: Facts, noted: Days, today: date) -> list[_Due]:
    """The claims of a case with their payments, the oldest due first."""
    account = _account(facts, today)
    if account is None:
        return []
    given_up = _given_up(account)
    dues = {}
    rows: tuple[ClaimRow | NotDueRow, ...] = (*account.claims, *account.not_due)
    for row in rows:
        due = _Due(row.claim.key, row.claim.amount - given_up[row.claim.key], row.due_on)
        due.settle(_part_paid(row.claim), noted.get(due.key, _day(case.updated_at)))
        dues[due.key] = due
    for payment in account.payments:
        for part in payment.allocations:
            if part.claim in dues:
                dues[part.claim].settle(part.amounts.principal + part.amounts.cost, payment.payment.on)
    if case.status_id in PAID:
        for due in dues.values():
            due.settle(due.left, _day(case.moved_at or case.updated_at))  # type: ignore[attr-defined]
    return sorted(dues.values(), key=lambda due: due.due_on)


def _account(facts: Facts, today: date) -> Decompte | None:
    """The account of a case; without interest while no rate is known for it."""
    account = reckoned(facts, today)
    if isinstance(account, RateMissing):
        account = reckoned(replace(facts, demand=replace(facts.demand, late_interest=False)), today)
    return None if isinstance(account, RateMissing) else account


def _part_paid(claim: Claimed) -> Decimal:
    return min(claim.part_paid, claim.amount)


def _given_up(account: Decompte) -> Mapping[ClaimKey | None, Decimal]:
    """What the creditor took off the principal of each claim. What he wrote off as lost is still unpaid."""
    sums: defaultdict[ClaimKey | None, Decimal] = defaultdict(Decimal)
    for row in account.claims:
        sums[row.claim.key] += sum((note.amount for note in row.credit_notes), NOTHING)
    for waiver in account.waivers:
        if waiver.head == Head.PRINCIPAL and not waiver.is_writeoff:
            sums[waiver.claim] += waiver.amount
    return sums


def _outcome(status_id: int) -> Outcome:
    if is_in_court(status_id):
        return Outcome.COURT
    return Outcome.LOST if catalogue.is_closing(status_id) else Outcome.OPEN


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
