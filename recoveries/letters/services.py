"""Letters to debtors by e-mail: written and frozen in one transaction, sent by a worker, never twice."""

from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from events.services import events_record, story
from law.account.facts import NoticeState
from law.vocabulary import Reminder
from legalcity.lib.claims import Claim, lapsed, queue
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from legalcity.lib.emails.rows import INTERRUPTED
from legalcity.lib.emails.sending import deliver
from legalcity.lib.errors import Conflict, Invalid
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import read_email
from legalcity.lib.text import is_storable
from recoveries.events import MESSAGE_FAILED, MESSAGE_HELD, MESSAGE_SENT, message_event
from recoveries.letters.following import case_follow, require_following
from recoveries.letters.jobs import JOB
from recoveries.letters.judging import Demand, demand_of, refusals_of, require_leave
from recoveries.letters.receipts import receipt_refusal, receipt_sent
from recoveries.letters.writing import Letter, letter_write
from recoveries.models import Recovery, SentEmail
from recoveries.services.notices import notice_of_email

log = structlog.get_logger("recoveries")

State = SentEmail.State
Kind = SentEmail.Kind
EXTRA_LENGTH = 2000


# --- write -----------------------------------------------------------------------------------------------------------
def letter_of(case: Recovery, demand: Demand, *, kind: str, extra: str = "") -> Letter:
    """The letter that asks for `demand`, as it would be written now."""
    sent = list(SentEmail.objects.demands().filter(recovery=case, state=State.SENT).order_by("sent_at", "id"))
    return letter_write(
        kind=kind,
        case=case,
        account=demand.account,
        earlier=sent[0] if sent and kind != Kind.REMINDER_1 else None,
        reminders=sum(email.kind != Kind.FORMAL_NOTICE for email in sent),
        extra=extra,
    )


@transaction.atomic
def email_send(
    *, case_id: int, kind: str, to: str, by: User | None, extra: str = "", moves_case: bool = False
) -> SentEmail:
    """Write a reminder (`Reminder`) to the debtor at the address `to` and have a worker send it after the commit.

    The row keeps the words as they went out. With `moves_case` the case gets the status of the reminder once it has
    been sent. Raises Invalid for an address or words that cannot be sent, Forbidden for a letter that may not leave
    (law/letters_guard.py) or could not move the case, Conflict when no rate is known.
    """
    case = Recovery.objects.select_for_update(of=("self",)).select_related("customer", "debtor").get(pk=case_id)
    _require_sendable(kind, to, extra)
    moment = now()
    on = moment.astimezone(PARIS).date()
    demand = demand_of(case, on)
    require_leave(case, demand, kind=kind, on=on)
    if moves_case:
        require_following(case, kind=kind)
    letter = letter_of(case, demand, kind=kind, extra=extra)
    email = SentEmail.objects.create(
        recovery=case,
        kind=kind,
        recipient=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        total=demand.account.total,
        user=by,
        moves_case=moves_case,
    )
    queue(JOB.task, email.pk)
    return email


def _require_sendable(kind: str, to: str, extra: str) -> None:
    errors: dict[str, list[str]] = {}
    try:
        read_email(to)
    except Unreadable:
        errors["to"] = [_("Enter a valid e-mail address.")]
    if kind not in list(Reminder):
        errors["kind"] = [_("There is no such reminder.")]
    if len(extra) > EXTRA_LENGTH or not is_storable(extra):
        errors["extra"] = [_("This text is too long, or holds characters that cannot be kept.")]
    if errors:
        raise Invalid(errors)


# --- send ------------------------------------------------------------------------------------------------------------
def email_deliver(*, email_id: int, moment: datetime) -> timedelta | None:
    """Send a queued e-mail, once, whoever else tries. Returns after how long to try again; None when it is over."""
    on = moment.astimezone(PARIS).date()
    return deliver(
        JOB,
        email_id,
        moment=moment,
        may_leave=lambda claim, email: _may_leave(claim, email, on),
        sent=_sent,
        given_up=lambda email, error: _failed(email),
    )


def _failed(email: SentEmail) -> None:
    """It could not be sent, or its worker was lost while it was sending."""
    notice_of_email(email=email, state=NoticeState.FAILED, on=today())
    events_record([message_event(MESSAGE_FAILED, email)])


@story()
def _may_leave(claim: Claim[SentEmail], email: SentEmail, on: date) -> bool:
    """Ask again under the lock of the case: what has come in between may forbid the letter, which ends here then."""
    case = Recovery.objects.select_for_update(of=("self",)).filter(pk=email.recovery_id).first()
    if case is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        told = receipt_refusal(email) if email.is_receipt else _demand_refusal(case, email, on)
    if told:
        is_written = claim.write(state=State.CANCELLED, error=told[:1000], claimed_until=None)
        if is_written and not email.is_receipt:
            events_record([message_event(MESSAGE_HELD, email)])
        log.warning("email_cancelled", email_id=email.pk, recovery_id=case.pk)
    return not told


def _demand_refusal(case: Recovery, email: SentEmail, on: date) -> str:
    """Why what asks for money may not leave any more; nothing when it may."""
    try:
        return " ".join(map(str, refusals_of(case, demand_of(case, on), kind=email.kind, on=on, email=email)))
    except Conflict as error:
        return str(error.message)


@story()
def _sent(claim: Claim[SentEmail], email: SentEmail) -> None:
    """Write down that it is out, and let the case follow: the lock of the case before its letter."""
    case = Recovery.objects.select_for_update(of=("self",)).filter(pk=email.recovery_id).first()
    is_written = claim.write(state=State.SENT, sent_at=now(), error="", claimed_until=None)
    if is_written and case is not None:
        notice_of_email(email=email, state=NoticeState.SENT, on=today())
        events_record([message_event(MESSAGE_SENT, email)])
    if is_written and case is not None and email.moves_case:
        case_follow(case=case, email=email)
    if is_written and email.kind == Kind.RECEIPT:
        receipt_sent(receipt=email)
    log.info("email_sent", email_id=email.pk, recovery_id=email.recovery_id)


@story()
def emails_interrupted(*, moment: datetime) -> int:
    """End the e-mails whose worker was lost while it was sending: they may have gone out, staff decide. How many."""
    emails = list(lapsed(JOB, moment=moment).select_for_update(of=("self",)))
    ended = SentEmail.objects.filter(pk__in=[email.pk for email in emails])
    ended.update(state=State.FAILED, error=INTERRUPTED, claimed_until=None)
    for email in emails:
        _failed(email)
    return len(emails)
