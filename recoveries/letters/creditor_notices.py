"""Notices to creditors: each is told at once of every payment on a case of his, also a partial one (art. R124-5 CPCE).

One e-mail a posting, to the account's address. Nothing is told twice: what a payment met is laid anew without a word.
"""

from datetime import datetime, timedelta

import structlog

from legalcity.lib.claims import Claim, queue
from legalcity.lib.clock import now
from legalcity.lib.emails.rows import interrupted_end
from legalcity.lib.emails.sending import deliver
from legalcity.lib.settings.live import live
from recoveries.ledger.listeners import PaymentTold
from recoveries.letters.jobs import NOTICE_JOB
from recoveries.letters.receipt_writing import Money, notice_write, payment_reversed
from recoveries.models import Acompte, CreditorNotice

log = structlog.get_logger("recoveries")

State = CreditorNotice.State


def creditor_notice_queue(told: PaymentTold) -> CreditorNotice | None:
    """Write the notice of a payment, or of its reversal, and have it sent after the commit.

    A payment that is taken back before its creditor was told of it is told of neither way.
    """
    if told.reversal and _stop(told.payment):
        return None
    if not live.SEND_PAYMENT_NOTICES:
        return None
    letter = notice_write(case=told.case, money=Money.of(told.payment, told.account), reversal=told.reversal)
    notice = CreditorNotice.objects.create(
        posting=told.posting,
        payment=told.payment,
        recipient=told.case.owner.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )
    queue(NOTICE_JOB.task, notice.pk)
    return notice


def _stop(payment: Acompte) -> bool:
    """Cancel the notice of a payment, unless it has left or is about to; whether one was cancelled."""
    whole = [pk for pk in (payment.pk, payment.moved_from_id) if pk]
    waiting = CreditorNotice.objects.filter(payment_id__in=whole, state=State.QUEUED, claimed_until=None)
    return bool(waiting.update(state=State.CANCELLED, error=payment_reversed()))


def creditor_notice_deliver(*, notice_id: int, moment: datetime) -> timedelta | None:
    """Send a queued notice, once. Returns after how long to try again; None when it is over."""
    return deliver(NOTICE_JOB, notice_id, moment=moment, may_leave=_may_leave, sent=_sent)


def _may_leave(claim: Claim[CreditorNotice], notice: CreditorNotice) -> bool:
    """Not after the one that says that the payment was taken back, where an attempt failed in between."""
    later = CreditorNotice.objects.filter(payment_id=notice.payment_id, pk__gt=notice.pk)
    if later.exists():
        claim.write(state=State.CANCELLED, error=payment_reversed(), claimed_until=None)
        return False
    return True


def _sent(claim: Claim[CreditorNotice], notice: CreditorNotice) -> None:
    claim.write(state=State.SENT, sent_at=now(), error="", claimed_until=None)
    log.info("creditor_notice_sent", notice_id=notice.pk, posting_id=notice.posting_id)


def creditor_notices_interrupted(*, moment: datetime) -> int:
    """End the notices whose worker was lost while it was sending: they may have gone out. How many."""
    return interrupted_end(NOTICE_JOB, moment=moment)
