"""Notices to creditors: each is told at once of every payment on a case of his, also a partial one (art. R124-5 CPCE).

One e-mail a posting and recipient, to those whom the client has named for `money_received` (events/notices). Nothing
is told twice: what a payment met is laid anew without a word.
"""

from datetime import datetime, timedelta

import structlog
from django.db.models import QuerySet

from events.notices.delivery import recipient_hold
from events.notices.groups import Group
from events.notices.recipients import legal_recipients
from legalcity.lib.claims import Claim, queue
from legalcity.lib.clock import now
from legalcity.lib.emails.rows import interrupted_end
from legalcity.lib.emails.sending import deliver, is_refused_for_good
from legalcity.lib.settings.live import live
from recoveries.ledger.listeners import PaymentTold
from recoveries.letters.jobs import NOTICE_JOB
from recoveries.letters.receipt_writing import Money, notice_write, payment_reversed
from recoveries.models import Acompte, CreditorNotice

log = structlog.get_logger("recoveries")

State = CreditorNotice.State


def creditor_notices_queue(told: PaymentTold) -> None:
    """Write the notices of a payment, or of its reversal, and have them sent after the commit.

    Who was not told yet of a payment that is taken back is told of it neither way.
    """
    untold = _stop(told.payment) if told.reversal else set()
    if not live.SEND_PAYMENT_NOTICES or (untold and not _is_told(told.payment)):
        return
    choice = legal_recipients(told.case.owner, Group.MONEY_RECEIVED)
    money = Money.of(told.payment, told.account)
    letter = notice_write(case=told.case, money=money, reversal=told.reversal, language=choice.language)
    for recipient in sorted(set(choice.recipients) - untold):
        notice = CreditorNotice.objects.create(
            posting=told.posting,
            payment=told.payment,
            recipient=recipient,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )
        queue(NOTICE_JOB.task, notice.pk)


def _notices_of(payment: Acompte) -> QuerySet[CreditorNotice]:
    """Those of a payment: of the one that it came along from, where the case went to court meanwhile."""
    return CreditorNotice.objects.filter(payment_id__in=[pk for pk in (payment.pk, payment.moved_from_id) if pk])


def _stop(payment: Acompte) -> set[str]:
    """Cancel the notices of a payment that have not left and are not about to; to whom they would have gone."""
    waiting = _notices_of(payment).filter(state=State.QUEUED, claimed_until=None).select_for_update(of=("self",))
    recipients = dict(waiting.values_list("pk", "recipient"))
    CreditorNotice.objects.filter(pk__in=recipients).update(state=State.CANCELLED, error=payment_reversed())
    return set(recipients.values())


def _is_told(payment: Acompte) -> bool:
    """Whether a notice of it has left, or may have."""
    return _notices_of(payment).exclude(state=State.CANCELLED).exists()


def creditor_notice_deliver(*, notice_id: int, moment: datetime) -> timedelta | None:
    """Send a queued notice, once. Returns after how long to try again; None when it is over."""
    return deliver(NOTICE_JOB, notice_id, moment=moment, may_leave=_may_leave, sent=_sent, given_up=_given_up)


def _may_leave(claim: Claim[CreditorNotice], notice: CreditorNotice) -> bool:
    """Not after the one that says that the payment was taken back, where an attempt failed in between."""
    later = CreditorNotice.objects.filter(payment_id=notice.payment_id, recipient=notice.recipient, pk__gt=notice.pk)
    if later.exists():
        claim.write(state=State.CANCELLED, error=payment_reversed(), claimed_until=None)
        return False
    return True


def _sent(claim: Claim[CreditorNotice], notice: CreditorNotice) -> None:
    claim.write(state=State.SENT, sent_at=now(), error="", claimed_until=None)
    log.info("creditor_notice_sent", notice_id=notice.pk, posting_id=notice.posting_id)


def _given_up(notice: CreditorNotice, error: Exception) -> None:
    if is_refused_for_good(error):
        owner_id = notice.posting.owner_id
        recipient_hold(owner_id=owner_id, email=notice.recipient, reason=type(error).__name__)


def creditor_notices_interrupted(*, moment: datetime) -> int:
    """End the notices whose worker was lost while it was sending: they may have gone out. How many."""
    return interrupted_end(NOTICE_JOB, moment=moment)
