"""A formal notice of ours, and what became of its letter."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from law.account.facts import NoticeState
from law.contact import Channel as Way
from law.contact import Purpose
from law.notices import Channel
from legalcity.lib.dates import PARIS
from recoveries.letters.channels.registry import PROVED
from recoveries.models import FormalNotice, Message, MessageFact
from recoveries.services.notices import notice_of_message, notice_outcome

State, Kind = Message.State, MessageFact.Kind
CHANNELS: Mapping[str, Channel] = {
    Way.EMAIL: Channel.EMAIL,
    Way.LETTER: Channel.POST,
    Way.REGISTERED: Channel.REGISTERED,
    Way.ELECTRONIC: Channel.REGISTERED,
}
LOST = (State.FAILED, State.BOUNCED, State.EXPIRED, State.RETURNED)
# How far a notice came: what is known is kept, a later word of less says nothing.
RANKS = {
    NoticeState.PLANNED: 0,
    NoticeState.FAILED: 0,
    NoticeState.SENT: 1,
    NoticeState.PRESENTED: 2,
    NoticeState.UNCLAIMED: 3,
    NoticeState.REFUSED: 3,
    NoticeState.RECEIVED: 4,
}


def notice_of_fact(message: Message, fact: MessageFact, *, is_moved: bool) -> None:
    """Have the formal notice of a message say how far it came. The caller holds the lock of the case.

    It begins with the sending. Only a letter that is handed over is presented, received, refused or not fetched: of an
    e-mail staff say so, with a proof.
    """
    if message.purpose != Purpose.FORMAL_NOTICE or message.channel not in CHANNELS:
        return
    day = fact.at.astimezone(PARIS).date()
    notice = FormalNotice.objects.filter(message=message, recovery=message.recovery_id).first()
    if notice is None:
        if is_moved and (message.state in Message.GONE_OUT or message.state == State.FAILED):
            state = NoticeState.FAILED if message.state == State.FAILED else NoticeState.SENT
            notice = notice_of_message(message=message, channel=CHANNELS[message.channel], state=state, on=day)
        else:
            return
    outcome = _outcome(notice, message, fact.kind, day, is_moved)
    if outcome:
        notice_outcome(message=message, **outcome)


def _outcome(notice: FormalNotice, message: Message, kind: str, day: date, is_moved: bool) -> dict[str, Any]:
    """What the fact changes of the notice: its state and days; nothing where it says no more than is known."""
    if is_moved and message.state in LOST:
        return {"state": NoticeState.FAILED.value, "presented_on": None, "received_on": None}
    if kind in (Kind.SENT, Kind.DEPOSITED) and notice.state == NoticeState.FAILED and message.state in Message.GONE_OUT:
        return {"state": NoticeState.SENT.value, "sent_on": day}
    if message.channel not in PROVED:
        return {}
    presented_on = notice.presented_on
    outcomes: dict[str, dict[str, Any]] = {
        Kind.DEPOSITED: {"sent_on": day},
        Kind.PRESENTED: {"state": NoticeState.PRESENTED.value, "presented_on": presented_on or day},
        Kind.DELIVERED: {
            "state": NoticeState.RECEIVED.value,
            "presented_on": min(presented_on or day, day),
            "received_on": day,
        },
        Kind.UNCLAIMED: {"state": NoticeState.UNCLAIMED.value, "presented_on": presented_on or day},
        Kind.REFUSED: {"state": NoticeState.REFUSED.value, "presented_on": presented_on or day},
    }
    told = outcomes.get(kind, {})
    if "state" in told and RANKS[NoticeState(told["state"])] <= RANKS[NoticeState(notice.state)]:
        told = {"presented_on": day} if kind == Kind.PRESENTED and presented_on is None else {}
    return _possible(notice, told)


def _possible(notice: FormalNotice, told: Mapping[str, Any]) -> dict[str, Any]:
    """The days in their order: clocks of carriers differ, and a day of sending is never after that of its arrival."""
    values = dict(told)
    days = [values.get(name) or getattr(notice, name) for name in ("presented_on", "received_on")]
    first = min((day for day in days if day), default=None)
    sent_on = values.get("sent_on") or notice.sent_on
    if first and sent_on and sent_on > first:
        values["sent_on"] = first
    return {name: value for name, value in values.items() if getattr(notice, name) != value}
