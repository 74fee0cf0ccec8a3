"""What takes away from a claim without money from the debtor, and what gives money back.

Credit notes, waivers (remises), what is written off, refunds: each is one posting, taken back by a reversal.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from backoffice.amounts import euros
from backoffice.audit import ADDED, audit_record
from events.services import events_record, story
from law.account.checks import credit_note_refusals, entry_refusals, first_taken_on, same_credit_note, taken_off
from law.account.decompte import Amounts, Decompte
from law.account.facts import Claim, ClaimKey, ClaimKind, CreditNote, Facts, Head, Payment, PaymentState, Refund, Waiver
from law.account.lines import LedgerAccount
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from legalcity.lib.settings.live import live
from recoveries.ledger.book import CLAIMS, is_gone
from recoveries.ledger.drafting import Draft
from recoveries.ledger.events import credit_note_event, waiver_event
from recoveries.ledger.gathering import facts_here, told_of
from recoveries.ledger.posting import Posted, Source, ledger_follow, reversal_draft
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.reducing import credit_note_draft, refund_draft, waiver_draft
from recoveries.ledger.reversals import moves_of, surplus_moved
from recoveries.ledger.services import account_lock, acompte_record, open_case_lock, require_none
from recoveries.ledger.settling import case_settle
from recoveries.models import Acompte, Recovery

_TWIN = {
    True: gettext_lazy(
        'A credit note of this invoice, amount, day and reference is recorded already. Send "confirm": true to add it.'
    ),
    False: gettext_lazy("A credit note of this invoice, amount, day and number stands there already: confirm it."),
}
_BEYOND = {
    Posting.Kind.WRITEOFF: gettext_lazy("Only a manager writes off more than {amount} on a case."),
    Posting.Kind.WAIVER: gettext_lazy("Only a manager enters that a creditor gives up more than {amount} on a case."),
    Posting.Kind.CREDIT_NOTE: gettext_lazy("Only a manager enters credit notes of more than {amount} on a case."),
}


class OwedPart(NamedTuple):
    """What is owed, EUR, under one head of a claim; `claim` is None for the penalty."""

    claim: Claim | None
    head: Head
    amount: Decimal

    @property
    def key(self) -> ClaimKey | None:
        """What tells its claim from the others of the case."""
        return self.claim.key if self.claim else None


@story()
def credit_note_record(
    *,
    recovery_id: int,
    invoice_id: int,
    amount: Decimal,
    day: date,
    reference: str = "",
    reason: str = "",
    confirmed: bool = False,
    by: User | None,
    source: Source,
) -> CreditNote:
    """A lower price of an invoice, agreed later. Raises Invalid; Forbidden after a transfer and, for staff, beyond the
    limit without the right to it; Conflict on a closed case through the API, and for what may be recorded already
    unless it is `confirmed`."""
    lock = account_lock if source == Source.STAFF else open_case_lock
    case = lock(recovery_id=recovery_id)
    facts = facts_here(case)
    note = CreditNote(id=0, claim=(ClaimKind.INVOICE, invoice_id), on=day, amount=amount, reference=reference)
    if note.claim not in {claim.key for claim in facts.claims}:
        raise Invalid({"invoice_id": [_("The case has no such invoice.")]})
    require_none(credit_note_refusals(facts, note, today()))
    if source == Source.STAFF:
        his = Posting.objects.credit_notes_of_client(recovery_id)
        earlier = (one.amount for one in facts.credit_notes if one.id not in his)
        _require_within_limit(Posting.Kind.CREDIT_NOTE, live.CREDIT_NOTE_LIMIT, sum(earlier, amount), by)
    twin = None if confirmed else same_credit_note(facts, note)
    if twin is not None:
        raise Conflict(_TWIN[source == Source.API], code=ErrorCode.DUPLICATE_CREDIT_NOTE, credit_note_id=twin)
    draft = replace(credit_note_draft(note), reason=reason)
    note = replace(note, id=_post(case, draft, by=by, source=source).pk)
    events_record([credit_note_event(note, case=case, by=by)])
    return note


@story()
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

    Claims not yet due may be given up too. Raises Invalid for more than is owed there on `day` and today; Forbidden
    after a transfer, and beyond the limit of its kind for somebody without the right to it.
    """
    case = account_lock(recovery_id=recovery_id)
    require_none(entry_refusals(amount, day, today()))
    facts = facts_here(case)
    left = min(_left(_known(facts, on), claim, head) for on in (day, today()))
    kind = Posting.Kind.WRITEOFF if is_writeoff else Posting.Kind.WAIVER
    given_up = sum((one.amount for one in facts.waivers if one.is_writeoff == is_writeoff), amount)
    _require_within_limit(kind, live.WRITEOFF_LIMIT if is_writeoff else live.WAIVER_LIMIT, given_up, by)
    if not NOTHING < amount <= left:
        raise Invalid({"amount": [_("What is owed there is {amount}.").format(amount=euros(left))]})
    waiver = Waiver(id=0, on=day, head=head, amount=amount, claim=claim, is_writeoff=is_writeoff)
    row = _post(case, replace(waiver_draft(waiver), reason=reason), by=by, source=Source.STAFF)
    events_record([waiver_event(replace(waiver, id=row.pk), case=case, by=by)])
    return row


