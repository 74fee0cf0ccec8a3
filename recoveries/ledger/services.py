"""Payments received and further debts, as staff enter them; the case's totals follow at once.

Neither row has a column for its author: who wrote it down stands in the audit, as who added it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.amounts import euros
from backoffice.audit import ADDED, audit_record, field_values
from events.services import events_record, story
from law.account.checks import Refusal, entry_refusals, payment_refusals, same_payment
from law.account.decompte import Decompte, PaymentRow
from law.account.facts import ClaimKind, DebtHead, Facts, Payment, PaymentState
from law.account.transfer import has_claims
from law.account.warnings import Code, warning
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Conflict, Forbidden, Invalid, Sentence
from recoveries.catalogue import catalogue
from recoveries.ledger.events import debt_event, payment_event
from recoveries.ledger.gathering import case_lock, facts_here, with_terms
from recoveries.ledger.listeners import PaymentTold, payment_listeners
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.settling import case_settle
from recoveries.models import Acompte, Dette, Recovery


def account_lock(*, recovery_id: int) -> Recovery:
    """Lock a case whose account is to change. Raises NotFound; Forbidden when all its claims go
    on in another case."""
    case = case_lock(recovery_id)
    if not keeps_account(case):
        sentence = _("The claim goes on as {reference}: its account is kept there.")
        raise Forbidden(sentence.format(reference=case.transferred_to))
    return case


def keeps_account(case: Recovery) -> bool:
    """Whether there are claims on the case: after a transfer only where some were left behind."""
    return case.transferred_to_id is None or has_claims(facts_here(case))


# --- payments --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment that was recorded, and the account after it: None while a rate is missing, as `unallocated` says."""

    acompte: Acompte
    account: Decompte | None
    unallocated: Sentence = ""


@story()
def acompte_record(
    *,
    recovery_id: int,
    amount: Decimal,
    day: date,
    method: str = "",
    reference: str = "",
    comment: str = "",
    invoice_id: int | None = None,
    reason: str = "",
    is_direct: bool = False,
    confirmed: bool = False,
    by: User | None,
) -> Acompte:
    """A payment of `amount` EUR (more than 0) that the firm (`is_direct`: the creditor) received on `day`.

    `invoice_id`: the invoice of the case that the debtor chose, `reason`: how that is known. Raises Invalid for a day
    to come or before the claim and, unless it is `confirmed`, for a payment that looks like a mistake: more than is
    owed, or one that stands there already. Forbidden after a transfer.
    """
    case = account_lock(recovery_id=recovery_id)
    facts = facts_here(case)
    payment = _payment(amount, day, method, reference, invoice_id)
    _require_plausible(facts, payment)
    doubts = [] if confirmed else _doubts(facts, payment)
    if doubts:
        raise Invalid({"confirmed": doubts})
    told = {"comment": comment, "reason": reason, "is_direct": is_direct}
    return _recorded(case, payment, **told, by=by, source=Source.STAFF).acompte  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a payment would meet if it were recorded now. `row` is None while a rate is missing (`unallocated`).

    `due`: what would be due then, EUR; `surplus`: what would be over on the case; `moved`: how many other payments
    would meet something else; `doubts`: why it may be a mistake.
    """

    row: PaymentRow | None = None
    due: Decimal = NOTHING
    surplus: Decimal = NOTHING
    moved: int = 0
    doubts: tuple[str, ...] = ()
    unallocated: str = ""


def payment_expected(
    *, case: Recovery, amount: Decimal, day: date, method: str, reference: str, invoice_id: int | None
) -> Expected:
    """What a payment on `case` (read by `with_terms`) would come to. Raises Invalid for one that cannot be."""
    facts = facts_here(case)
    payment = _payment(amount, day, method, reference, invoice_id)
    _require_plausible(facts, payment)
    doubts = tuple(_doubts(facts, payment))
    before = reckoned(facts, today())
    after = reckoned(replace(facts, payments=(*facts.payments, payment)), today())
    if isinstance(before, RateMissing) or isinstance(after, RateMissing):
        missing = before if isinstance(before, RateMissing) else after
        told = warning(Code.UNALLOCATED, f"{missing.day:%d/%m/%Y}").sentence  # type: ignore[union-attr]
        return Expected(doubts=doubts, unallocated=str(told))
    rows = {row.payment.id: row for row in after.payments}
    moved = sum(rows[row.payment.id].allocations != row.allocations for row in before.payments)
    return Expected(rows[payment.id], after.total.due, after.surplus, moved, doubts)


def require_plausible(day: date, recovery_id: int) -> None:
    """Raises Invalid for a day to come, or one before there was a claim: nothing was recognised on it."""
    if day > today():
        raise Invalid({"day": [_("This day is still to come.")]})
    facts = facts_here(with_terms(Recovery.objects).get(pk=recovery_id))
    first = min((claim.issued_on for claim in facts.claims), default=None)
    if first and day < first:
        sentence = _("This day is before the first invoice or debt of the case ({day}).")
        raise Invalid({"day": [sentence.format(day=first.strftime("%d/%m/%Y"))]})


@story()
def direct_payment_record(
    *,
    recovery_id: int,
    amount: Decimal,
    day: date,
    method: str = "",
    reference: str = "",
    invoice_id: int | None = None,
    confirmed: bool = False,
    by: User,
) -> Recorded:
    """A payment that the creditor received and tells through the API.

    Raises Conflict on a closed case, and for what may be recorded already unless it is `confirmed`; Invalid.
    """
    case = open_case_lock(recovery_id=recovery_id)
    facts = facts_here(case)
    payment = _payment(amount, day, method, reference, invoice_id)
    _require_plausible(facts, payment)
    twin = None if confirmed else same_payment(facts, payment)
    if twin is not None:
        sentence = _('A payment of this amount, day and reference is recorded already. Send "confirm": true to add it.')
        raise Conflict(sentence, code=ErrorCode.DUPLICATE_PAYMENT, payment_id=twin)
    return _recorded(case, payment, is_direct=True, by=by, source=Source.API)


def open_case_lock(*, recovery_id: int) -> Recovery:
    """Lock a case whose account its client changes. Raises NotFound; Conflict on a closed one, with the way
    back."""
    case = case_lock(recovery_id)
    if case.transferred_to is not None:
        sentence = _("This case went on as {reference}: record it there.")
        raise Conflict(sentence.format(reference=case.transferred_to.recovery_reference), code=ErrorCode.CASE_CLOSED)
    if catalogue.is_closing(case.status_id):
        raise Conflict(_("This case is closed. Ask the firm to reopen it."), code=ErrorCode.CASE_CLOSED)
    return case


def _payment(amount: Decimal, day: date, method: str, reference: str, invoice_id: int | None) -> Payment:
    """The id 0 is nobody's."""
    return Payment(id=0, on=day, amount=amount, reference=reference, invoice_id=invoice_id, method=method)


