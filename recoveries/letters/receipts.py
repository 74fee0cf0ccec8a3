"""Receipts: a debtor gets one for each payment, once, however often it is laid anew (art. R124-6 CPCE).

They ask for nothing, so of the guard's rows few are asked of them, and none holds them. A payment that is taken
back before its receipt has left cancels it; after that the debtor is told.
"""

from collections.abc import Callable
from functools import partial

from django.db.models import Q, QuerySet

from accounts.models import User
from companies.models import Company
from law.contact import Channel, Facts, Outcome, PartyFactKind, Purpose
from legalcity.lib.claims import queue
from legalcity.lib.clock import now
from legalcity.lib.emails.rows import INTERRUPTED
from legalcity.lib.errors import Conflict
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import read_email
from legalcity.lib.settings.live import live
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.listeners import PaymentTold
from recoveries.letters.channels.postal import postal_lines
from recoveries.letters.gathering import facts_aside
from recoveries.letters.jobs import JOB
from recoveries.letters.judging import verdict_of_receipt
from recoveries.letters.receipt_writing import Money, correction_write, payment_reversed, receipt_write
from recoveries.letters.verdicts import values_of
from recoveries.letters.writing import Written
from recoveries.models import Acompte, Message, Recovery

State = Message.State
Kind = Message.Kind
# What the debtor has, or may have.
GONE_OUT = Q(state__in=Message.GONE_OUT) | Q(state=State.FAILED, error=INTERRUPTED)


def receipt_queue(told: PaymentTold) -> Message | None:
    """Write the receipt of a payment and have it sent after the commit; None where there is nobody to tell.

    Without an e-mail address of the debtor it waits to be sent by post.
    """
    if told.case.debtor is None or not live.SEND_RECEIPTS:
        return None
    write = partial(receipt_write, case=told.case, money=Money.of(told.payment, told.account))
    return _queued(told.case, told.payment, Kind.RECEIPT, write, told.by)


def receipt_take_back(told: PaymentTold) -> None:
    """Stop the receipt of a payment that was taken back, or tell the debtor who has it. The caller holds the lock."""
    receipts = _receipts_of(told.payment)
    waiting = receipts.filter(state__in=(State.QUEUED, State.TO_POST), claimed_until=None)
    waiting.update(state=State.CANCELLED, error=payment_reversed())
    for receipt in receipts.filter(GONE_OUT):
        _correct(told.case, receipt, Money.of(told.payment, told.account), told.by)


def receipt_refusal(email: Message) -> str:
    """Why a receipt may not leave any more: its payment was taken back. A correction always may."""
    return payment_reversed() if email.kind == Kind.RECEIPT and _reversal_of(email) else ""


def receipt_sent(*, receipt: Message) -> None:
    """A receipt is out; where its payment was taken back while it was on its way, the debtor is told.

    The caller holds the lock of the case.
    """
    payment = receipt.payment
    if payment is None or _reversal_of(receipt) is None:
        return
    case = with_terms(Recovery.objects.all()).get(pk=receipt.recovery_id)
    try:
        account = case_decompte(case)
    except Conflict:
        account = None
    _correct(case, receipt, Money.of(payment, account), None)


def _correct(case: Recovery, receipt: Message, money: Money, by: User | None) -> None:
    reversal, payment = _reversal_of(receipt), receipt.payment
    is_told = Message.objects.filter(payment_id=receipt.payment_id, kind=Kind.RECEIPT_CORRECTION).exists()
    if reversal is None or payment is None or is_told or case.debtor is None:
        return
    write = partial(correction_write, case=case, money=money, receipt=receipt, reversal=reversal)
    _queued(case, payment, Kind.RECEIPT_CORRECTION, write, by)


def _queued(
    case: Recovery, payment: Acompte | None, kind: Message.Kind, write: Callable[..., Written], by: User | None
) -> Message:
    facts, moment = facts_aside(case), now()
    address = _address_of(case.debtor, facts)
    channel = Channel.EMAIL if address else Channel.LETTER
    told = write(channel=channel.value)
    letter = told.letter
    verdict = verdict_of_receipt(facts, letter, recipient=address, moment=moment)
    may_leave = verdict.outcome == Outcome.SEND
    email = Message.objects.create(
        recovery=case,
        kind=kind,
        purpose=Purpose.RECEIPT,
        channel=channel,
        language=told.language,
        template_version=told.version,
        recipient=address,
        address="" if address else "\n".join(postal_lines(case.debtor)),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        payment=payment,
        user=by,
        state=(State.QUEUED if address else State.TO_POST) if may_leave else State.CANCELLED,
        **values_of(verdict, moment),
    )
    if address and may_leave:
        queue(JOB.task, email.pk)
    return email


def _address_of(debtor: Company | None, facts: Facts) -> str:
    """Where the debtor reads e-mails; nothing where no address is known, or one that is none, or that is wrong."""
    address = (debtor.company_email if debtor else None) or ""
    wrong = {known.value.lower() for known in facts.people.get(PartyFactKind.WRONG, ())}
    try:
        return "" if address.lower() in wrong else read_email(address)
    except Unreadable:
        return ""


def _receipts_of(payment: Acompte) -> QuerySet[Message]:
    """The receipt of a payment: of the one that it came along from, where the case went to court meanwhile."""
    whole = [pk for pk in (payment.pk, payment.moved_from_id) if pk]
    return Message.objects.filter(payment_id__in=whole, kind=Kind.RECEIPT).select_related("payment")


def _reversal_of(receipt: Message) -> Acompte | None:
    """The row that takes the payment of a receipt back, here or in the case that it went along to."""
    whole = Q(reverses_id=receipt.payment_id) | Q(reverses__moved_from_id=receipt.payment_id)
    return Acompte.objects.filter(whole).order_by("id").first()