@story()
def refund_record(
    *, recovery_id: int, payment_id: int, amount: Decimal, day: date, reason: str = "", by: User | None
) -> Posting:
    """What was paid beyond what was owed, given back to the debtor. Raises Invalid, Forbidden after a transfer."""
    case = account_lock(recovery_id=recovery_id)
    _require_refundable(facts_here(case), payment_id, amount, day)
    refund = Refund(payment_id=payment_id, on=day, amount=amount)
    return _given_back(case, refund, reason=reason, by=by)


def _require_refundable(facts: Facts, payment_id: int, amount: Decimal, day: date) -> None:
    payment = next((one for one in facts.payments if one.id == payment_id), None)
    if payment is None or payment.state == PaymentState.REVERSED:
        raise Invalid({"payment": [_("The case has no such payment.")]})
    require_none(entry_refusals(amount, day, today()))
    if day < payment.on:
        raise Invalid({"day": [_("A refund comes after its payment.")]})
    over = min(refundable(_known(facts, on), facts, payment) for on in _days_since(day, facts))
    if not NOTHING < amount <= over:
        raise Invalid({"amount": [_("What may be given back of it is {amount}.").format(amount=euros(over))]})


def _days_since(day: date, facts: Facts) -> set[date]:
    """The days on which least may be over from `day` to today: both, and those on which something was given back."""
    return {day, today(), *(one.on for one in facts.refunds if day < one.on <= today())}


def _given_back(case: Recovery, refund: Refund, *, reason: str, by: User | None) -> Posting:
    is_direct = Acompte.objects.values_list("is_direct", flat=True).get(pk=refund.payment_id)
    draft = refund_draft(refund, of=LedgerAccount.CREDITOR if is_direct else LedgerAccount.BANK)
    return _post(case, replace(draft, reason=reason), by=by, source=Source.STAFF)


@story()
def surplus_move(
    *,
    recovery_id: int,
    payment_id: int,
    amount: Decimal,
    day: date,
    invoice_id: int | None = None,
    reason: str = "",
    by: User | None,
) -> Acompte:
    """What was paid beyond what was owed, laid against what is owed since: given back, and received anew on `day`.

    `invoice_id`: the invoice that the debtor chose. Returns what is received anew. Raises Invalid, also for more than
    is owed, Forbidden after a transfer.
    """
    case = account_lock(recovery_id=recovery_id)
    facts = facts_here(case)
    require_none(entry_refusals(amount, day, today()))
    owed = _known(facts, today()).owed
    if amount > owed:
        raise Invalid({"amount": [_("What is owed is {amount}.").format(amount=euros(owed))]})
    _require_refundable(facts, payment_id, amount, day)
    first = Acompte.objects.get(pk=payment_id)
    moved = acompte_record(
        recovery_id=recovery_id,
        amount=amount,
        day=day,
        method=surplus_moved(),
        reference=first.reference if invoice_id is None else "",
        invoice_id=invoice_id,
        comment=reason,
        reason=reason,
        is_direct=first.is_direct,
        confirmed=True,
        by=by,
    )
    refund = Refund(payment_id=payment_id, on=day, amount=amount, into=moved.pk)
    _given_back(account_lock(recovery_id=recovery_id), refund, reason=reason, by=by)
    return moved