def _require_plausible(facts: Facts, payment: Payment) -> None:
    chosen = payment.invoice_id
    if chosen is not None and (ClaimKind.INVOICE, chosen) not in {claim.key for claim in facts.claims}:
        raise Invalid({"invoice_id": [_("The case has no such invoice.")]})
    require_none(payment_refusals(facts, payment, today()))


def require_none(refusals: Iterable[Refusal]) -> None:
    """Raises Invalid with what the law refuses, by the fields of the services."""
    if told := {_FIELDS[name]: [sentence] for name, sentence in refusals}:
        raise Invalid(told)


_FIELDS = {"on": "day", "amount": "amount"}


def _doubts(facts: Facts, payment: Payment) -> list[str]:
    """Why a payment may be a mistake."""
    doubts = []
    if payment.amount > (owed := _owed(facts)):
        doubts.append(_("This is more than is owed today ({amount}).").format(amount=euros(owed)))
    if same_payment(facts, payment) is not None:
        doubts.append(_("A payment of this amount, day and reference stands on the case already."))
    return doubts


def _owed(facts: Facts) -> Decimal:
    """What is owed today, due or not; without the interest while no rate is known for it."""
    account = reckoned(facts, today())
    if not isinstance(account, RateMissing):
        return account.owed
    received = sum((one.amount for one in facts.payments if one.state != PaymentState.REVERSED), NOTHING)
    return max(sum((claim.principal for claim in facts.claims), NOTHING) - received, NOTHING)


def _recorded(
    case: Recovery,
    payment: Payment,
    *,
    comment: str = "",
    reason: str = "",
    is_direct: bool = False,
    by: User | None,
    source: Source,
) -> Recorded:
    acompte = Acompte.objects.create(
        recovery_id=case.pk,
        owner_id=case.owner_id,
        amount=payment.amount,
        date=payment.on,
        method=payment.method,
        reference=payment.reference,
        comment=comment,
        invoice_id=payment.invoice_id,
        is_direct=is_direct,
    )
    audit_record(action=ADDED, target=acompte, after=field_values(acompte), actor=by)
    posted = ledger_follow(recovery_id=case.pk, by=by, source=source, reason=reason)
    events_record([payment_event(acompte, case=case, account=posted.account, by=by)])
    case_settle(recovery_id=case.pk, posted=posted)
    told = PaymentTold(case=case, payment=acompte, posting=posted.of_payment(acompte.pk), account=posted.account, by=by)
    payment_listeners.tell(told)
    if isinstance(posted.account, RateMissing):
        return Recorded(acompte, None, warning(Code.UNALLOCATED, f"{posted.account.day:%d/%m/%Y}").sentence)
    return Recorded(acompte, posted.account)


# --- debts -----------------------------------------------------------------------------------------------------------
@story()
def dette_record(
    *,
    recovery_id: int,
    label: str,
    amount: Decimal,
    day: date,
    head: str = DebtHead.PRINCIPAL,
    comment: str = "",
    by: User | None,
) -> Dette:
    """A debt of `amount` EUR (more than 0) beside the invoices, under a `DebtHead`.

    Raises Invalid for an amount or a day that cannot be, Forbidden after a transfer.
    """
    case = account_lock(recovery_id=recovery_id)
    require_none(entry_refusals(amount, day, today()))
    dette = Dette.objects.create(
        recovery_id=recovery_id,
        owner_id=case.owner_id,
        label=label,
        head=DebtHead(head).value,
        amount=amount,
        date=day,
        comment=comment,
    )
    posted = ledger_follow(recovery_id=recovery_id, by=by, source=Source.STAFF)
    case_settle(recovery_id=recovery_id, posted=posted)
    audit_record(action=ADDED, target=dette, after=field_values(dette), actor=by)
    events_record([debt_event(dette, case=case, by=by)])
    return dette
