"""Reminders to debtors by e-mail: written and frozen in one transaction, sent by a worker, never twice."""

from datetime import date, datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from law.account.facts import NoticeState
from legalcity.lib.claims import Claim, Job, lapsed, queue, take
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Invalid
from legalcity.lib.mail import automatic_headers
from legalcity.lib.settings.live import live
from legalcity.lib.text import is_storable
from recoveries.letters.following import case_follow, require_following
from recoveries.letters.judging import Demand, demand_of, refusals_of, require_leave
from recoveries.letters.writing import Letter, letter_write
from recoveries.models import Recovery, SentEmail
from recoveries.services.notices import notice_of_email

log = structlog.get_logger("recoveries")

State = SentEmail.State
Kind = SentEmail.Kind
EXTRA_LENGTH = 2000
# The claim outlasts any talk with a mail server, and nobody takes it over: what may have gone out is not sent again.
JOB = Job(
    SentEmail,
    "recoveries.tasks.send_email",
    waiting=Q(state=State.QUEUED),
    claim=timedelta(minutes=15),
    most_attempts=6,
    first_pause=timedelta(minutes=1),
    is_resumed=False,
)
INTERRUPTED = "Interrupted"


# --- write -----------------------------------------------------------------------------------------------------------
def letter_of(case: Recovery, demand: Demand, *, kind: str, extra: str = "") -> Letter:
    """The letter that asks for `demand`, as it would be written now."""
    sent = list(SentEmail.objects.filter(recovery=case, state=State.SENT).order_by("sent_at", "id"))
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
    """Write a reminder (SentEmail.Kind) to the debtor at the address `to` and have a worker send it after the commit.

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
        validate_email(to)
    except ValidationError:
        errors["to"] = [_("Enter a valid e-mail address.")]
    if kind not in SentEmail.Kind.values:
        errors["kind"] = [_("There is no such reminder.")]
    if len(extra) > EXTRA_LENGTH or not is_storable(extra):
        errors["extra"] = [_("This text is too long, or holds characters that cannot be kept.")]
    if errors:
        raise Invalid(errors)


# --- send ------------------------------------------------------------------------------------------------------------
def email_deliver(*, email_id: int, moment: datetime) -> timedelta | None:
    """Send a queued e-mail, once, whoever else tries. Returns after how long to try again; None when it is over."""
    claim = take(JOB, email_id, moment=moment)
    if claim is None:
        return None
    email = SentEmail.objects.get(pk=email_id)
    if not _may_leave(claim, email, moment.astimezone(PARIS).date()):
        return None
    try:
        _message(email).send()
    except Exception as error:
        return _not_sent(claim, email, error)
    _sent(claim, email)
    return None


@transaction.atomic
def _may_leave(claim: Claim, email: SentEmail, on: date) -> bool:
    """Ask again under the lock of the case: what has come in between may forbid the letter, which ends here then."""
    case = Recovery.objects.select_for_update(of=("self",)).filter(pk=email.recovery_id).first()
    if case is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        try:
            reasons = refusals_of(case, demand_of(case, on), kind=email.kind, on=on, email=email)
            told = " ".join(map(str, reasons))
        except Conflict as error:
            told = str(error.message)
    if told:
        claim.write(state=State.CANCELLED, error=told[:1000], claimed_until=None)
        log.warning("email_cancelled", email_id=email.pk, recovery_id=case.pk)
    return not told


@transaction.atomic
def _sent(claim: Claim, email: SentEmail) -> None:
    """Write down that it is out, and let the case follow: the lock of the case before its letter."""
    case = Recovery.objects.select_for_update(of=("self",)).filter(pk=email.recovery_id).first()
    is_written = claim.write(state=State.SENT, sent_at=now(), error="", claimed_until=None)
    if is_written and case is not None:
        notice_of_email(email=email, state=NoticeState.SENT, on=today())
    if is_written and case is not None and email.moves_case:
        case_follow(case=case, email=email)
    log.info("email_sent", email_id=email.pk, recovery_id=email.recovery_id)


def _message(email: SentEmail) -> EmailMultiAlternatives:
    reply_to = [live.FIRM_EMAIL] if live.FIRM_EMAIL else None
    message = EmailMultiAlternatives(
        email.subject,
        email.text,
        settings.DEFAULT_FROM_EMAIL,
        [email.recipient],
        reply_to=reply_to,
        headers=automatic_headers(),
    )
    message.attach_alternative(email.html, "text/html")
    return message


@transaction.atomic
def _not_sent(claim: Claim[SentEmail], email: SentEmail, error: Exception) -> timedelta | None:
    """Keep what went wrong by its class alone: the words of mail servers quote addresses."""
    name = type(error).__name__
    is_over = not is_temporary(error) or JOB.is_last(email.attempts)
    log.warning("email_not_sent", email_id=email.pk, error=name, attempt=email.attempts, is_over=is_over)
    pause = JOB.pause(email.attempts)
    is_written = claim.release(after=pause, state=State.FAILED if is_over else State.QUEUED, error=name)
    if is_over and is_written:
        notice_of_email(email=email, state=NoticeState.FAILED, on=today())
    return None if is_over else pause


def is_temporary(error: Exception) -> bool:
    """Whether another attempt may do better: a server that is away or says so (a code of the 400s)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _words in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, SMTPException):
        return isinstance(error, SMTPServerDisconnected)
    return isinstance(error, OSError)


@transaction.atomic
def emails_interrupted(*, moment: datetime) -> int:
    """End the e-mails whose worker was lost while it was sending: they may have gone out, staff decide. How many."""
    emails = list(lapsed(JOB, moment=moment).select_for_update(of=("self",)))
    ended = SentEmail.objects.filter(pk__in=[email.pk for email in emails])
    ended.update(state=State.FAILED, error=INTERRUPTED, claimed_until=None)
    for email in emails:
        notice_of_email(email=email, state=NoticeState.FAILED, on=today())
    return len(emails)
