"""How a company pays, read from its cases: what scoring makes scores of.

An invoice or a further debt is a claim. Part payments and payments received (`acomptes`) settle claims, the oldest due
first (article 1342-10 of the Code civil), each with the days by which it was late.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from invoicing.models import Invoice
from law.vocabulary import Step
from legalcity.lib.dates import PARIS
from recoveries.catalogue import catalogue
from recoveries.models import Acompte, Dette, Recovery
from recoveries.statuses import is_in_court
from scoring.facts import Claim, Outcome, Payment

PAID = (Step.PAID, Step.PAID_IN_COURT)
# Neither says anything of how the debtor pays: a judge found that nothing was due, or the creditor gave up.
LEFT_OUT = (Step.REJECTED, Step.WITHDRAWN)


class _Case(NamedTuple):
    """A case; `moved_at` is when its status last changed."""

    id: int
    owner_id: int
    status_id: int
    updated_at: datetime
    moved_at: datetime | None


class _Claimed(NamedTuple):
    """An invoice or a further debt; `paid` is its part payment, known at the latest at `updated_at`."""

    recovery_id: int
    amount: Decimal
    due_on: date
    paid: Decimal = Decimal(0)
    updated_at: datetime | None = None


class _Received(NamedTuple):
    """A payment received."""

    recovery_id: int
    amount: Decimal
    date: date


Row = TypeVar("Row", _Claimed, _Received)


@dataclass(slots=True)
class _Due:
    """A claim while payments are laid against it."""

    amount: Decimal
    due_on: date
    payments: list[Payment] = field(default_factory=list)
    left: Decimal = Decimal(0)

    def settle(self, amount: Decimal, paid_on: date) -> Decimal:
        """Lay a payment against the claim; returns what it does not take."""
        taken = min(self.left, amount)
        if taken > 0:
            self.left -= taken
            self.payments.append(Payment(taken, max(0, (paid_on - self.due_on).days)))
        return amount - taken


def payment_record(*, siren: str, company_id: int, owner_id: int, today: date) -> dict[int, tuple[Claim, ...]]:
    """The claims on a company as debtor, by client (`scoring.providers.records.Reader`)."""
    cases = _cases(Q(debtor__company_siren=siren) if siren else Q(debtor_id=company_id, owner_id=owner_id))
    ids = [case.id for case in cases]
    claimed, received = _by_case([*_invoices(ids), *_debts(ids)]), _by_case(_received(ids))
    record: dict[int, list[Claim]] = defaultdict(list)
    for case in cases:
        dues = _dues(case, claimed[case.id], received[case.id])
        record[case.owner_id].extend(_claims(case, dues, today))
    return {client: tuple(claims) for client, claims in record.items() if claims}


def _cases(about: Q) -> list[_Case]:
    cases = Recovery.objects.filter(about).exclude(status_id__in=LEFT_OUT).order_by("id")
    told = cases.values("id", "owner_id", "status_id", "updated_at")
    return [_Case(**row) for row in told.annotate(moved_at=Max("status_history__created_at"))]


def _invoices(ids: list[int]) -> list[_Claimed]:
    """An invoice without a due date is due on its own date. One that went along to court counts there."""
    went_along = Invoice.objects.filter(
        recovery__transferred_from=OuterRef("recovery_id"), invoice_number=OuterRef("invoice_number")
    )
    told = Invoice.objects.filter(~Exists(went_along), recovery_id__in=ids).values(
        "recovery_id",
        "updated_at",
        amount=F("invoice_amount"),
        due_on=Coalesce("invoice_due_date", "invoice_date"),
        paid=Coalesce("invoice_part_paid_amount", Decimal(0)),
    )
    return [_Claimed(**row) for row in told]


def _debts(ids: list[int]) -> list[_Claimed]:
    """Those of a case that went to court count there."""
    debts = Dette.objects.demanded().filter(recovery_id__in=ids, recovery__transferred_to=None)
    told = debts.values("recovery_id", "amount", due_on=F("date"))
    return [_Claimed(**row) for row in told]


def _received(ids: list[int]) -> list[_Received]:
    payments = Acompte.objects.counted_once().filter(recovery_id__in=ids).order_by("date", "id")
    return [_Received(*row) for row in payments.values_list("recovery_id", "here", "date")]


def _by_case(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.recovery_id].append(row)
    return grouped


def _dues(case: _Case, claimed: list[_Claimed], received: list[_Received]) -> list[_Due]:
    """The claims of a case with their payments. An undated one came, at the latest, when it was written down."""
    dues = []
    for row in claimed:
        due = _Due(row.amount, row.due_on, left=row.amount)
        due.settle(row.paid, _day(row.updated_at or case.updated_at))
        dues.append(due)
    dues.sort(key=lambda due: due.due_on)
    for payment in received:
        _settle_all(dues, payment.amount, payment.date)
    if case.status_id in PAID:
        _settle_all(dues, sum((due.left for due in dues), Decimal(0)), _day(case.moved_at or case.updated_at))
    return dues


def _settle_all(dues: list[_Due], amount: Decimal, paid_on: date) -> None:
    for due in dues:
        amount = due.settle(amount, paid_on)


def _claims(case: _Case, dues: list[_Due], today: date) -> Iterator[Claim]:
    """What counts: not what is not yet due, and of a case that went to court only what stayed in it, paid."""
    outcome = _outcome(case)
    for due in dues:
        age = (today - due.due_on).days
        moved_on = case.status_id == Step.TRANSFERRED
        if due.amount > 0 and not (due.left and (moved_on or age <= 0)):
            yield Claim(due.amount, max(0, age), tuple(due.payments), outcome)


def _outcome(case: _Case) -> Outcome:
    if is_in_court(case.status_id):
        return Outcome.COURT
    return Outcome.LOST if catalogue.is_closing(case.status_id) else Outcome.OPEN


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()
