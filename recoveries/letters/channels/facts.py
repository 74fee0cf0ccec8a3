"""What became of a message: a fact is written once, and what follows from it happens with it.

States move one way. News may come late, twice or in another order: a letter that was delivered is not sent again by a
word that comes behind, and one that nobody knew whether it had left is known to have by the first word of it.
"""

from collections.abc import Mapping
from datetime import datetime

import structlog

from accounts.models import User
from events.services import events_record, story
from events.types import EventType
from legalcity.lib.claims import queue
from recoveries.agenda.services import tasks_close
from recoveries.events import (
    MESSAGE_BOUNCED,
    MESSAGE_DELIVERED,
    MESSAGE_FAILED,
    MESSAGE_REFUSED,
    MESSAGE_RETURNED,
    MESSAGE_SENT,
    message_event,
)
from recoveries.letters.channels.notices import notice_of_fact
from recoveries.letters.channels.registry import PROVED
from recoveries.letters.channels.staff_tasks import tasks_of
from recoveries.letters.followers import LEFT_BEHIND, carry_along, cases_about, cases_keep, cases_lock
from recoveries.letters.following import case_follow
from recoveries.letters.party_facts import address_is_wrong
from recoveries.letters.receipts import receipt_sent
from recoveries.letters.scenarios.advancing import run_posted
from recoveries.letters.task_kinds import LETTERS_TO_POST
from recoveries.letters.waiting import held_judge_soon
from recoveries.models import Message, MessageFact, Recovery

log = structlog.get_logger("recoveries")

State, Kind, Source = Message.State, MessageFact.Kind, MessageFact.Source
CAME_BACK = (State.BOUNCED, State.RETURNED)
# Of the message of a step: its next channel (scenarios/elsewhere.py), under the lock of the debtor, which is not held
# here. Where that task is lost, the one for staff stands.
ELSEWHERE = "recoveries.tasks.try_elsewhere"
ON_THE_WAY = (State.PLANNED, State.QUEUED, State.SENDING, State.TO_POST, State.FAILED)
OUT = (*ON_THE_WAY, State.SENT)
# The state that a fact brings about, and from which ones; others tell nothing of where a message is.
MOVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    Kind.DEPOSITED: (State.SENT, ON_THE_WAY),
    Kind.SENT: (State.SENT, ON_THE_WAY),
    Kind.PRESENTED: (State.SENT, ON_THE_WAY),
    Kind.DELIVERED: (State.DELIVERED, (*OUT, State.BOUNCED, State.EXPIRED)),
    Kind.OPENED: (State.OPENED, (*OUT, State.BOUNCED, State.DELIVERED)),
    Kind.BOUNCED: (State.BOUNCED, OUT),
    Kind.RETURNED: (State.RETURNED, OUT),
    Kind.REFUSED: (State.REFUSED, OUT),
    Kind.UNCLAIMED: (State.UNCLAIMED, OUT),
    Kind.EXPIRED: (State.EXPIRED, OUT),
    Kind.FAILED: (State.FAILED, OUT),
}
TOLD: Mapping[str, EventType] = {
    State.SENT: MESSAGE_SENT,
    State.DELIVERED: MESSAGE_DELIVERED,
    State.BOUNCED: MESSAGE_BOUNCED,
    State.RETURNED: MESSAGE_RETURNED,
    State.UNCLAIMED: MESSAGE_RETURNED,
    State.REFUSED: MESSAGE_REFUSED,
    State.EXPIRED: MESSAGE_FAILED,
    State.FAILED: MESSAGE_FAILED,
}