@story()
def posting_reverse(*, recovery_id: int, posting_id: int, reason: str, by: User | None) -> Posting:
    """Take a credit note, a waiver, a writing off or a refund back. Raises DoesNotExist, Forbidden."""
    case = account_lock(recovery_id=recovery_id)
    row = Posting.objects.reversible().get(pk=posting_id, recovery_id=recovery_id)
    book = told_of(case).book
    if is_gone(book, row.facts):
        sentence = _("This went on as {reference}: it is taken back there.")
        raise Forbidden(sentence.format(reference=case.transferred_to))
    if Posting.objects.filter(reverses=row).exists():
        raise Forbidden(_("This was reversed already."))
    if row.pk in moves_of(book):
        raise Forbidden(_("This was moved: reverse the payment that was received anew, and both are taken back."))
    return _post(case, reversal_draft(row, reason), by=by, source=Source.STAFF)


def require_within_claims(posted: Posted) -> None:
    """Raises Invalid for an invoice that was corrected to less than what was credited and given up of it, or to a day
    after that: nothing is taken off what is not there yet."""
    told = (draft.facts[CLAIMS] for draft in posted.drafts if draft.kind == Posting.Kind.CLAIM_CHANGE)
    changed = {(each["kind"], each["id"]) for claims in told for each in claims}
    for claim in posted.facts.claims:
        if claim.key in changed and (taken := taken_off(posted.facts, claim)) > claim.principal:
            sentence = _("{amount} were credited and given up of this invoice: reverse that first, or ask for as much.")
            raise Invalid({"invoice_amount": [sentence.format(amount=euros(taken))]})
        if claim.key in changed and (day := first_taken_on(posted.facts, claim)) and day < claim.issued_on:
            sentence = _("Something was credited or given up of this invoice on {day}: it cannot be dated after that.")
            raise Invalid({"invoice_date": [sentence.format(day=f"{day:%d/%m/%Y}")]})


def _post(case: Recovery, draft: Draft, *, by: User | None, source: Source) -> Posting:
    posted: Posted = ledger_follow(recovery_id=case.pk, by=by, source=source, extra=[draft])
    row = next(row for row, made in zip(posted.rows, posted.drafts, strict=True) if _is(made, draft))
    audit_record(action=ADDED, target=row, actor=by)
    case_settle(recovery_id=case.pk, posted=posted)
    return row


def _is(made: Draft, draft: Draft) -> bool:
    """Whether `made` is `draft`, whatever its lines came to."""
    return replace(made, lines=()) == replace(draft, lines=())


def _known(facts: Facts, day: date) -> Decompte:
    account = reckoned(facts, day)
    if isinstance(account, RateMissing):
        raise Conflict(_("No interest rate is known for {day}.").format(day=f"{account.day:%d/%m/%Y}"))
    return account


def _require_within_limit(kind: Posting.Kind, limit: Decimal, amount: Decimal, by: User | None) -> None:
    """The limit is that of a case: what was taken off before counts, so that parts do not pass beneath it."""
    if by is not None and amount > limit and not by.has_perm("recoveries.write_off"):
        raise Forbidden(str(_BEYOND[kind]).format(amount=euros(limit)))


def owed_parts(account: Decompte) -> Iterator[OwedPart]:
    """All that may be given up: each head of each claim, due or not, then the penalty."""
    for row in account.claims:
        for name, amount in zip(Amounts._fields, row.left, strict=True):
            if amount:
                yield OwedPart(row.claim, Head(name), amount)
    for waiting in account.not_due:
        if waiting.principal:
            yield OwedPart(waiting.claim, Head.PRINCIPAL, waiting.principal)
    if account.total.penalty:
        yield OwedPart(None, Head.PENALTY, account.total.penalty)


def _left(account: Decompte, claim: ClaimKey | None, head: Head) -> Decimal:
    """What is owed under a head of a claim; of the penalty for None."""
    parts = (part for part in owed_parts(account) if part.key == claim and part.head == head)
    return sum((part.amount for part in parts), NOTHING)


def refundable(account: Decompte, facts: Facts, payment: Payment) -> Decimal:
    """How much of a payment may be given back: what is over on the case, and no more than has come by it."""
    if payment.state == PaymentState.REVERSED:
        return NOTHING
    given = sum((one.amount for one in facts.refunds if one.payment_id == payment.id), NOTHING)
    return min(account.surplus, payment.amount - given)
