"""Letters to debtors by e-mail: written and frozen in one transaction, sent by a worker, never twice."""

from datetime import datetime, time, timedelta

import structlog
from django.utils.translation import gettext as _

from accounts.models import User
from events.services import events_record, story
from law.account.facts import NoticeState
from law.contact import Outcome, Verdict, put_off
from law.vocabulary import Reminder
from legalcity.lib.claims import Claim, anew, lapsed, queue
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS, add_days
from legalcity.lib.emails.rows import INTERRUPTED
from legalcity.lib.emails.sending import deliver, is_refused_for_good
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import read_email
from legalcity.lib.text import is_storable
from recoveries.events import MESSAGE_FAILED, MESSAGE_SENT, held_event, message_event
from recoveries.ledger.gathering import with_terms
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.following import case_follow, require_following
from recoveries.letters.gathering import facts_aside
from recoveries.letters.jobs import JOB
from recoveries.letters.judging import PURPOSES, Draft, drafts_of, verdict_of, verdict_of_receipt
from recoveries.letters.party_facts import address_is_wrong
from recoveries.letters.receipts import receipt_refusal, receipt_sent
from recoveries.letters.verdicts import values_of
from recoveries.models import Message, Recovery
from recoveries.services.notices import notice_of_email

log = structlog.get_logger("recoveries")

State = Message.State
Kind = Message.Kind
EXTRA_LENGTH = 2000
NIGHT = time(5)  # in Paris: what is held without a day is judged again
WORDLESS = {"subject": "", "text": "", "html": "", "day": None, "total": None}  # A held letter has no words


# --- write -----------------------------------------------------------------------------------------------------------
@story()
def message_send(
    *, case_id: int, kind: str, to: str, by: User | None, extra: str = "", moves_case: bool = False
) -> Message:
    """Write a reminder (`Reminder`) to the debtor at the address `to`, to leave after the commit or once it may.

    One that the guard (law/contact) lets go is queued with its words, as they go out; one that it holds is kept without
    words, which are made when it leaves. With `moves_case` the case gets the status of the reminder once it has been
    sent. Raises Invalid for an address or words that cannot be sent, Forbidden with `reasons` for a letter that may
    never leave, and for one that waits already or could not move the case, Conflict when no rate is known.
    """
    debtor_lock(case_id)
    case = letter_case(case_id)
    _require_sendable(kind, to, extra)
    _require_no_twin(case, kind)
    moment = now()
    [draft] = drafts_of(case, [kind], to=to, moment=moment, extra=extra)
    if draft.verdict.outcome == Outcome.NEVER:
        raise Forbidden(_("This letter may not leave."), reasons=list(draft.verdict.standing))
    if moves_case:
        require_following(case, kind=kind)
    email = Message(
        recovery=case, kind=kind, purpose=PURPOSES[kind], recipient=to, extra=extra, user=by, moves_case=moves_case
    )
    message_write(email, draft, moment)
    return email


def letter_case(case_id: int) -> Recovery:
    """The case, locked, as letters read it. The debtor's lock comes before it (`debtor_lock`)."""
    return with_terms(Recovery.objects.select_for_update(of=("self",))).get(pk=case_id)


def message_write(email: Message, draft: Draft, moment: datetime) -> None:
    """Fill a row with what its verdict makes of it: the words of a letter that leaves, or the reasons why it waits."""
    held = draft.verdict.outcome == Outcome.HOLD
    letter, total = draft.letter, draft.demand.account.total
    values = values_of(draft.verdict, moment) | anew()
    if held:
        values |= {"state": State.HELD, "due_at": judged_next(draft.verdict, moment), **WORDLESS}
    else:
        words = {"subject": letter.subject, "text": letter.text, "html": letter.html}
        values |= {"state": State.QUEUED, "day": draft.day, "total": total, **words}
    for name, value in values.items():
        setattr(email, name, value)
    email.save()
    if held:
        events_record([held_event(email, draft.verdict)])
    else:
        queue(JOB.task, email.pk)


def judged_next(verdict: Verdict | None, moment: datetime) -> datetime:
    """When a held letter is judged again, unless something happens on its case before: on its day, else at night."""
    night = datetime.combine(add_days(moment.astimezone(PARIS).date(), 1), NIGHT, PARIS)
    return (verdict and verdict.until) or night


def _require_no_twin(case: Recovery, kind: str) -> None:
    """The same letter does not wait twice."""
    if Message.objects.filter(recovery=case, kind=kind, state__in=(State.QUEUED, State.HELD)).exists():
        raise Forbidden(_("This letter waits already."))


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
def message_deliver(*, message_id: int, moment: datetime) -> timedelta | None:
    """Send a queued e-mail, once, whoever else tries. Returns after how long to try again; None when it is over."""
    return deliver(
        JOB,
        message_id,
        moment=moment,
        may_leave=lambda claim, email: _may_leave(claim, email, moment),
        sent=_sent,
        given_up=_given_up,
    )


def _given_up(email: Message, error: Exception) -> None:
    """It could not be sent; an address that its server knows not is written to no more, until staff say else."""
    if is_refused_for_good(error):
        address_is_wrong(email=email)
    _failed(email)


def _failed(email: Message) -> None:
    """It could not be sent, or its worker was lost while it was sending."""
    notice_of_email(email=email, state=NoticeState.FAILED, on=today())
    events_record([message_event(MESSAGE_FAILED, email)])


@story()
def _may_leave(claim: Claim[Message], email: Message, moment: datetime) -> bool:
    """Ask again under the locks of the debtor and the case: what has come in between may hold the letter, or end it."""
    if not email.is_receipt:
        debtor_lock(email.recovery_id)
    case = with_terms(Recovery.objects.select_for_update(of=("self",))).filter(pk=email.recovery_id).first()
    if case is None:
        return False
    if email.is_receipt and (told := receipt_refusal(email)):
        claim.write(state=State.CANCELLED, error=told, claimed_until=None)
        return False
    verdict = _judged(case, email, moment)
    values = values_of(verdict, moment)
    if verdict.outcome == Outcome.SEND:
        return claim.write(guard=values["guard"], judged_at=moment)
    if verdict.outcome == Outcome.HOLD:
        values |= {"state": State.HELD, "due_at": judged_next(verdict, moment), **WORDLESS}
    else:
        values |= {"state": State.CANCELLED}
    if claim.write(**values, claimed_until=None) and not email.is_receipt:
        events_record([held_event(email, verdict)])
    log.warning("email_kept_back", message_id=email.pk, recovery_id=case.pk, verdict=verdict.outcome.value)
    return False


def _judged(case: Recovery, email: Message, moment: datetime) -> Verdict:
    if email.is_receipt:
        return verdict_of_receipt(facts_aside(case), text=email.text, recipient=email.recipient, moment=moment)
    try:
        return verdict_of(case, email, moment=moment)
    except Conflict as error:
        return put_off(error.message)


@story()
def _sent(claim: Claim[Message], email: Message) -> None:
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
    log.info("email_sent", message_id=email.pk, recovery_id=email.recovery_id)


@story()
def messages_interrupted(*, moment: datetime) -> int:
    """End the e-mails whose worker was lost while it was sending: they may have gone out, staff decide. How many."""
    emails = list(lapsed(JOB, moment=moment).select_for_update(of=("self",)))
    ended = Message.objects.filter(pk__in=[email.pk for email in emails])
    ended.update(state=State.FAILED, error=INTERRUPTED, claimed_until=None)
    for email in emails:
        _failed(email)
    return len(emails)
