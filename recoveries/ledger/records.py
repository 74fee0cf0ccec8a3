"""What stands in the records of a case, told as the law's facts: its invoices, its debts, its payments."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from invoicing.models import Invoice
from invoicing.selectors import InvoiceRow
from law.account.facts import Claim, ClaimKey, ClaimKind, DebtHead, Payment
from law.interest import NOTHING
from recoveries.models import Acompte, Dette

INVOICE = (
    *("recovery_id", "id", "invoice_number", "invoice_date", "invoice_due_date", "invoice_amount"),
    *("invoice_part_paid_amount", "performed_on", "created_at"),
)
_CLAIMED = attrgetter(*INVOICE[1:-1])
DEBT = ("recovery_id", "id", "label", "date", "amount", "head", "created_at")
_OWED = attrgetter(*DEBT[1:-1])


@dataclass(frozen=True, slots=True)
class Record:
    """A payment as it stands: `reason`, `reversed_at` and `reversed_by` are of the row that reverses it, if any."""

    payment: Payment
    is_direct: bool
    created_at: datetime
    reversed_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class Records:
    """The claims and payments that stand in a case's records, and since when."""

    claims: dict[ClaimKey, Claim] = field(default_factory=dict)
    since: dict[ClaimKey, datetime] = field(default_factory=dict)
    payments: dict[int, Record] = field(default_factory=dict)


def records_of(recovery_id: int) -> Records:
    """What stands in the records of a case. Three statements."""
    return records_by_case([recovery_id])[recovery_id]


def records_by_case(ids: Collection[int]) -> dict[int, Records]:
    """What stands in the records of these cases, by id. Three statements, however many they are."""
    found: defaultdict[int, Records] = defaultdict(Records)
    for pk, *row, created_at in Invoice.objects.filter(recovery_id__in=ids).order_by("id").values_list(*INVOICE):
        _add(found[pk], invoice_claim(*row), created_at)
    debts = Dette.objects.standing().filter(recovery_id__in=ids).order_by("id")
    for pk, *debt, created_at in debts.values_list(*DEBT):
        _add(found[pk], _debt_claim(*debt), created_at)
    payments = Acompte.objects.entered().filter(recovery_id__in=ids).select_related("reversal").order_by("id")
    for payment in payments:
        found[payment.recovery_id].payments[payment.pk] = _record(payment)
    return {pk: found[pk] for pk in ids}


def records_told(invoices: Iterable[Invoice], debts: Iterable[Dette], payments: Iterable[Acompte]) -> Records:
    """`records_of` a case whose rows have their keys and are about to be written. Nothing is reversed of it."""
    told = Records()
    for invoice in invoices:
        _add(told, invoice_claim(*_CLAIMED(invoice)), invoice.created_at)
    for debt in debts:
        _add(told, _debt_claim(*_OWED(debt)), debt.created_at)
    told.payments = {row.pk: Record(payment_told(row), row.is_direct, row.created_at) for row in payments}
    return told


def claims_told(invoices: Iterable[InvoiceRow | Invoice]) -> list[Claim]:
    """Invoices that were just saved, as claims."""
    return [invoice_claim(*_CLAIMED(row)) for row in invoices if row.invoice_amount]


def debts_told(debts: Iterable[Dette]) -> list[Claim]:
    """Debts that were just saved, as claims."""
    return [_debt_claim(*_OWED(row)) for row in debts]


def payment_told(row: Acompte) -> Payment:
    """A payment as the law's fact."""
    return Payment(
        id=row.pk,
        on=row.date,
        amount=row.amount,
        reference=row.reference,
        invoice_id=row.invoice_id,
        method=row.method,
    )


def invoice_claim(
    pk: int,
    number: str,
    issued_on: date,
    due_on: date | None,
    amount: Decimal,
    part_paid: Decimal | None,
    performed_on: date | None,
) -> Claim:
    """An invoice as a claim."""
    return Claim(
        kind=ClaimKind.INVOICE,
        id=pk,
        number=number,
        issued_on=issued_on,
        due_on=due_on,
        amount=amount,
        part_paid=part_paid or NOTHING,
        performed_on=performed_on,
    )


def _debt_claim(pk: int, label: str, day: date, amount: Decimal, head: str) -> Claim:
    return Claim(
        kind=ClaimKind.DEBT, id=pk, number=label, issued_on=day, due_on=None, amount=amount, head=DebtHead(head)
    )


def _add(records: Records, claim: Claim, created_at: datetime) -> None:
    """An invoice of nothing is no claim: one that was corrected to it goes as one that is deleted does."""
    if not claim.amount:
        return
    records.claims[claim.key] = claim
    records.since[claim.key] = created_at


def _record(row: Acompte) -> Record:
    payment = payment_told(row)
    reversal: Acompte | None = getattr(row, "reversal", None)
    if reversal is None:
        return Record(payment, row.is_direct, row.created_at)
    return Record(payment, row.is_direct, row.created_at, reversal.created_at, reversal.reason)