@story()
def fact_record(
    *,
    message_id: int,
    kind: str,
    at: datetime,
    source: str,
    provider_id: str | None = None,
    payload_sha256: str = "",
    proof_id: int | None = None,
    note: str = "",
    by: User | None = None,
) -> MessageFact | None:
    """Write down what became of a message (`MessageFact.Kind`), as `source` says; None where that is known already.

    `provider_id` is what the source calls it: told twice, it is written once. The state of the message, its formal
    notice, its case and what is told follow within the same transaction, under the lock of the case.
    """
    message, followers = _locked(message_id)
    if provider_id and MessageFact.objects.filter(source=source, provider_id=provider_id).exists():
        return None
    fact = MessageFact(
        message=message,
        kind=kind,
        at=at,
        source=source,
        provider_id=provider_id,
        payload_sha256=payload_sha256,
        proof_id=proof_id,
        note=note[:500],
        by=by,
    )
    had_left, was_to_post = message.sent_at is not None, message.state == State.TO_POST
    _told(message, fact, was_to_post=was_to_post)
    for follower in followers:
        carry_along(follower, message)
        _told(follower, copied(fact, message=follower), was_to_post=was_to_post)
    if followers and message.sent_at is not None and not had_left:
        cases_keep(message, followers)
    return fact


def copied(fact: MessageFact, *, message: Message) -> MessageFact:
    """The same fact of a message that went with the one that it was told of: its source knows that one alone."""
    values = {
        name: getattr(fact, name) for name in ("kind", "at", "source", "payload_sha256", "proof_id", "note", "by")
    }
    return MessageFact(message=message, **values)


def _told(message: Message, fact: MessageFact, *, was_to_post: bool) -> None:
    """Write a fact down, with all that follows from it; `was_to_post`: it lay in the post folder."""
    fact.save(force_insert=True)
    is_moved = _moved(message, fact)
    notice_of_fact(message, fact, is_moved=is_moved)
    if is_moved:
        _follow(message, fact)
    if is_moved and was_to_post:
        subject = f"message:{message.pk}"
        tasks_close(recovery_id=message.recovery_id, kind=LETTERS_TO_POST, subject=subject, by=fact.by)
        run_posted(message)
    if fact.kind == Kind.DEPOSITED and message.channel in PROVED:
        case_follow(case=message.recovery, message=message, is_proved=True)
    log.info(
        "message_fact",
        message_id=message.pk,
        kind=fact.kind,
        source=fact.source,
        state=message.state,
        is_moved=is_moved,
    )


def _locked(message_id: int) -> tuple[Message, list[Message]]:
    """The message and those that go with it under their locks; the locks of their cases come before."""
    cases = cases_lock(cases_about(message_id))
    rows = Message.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk")
    messages = {row.pk: row for row in rows}
    for row in messages.values():
        row.recovery = cases[row.pk]
    message = messages.pop(message_id)
    return message, [row for row in messages.values() if row.state not in LEFT_BEHIND]


def _moved(message: Message, fact: MessageFact) -> bool:
    """Whether the fact has moved the message on."""
    to, before = MOVES.get(fact.kind, ("", ()))
    if message.state not in before or message.state == to:
        return False
    message.state = to
    written = ["state"]
    if message.sent_at is None and to != State.FAILED:
        message.sent_at = fact.at
        written.append("sent_at")
    if to in Message.GONE_OUT and message.error:
        message.error = ""
        written.append("error")
    message.save(update_fields=written)
    return True


def _follow(message: Message, fact: MessageFact) -> None:
    """What a message that was moved brings about."""
    if declared := TOLD.get(message.state):
        events_record([message_event(declared, message, by=fact.by)])
    if message.state == State.SENT:
        held_judge_soon(Recovery.objects.filter(pk=message.recovery_id))
    if message.state == State.SENT and message.moves_case:
        case_follow(case=message.recovery, message=message)
    if message.state == State.SENT and message.kind == Message.Kind.RECEIPT:
        receipt_sent(receipt=message)
    if message.state == State.RETURNED:
        address_is_wrong(message=message)
    tasks_of(message, fact)
    if message.state in CAME_BACK:
        queue(ELSEWHERE, message.pk)
