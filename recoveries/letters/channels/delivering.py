"""How a message leaves: taken, judged once more, frozen, handed over, written down. Once, whoever dies in between.

A worker that is lost before a message is `sending` has done nothing: another one begins anew. One that is lost after
may have handed it over. Where the carrier can be asked, another worker asks it and goes on from there; else the message
is ended as failed, which staff see, and a person says whether it goes again (`message_resend`).
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import events_record, story
from law.contact import Code, Outcome, Verdict, put_off
from legalcity.lib.claims import Claim, anew, lapsed, queue, take
from legalcity.lib.clock import now
from legalcity.lib.emails.rows import INTERRUPTED
from legalcity.lib.errors import Conflict, Forbidden
from legalcity.lib.metrics import series
from recoveries.events import held_event
from recoveries.ledger.gathering import with_terms
from recoveries.letters.channels.email_channel import header_id_of
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.papers import papers_kept
from recoveries.letters.channels.prices import cost_of
from recoveries.letters.channels.protocol import Channel, Handed, Later, NotHanded, Refused, Unknown
from recoveries.letters.channels.registry import carrier_of, channel_of
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.followers import cases_about, cases_lock, resent_with
from recoveries.letters.gathering import facts_aside
from recoveries.letters.jobs import JOB
from recoveries.letters.judging import verdict_of, verdict_of_receipt, words_of
from recoveries.letters.party_facts import address_is_wrong
from recoveries.letters.receipts import receipt_refusal
from recoveries.letters.services import WORDLESS, judged_next
from recoveries.letters.together import redrafted
from recoveries.letters.verdicts import values_of
from recoveries.models import Message, MessageFact, Recovery

log = structlog.get_logger("recoveries")

State, Source = Message.State, MessageFact.Source
# What a worker has left while it was handing over; taken again only where the carrier can be asked.
SENDING = replace(JOB, waiting=Q(state=State.SENDING), is_resumed=True)


def message_deliver(*, message_id: int, moment: datetime) -> timedelta | None:
    """Send a queued message, once, whoever else tries. Returns after how long to try again; None when it is over."""
    claim = take(JOB, message_id, moment=moment)
    if claim is None:
        claim = _left_to_ask(message_id, moment)
        if claim is None:
            return None
    elif not _frozen(claim, moment):
        return None
    message = claim.row("recovery", "recovery__debtor", "user")
    if message is None:
        return None
    channel = carrier_of(message.provider)
    try:
        papers_kept(message)
        handed = channel.submit(message, keep=partial(_keep, claim))
    except NotHanded as error:
        return _not_handed(claim, message, channel, error)
    except Exception as error:  # A fault of ours before anything was handed over, or after: nobody knows.
        log.exception("message_not_submitted", message_id=message_id)
        return _not_handed(claim, message, channel, Unknown(type(error).__name__))
    series.emails.labels(JOB.task, "sent").inc()
    _sent(claim, message, channel, handed)
    return None


def _left_to_ask(message_id: int, moment: datetime) -> Claim[Message] | None:
    provider = Message.objects.filter(pk=message_id, state=State.SENDING).values_list("provider", flat=True).first()
    return take(SENDING, message_id, moment=moment) if provider and carrier_of(provider).can_ask else None


def _keep(claim: Claim[Message], ref: str) -> None:
    """Write the carrier's name for a message down at once. Raises Later where another worker has taken it over."""
    if not claim.write(provider_ref=ref):
        raise Later("taken_over")


# --- before ----------------------------------------------------------------------------------------------------------
@story()
def _frozen(claim: Claim[Message], moment: datetime) -> bool:
    """Ask the guard again, under the locks of the debtor and the case, and freeze what leaves.

    What has come in between may hold the message, or end it. Where the day or the account is another one by now, its
    words are made anew, and judged.
    """
    about = cases_about(claim.pk)
    if claim.pk not in about:
        return False
    debtor_lock(about[claim.pk])
    cases = cases_lock(about, with_terms(Recovery.objects.all()))
    case, message = cases.get(claim.pk), claim.row()
    if case is None or message is None:
        return False
    message.recovery = case
    if message.is_receipt and (told := receipt_refusal(message)):
        claim.write(state=State.CANCELLED, error=told, claimed_until=None)
        return False
    words, verdict = rejudged(case, message, moment, locked=cases)
    if verdict.outcome == Outcome.SEND:
        return _leaves(claim, message, words | {"guard": values_of(verdict, moment)["guard"], "judged_at": moment})
    _kept_back(claim, message, verdict, moment)
    return False


def rejudged(
    case: Recovery, message: Message, moment: datetime, *, locked: Collection[int], is_rhythm_asked: bool = True
) -> tuple[dict[str, object], Verdict]:
    """What the guard says now of a message that waits, and the columns of its words where they had to be made anew.

    The caller holds the lock of the debtor, and those of the cases of the messages `locked` (`cases_lock`).
    """
    if message.is_receipt:
        facts = facts_aside(case)
        return {}, verdict_of_receipt(facts, message, recipient=message.recipient, moment=moment)
    try:
        draft, is_same = redrafted(case, message, moment, locked=locked, is_rhythm_asked=is_rhythm_asked)
        words, verdict = ({}, verdict_of(case, message, moment=moment)) if is_same else (words_of(draft), draft.verdict)
    except Conflict as error:
        return {}, put_off(error.message)
    return words, verdict if is_rhythm_asked else verdict.without(Code.RHYTHM)


