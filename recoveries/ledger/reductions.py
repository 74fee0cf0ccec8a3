"""What takes away from a claim without money from the debtor, and what gives money back.

Credit notes, waivers (remises), what is written off, refunds: each is one posting, taken back by a reversal.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, audit_record
from law.account.checks import credit_note_refusals
from law.account.decompte import Decompte
from law.account.facts import ClaimKey, ClaimKind, CreditNote, Facts, Head, PaymentState, Refund, Waiver
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.ledger.drafting import Draft, Kind
from recoveries.ledger.gathering import told_of
from recoveries.ledger.posting import Posted, Source, ledger_follow, reversal_draft
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.reducing import credit_note_draft, refund_draft, waiver_draft
from recoveries.ledger.services import account_lock, open_case_lock
from recoveries.ledger.settling import case_settle
from recoveries.models import Recovery

REVERSIBLE = (Kind.CREDIT_NOTE, Kind.WAIVER, Kind.WRITEOFF, Kind.REFUND)
_FIELDS = {"on": "day", "amount": "amount"}


@transaction.atomic
def credit_note_record(
    *,
    recovery_id: int,
    invoice_id: int,
    amount: Decimal,
    day: date,
    reference: str = "",
    by: User | None,
    source: Source,
) -> CreditNote:
    """A lower price of an invoice, agreed later. Raises Invalid, Forbidden after a transfer; Conflict on a closed case
    through the API."""
    lock = account_lock if source == Source.STAFF else open_case_lock
    case = lock(recovery_id=recovery_id)
    facts = told_of(case).facts
    note = CreditNote(id=0, claim=(ClaimKind.INVOICE, invoice_id), on=day, amount=amount, reference=reference)
    if note.claim not in {claim.key for claim in facts.claims}:
        raise Invalid({"invoice_id": [_("The case has no such invoice.")]})
    if refusals := list(credit_note_refusals(facts, note, today())):
        raise Invalid({_FIELDS[name]: [sentence] for name, sentence in refusals})
    return replace(note, id=_post(case, credit_note_draft(note), by=by, source=source).pk)


@transaction.atomic
def waiver_record(
    *,
    recovery_id: int,
    head: Head,
    amount: Decimal,
    day: date,
    claim: ClaimKey | None,
    is_writeoff: bool = False,
    reason: str = "",
    by: User | None,
) -> Posting:
    """What the creditor gives up under one head of a claim (None: the penalty), or writes off as lost.

    Raises Invalid for more than is owed there on `day`, Forbidden after a transfer.
    """
    case = account_lock(recovery_id=recovery_id)
    if day > today():
        raise Invalid({"day": [_("This day is still to come.")]})
    left = _left(_known(told_of(case).facts, day), claim, head)
    if not NOTHING < amount <= left:
        raise Invalid({"amount": [_("What is owed there on this day is {amount}.").format(amount=left)]})
    waiver = Waiver(id=0, on=day, head=head, amount=amount, claim=claim, is_writeoff=is_writeoff)
    return _post(case, replace(waiver_draft(waiver), reason=reason), by=by, source=Source.STAFF)


@transaction.atomic
def refund_record(
    *, recovery_id: int, payment_id: int, amount: Decimal, day: date, reason: str = "", by: User | None
) -> Posting:
    """What was paid beyond what was owed, given back to the debtor. Raises Invalid, Forbidden after a transfer."""
    case = account_lock(recovery_id=recovery_id)
    facts = told_of(case).facts
    payment = next((one for one in facts.payments if one.id == payment_id), None)
    if payment is None or payment.state == PaymentState.REVERSED:
        raise Invalid({"payment": [_("The case has no such payment.")]})
    if not payment.on <= day <= today():
        raise Invalid({"day": [_("A refund comes after its payment, and not in the future.")]})
    over = _over(_known(facts, today()), payment_id, facts)
    if not NOTHING < amount <= over:
        raise Invalid({"amount": [_("What was paid beyond what was owed is {amount}.").format(amount=over)]})
    draft = refund_draft(Refund(payment_id=payment_id, on=day, amount=amount))
    return _post(case, replace(draft, reason=reason), by=by, source=Source.STAFF)


@transaction.atomic
def posting_reverse(*, recovery_id: int, posting_id: int, reason: str, by: User | None) -> Posting:
    """Take a credit note, a waiver, a writing off or a refund back. Raises DoesNotExist, Forbidden."""
    case = account_lock(recovery_id=recovery_id)
    row = Posting.objects.get(pk=posting_id, recovery_id=recovery_id, kind__in=REVERSIBLE)
    if Posting.objects.filter(reverses=row).exists():
        raise Forbidden(_("This was reversed already."))
    return _post(case, reversal_draft(row, reason), by=by, source=Source.STAFF)


def _post(case: Recovery, draft: Draft, *, by: User | None, source: Source) -> Posting:
    posted: Posted = ledger_follow(recovery_id=case.pk, by=by, source=source, extra=[draft])
    row = next(row for row, made in zip(posted.rows, posted.drafts, strict=True) if made is draft)
    audit_record(action=ADDED, target=row, actor=by)
    case_settle(recovery_id=case.pk, account=posted.account)
    return row


def _known(facts: Facts, day: date) -> Decompte:
    account = reckoned(facts, day)
    if isinstance(account, RateMissing):
        raise Conflict(_("No interest rate is known for {day}.").format(day=f"{account.day:%d/%m/%Y}"))
    return account


def _left(account: Decompte, claim: ClaimKey | None, head: Head) -> Decimal:
    """What is owed under a head of a claim; of the penalty for None."""
    if claim is None:
        return account.total.penalty
    rows = (row for row in account.claims if row.claim.key == claim)
    return sum((getattr(row.left, head.value, NOTHING) for row in rows), NOTHING)


def _over(account: Decompte, payment_id: int, facts: Facts) -> Decimal:
    """What a payment has beyond what it met and what was given back of it."""
    row = next(row for row in account.payments if row.payment.id == payment_id)
    met = sum((part.amounts.due for part in row.allocations), NOTHING)
    given = sum((one.amount for one in facts.refunds if one.payment_id == payment_id), NOTHING)
    return row.payment.amount - met - given