def _leaves(claim: Claim[Message], message: Message, values: dict[str, object]) -> bool:
    """The message is `sending`: from here on it may have gone out. Its name stays whatever becomes of the try."""
    named = (
        {"header_id": message.header_id or header_id_of(message)} if message.channel == Message.Channel.EMAIL else {}
    )
    provider = channel_of(message.channel).provider
    return claim.write(state=State.SENDING, provider=provider, **named, **values)


def _kept_back(claim: Claim[Message], message: Message, verdict: Verdict, moment: datetime) -> None:
    values = values_of(verdict, moment)
    if verdict.outcome == Outcome.HOLD:
        values |= {"state": State.HELD, "due_at": judged_next(verdict, moment), **WORDLESS}
    else:
        values |= {"state": State.CANCELLED}
    if claim.write(**values, claimed_until=None) and not message.is_receipt:
        events_record([held_event(message, verdict)])
    log.warning(
        "email_kept_back", message_id=message.pk, recovery_id=message.recovery_id, verdict=verdict.outcome.value
    )


# --- after -----------------------------------------------------------------------------------------------------------
@story()
def _sent(claim: Claim[Message], message: Message, channel: Channel, handed: Handed) -> None:
    """Write down that it is out, and what follows from that: the lock of the case before its message."""
    if message.pk not in cases_lock(cases_about(message.pk)):
        return
    values = {"provider_ref": handed.ref[:100], "cost": cost_of(message, handed.cost), "error": ""}
    if claim.write(claimed_until=None, **values):
        source = Source.SMTP if channel.provider == "smtp" else Source.PROVIDER
        fact_record(message_id=message.pk, kind=MessageFact.Kind.SENT, at=now(), source=source)
    log.info("email_sent", message_id=message.pk, recovery_id=message.recovery_id)


@story()
def _not_handed(claim: Claim[Message], message: Message, channel: Channel, error: NotHanded) -> timedelta | None:
    """Try again after a pause, or end it. Of what went wrong a word is kept: those of carriers quote addresses."""
    if message.pk not in cases_lock(cases_about(message.pk)):
        return None
    is_asked_again = channel.can_ask and not isinstance(error, Refused)
    may_again = isinstance(error, Later) or is_asked_again
    is_over = not may_again or JOB.is_last(message.attempts)
    log.warning("email_not_sent", message_id=message.pk, error=error.reason, attempt=message.attempts, is_over=is_over)
    if not is_over:
        series.emails.labels(JOB.task, "again").inc()
        # What may have arrived there stays `sending`, and is asked for; anything else begins anew.
        state = State.SENDING if is_asked_again else State.QUEUED
        pause = JOB.pause(message.attempts)
        claim.release(after=pause, state=state, error=error.reason)
        return pause
    is_unknown = isinstance(error, Unknown) or (is_asked_again and bool(message.provider_ref))
    if claim.write(claimed_until=None, error=INTERRUPTED if is_unknown else error.reason[:1000]):
        _ended(message, error)
    return None


def _ended(message: Message, error: NotHanded | None = None) -> None:
    series.emails.labels(JOB.task, "failed").inc()
    if isinstance(error, Refused) and error.is_address_wrong:
        address_is_wrong(message=message)
    note = error.reason if error else INTERRUPTED
    fact_record(message_id=message.pk, kind=MessageFact.Kind.FAILED, at=now(), source=Source.SYSTEM, note=note)


def messages_interrupted(*, moment: datetime) -> int:
    """End the messages whose worker was lost while it was handing them over, or have their carrier asked. How many."""
    left = list(lapsed(SENDING, moment=moment).values_list("pk", "provider"))
    for message_id, provider in left:
        if carrier_of(provider).can_ask:
            queue(JOB.task, message_id)
        else:
            _interrupted(message_id, moment)
    waiting = Message.objects.filter(state=State.SENDING, claimed_until=None, due_at__lte=moment)
    for message_id in waiting.values_list("pk", flat=True)[:200]:
        queue(JOB.task, message_id)
    return len(left)


@story()
def _interrupted(message_id: int, moment: datetime) -> None:
    cases_lock(cases_about(message_id))
    left = lapsed(SENDING, moment=moment).select_for_update(of=("self",)).filter(pk=message_id).first()
    if left is not None:
        Message.objects.filter(pk=message_id).update(error=INTERRUPTED, claimed_until=None)
        _ended(left)


@story()
def message_resend(*, message_id: int, by: User | None) -> Message:
    """Have a message sent again that failed: by a person, who has looked whether it went out.

    It keeps its name, so that a mail program that has it shows it once, and is judged like any other. Raises Forbidden
    for one that did not fail.
    """
    failed = Message.objects.select_for_update(of=("self",)).filter(pk=message_id, state=State.FAILED).first()
    if failed is not None and failed.goes_with_id is not None:
        raise Forbidden(_("It went in the message of another case: send that one again."))
    if failed is None:
        raise Forbidden(_("Only a message that failed is sent again."))
    audit_record(action="message_resent", target=failed, details={"error": failed.error}, actor=by)
    Message.objects.filter(pk=message_id).update(state=State.QUEUED, error="", **anew())
    resent_with(message_id)
    queue(JOB.task, message_id)
    return Message.objects.get(pk=message_id)
