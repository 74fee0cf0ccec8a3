"""The clock of a rehearsal: cases of one debtor, looked at when they are due, as the real clock would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from companies.identity import Identity, Kin
from law.contact import Contact, Outcome, Policy, Purpose
from law.scenario import (
    Act,
    CaseFacts,
    Decision,
    Done,
    Fate,
    Held,
    Result,
    Standing,
    Step,
    Unit,
    Version,
    Way,
    after_message,
    next_look,
    plan,
)
from law.scenario.days import days_later, opening
from legalcity.lib.dates import PARIS

WINDOW = timedelta(days=31)  # what no cap looks beyond
NOT_YET = "until"  # how a case stands whose scenario goes on after the last day
RESULTS = {Act.TASK: Result.TASK, Act.SKIP: Result.SKIPPED, Act.STOP: Result.STOPPED, Act.LEFT: Result.SENT}


@dataclass(slots=True)
class Player:
    """A case that is rehearsed. `looks_at`: when the clock looks at it first, where it is in a scenario already."""

    recovery_id: int
    owner_id: int
    facts: CaseFacts
    version: Version
    position: int
    identity: Identity | None
    policy: Policy = field(default_factory=Policy)
    looks_at: datetime | None = None
    state: str = Standing.RUNNING
    end: str = NOT_YET
    waits: Decision | None = None  # the decision whose message is held


@dataclass(frozen=True, slots=True)
class Play:
    """What would be done with a case at a moment."""

    player: Player
    step: Step
    at: datetime
    result: Result
    way: Way | None
    codes: tuple[str, ...]


def played(players: Sequence[Player], moment: datetime, end: datetime) -> Iterator[Play]:
    """All that would be done with these cases, which have one debtor, from `moment` on and before `end`."""
    left: Kin[Contact] = Kin()
    queue = [(start, player.recovery_id, player) for player in players if (start := _start(player, moment))]
    heapify(queue)
    while queue and queue[0][0] < end:
        at, _pk, player = heappop(queue)
        look, play = _look(player, at, left)
        if play is not None:
            yield play
        if look is not None and (look > at or play is not None):
            heappush(queue, (look, player.recovery_id, player))
    for player in players:  # What is held still on the last day.
        if player.waits is not None and player.waits.step is not None and player.facts.held is not None:
            yield _play(player, player.waits, player.facts.held.since, Result.HELD)


def _start(player: Player, moment: datetime) -> datetime | None:
    """When the clock looks at it first; None where it rests."""
    if player.state != Standing.RUNNING:
        player.end = str(player.state)
        return None
    if player.facts.held is not None and player.facts.held.fate == Fate.TO_POST:
        return opening(moment, player.facts.guard.place, player.policy)
    if player.looks_at is not None:
        return max(player.looks_at, moment)
    return next_look(player.facts, player.version, player.position, moment, player.policy)


def _look(player: Player, at: datetime, left: Kin[Contact]) -> tuple[datetime | None, Play | None]:
    """What is done at a moment, and when the clock looks next; None where it does so no more."""
    facts = _posted(_with_contacts(player, at, left))
    decision = plan(facts, player.version, player.position, at, player.policy)
    if player.waits is not None and decision.act == Act.WAIT:
        decision = plan(replace(facts, held=None), player.version, player.position, at, player.policy)
    if decision.act == Act.WAIT:
        return decision.until, None
    if decision.act == Act.SEND and decision.verdict and decision.verdict.outcome == Outcome.HOLD:
        return _held(player, decision, at), None
    if decision.act == Act.SEND:
        _leaves(player, decision, at, left)
        return _advanced(player, at, decision), _play(player, decision, at, Result.SENT)
    if decision.step is None or decision.act in (Act.HOLD, Act.PAUSE):
        player.end = decision.reasons[0].code if decision.reasons else ""
        return None, None
    play = _play(player, decision, at, RESULTS[decision.act])
    if decision.act == Act.STOP:
        player.end = decision.reasons[0].code
        return None, play
    return _advanced(player, at, decision), play


def _play(player: Player, decision: Decision, at: datetime, result: Result) -> Play:
    assert decision.step is not None  # noqa: S101 - what is done is a step
    reasons, way = () if result == Result.SENT else decision.reasons, decision.way
    if player.waits is not None and result == Result.SKIPPED:
        reasons, way = (*player.waits.reasons, *reasons), player.waits.way
    codes = tuple(dict.fromkeys(reason.code for reason in reasons))
    return Play(player, decision.step, at, result, way, codes)


def _held(player: Player, decision: Decision, at: datetime) -> datetime | None:
    """The message is held: judged again on its day; without one nothing ends it but the longest wait of the step."""
    verdict, step = decision.verdict, decision.step
    assert verdict is not None and step is not None  # noqa: S101, PT018 - a message was judged
    since = player.facts.held.since if player.facts.held else at
    player.waits = decision
    player.facts = replace(player.facts, held=Held(since, Fate.WAITING, verdict.until))
    last = since + timedelta(step.max_wait_days) if step.max_wait_days else None
    if verdict.until is None:
        return last
    return min(verdict.until, last) if last else verdict.until


def _leaves(player: Player, decision: Decision, at: datetime, left: Kin[Contact]) -> None:
    step = decision.step
    assert step is not None  # noqa: S101 - what leaves is of a step
    player.facts = after_message(player.facts, step, at, day=at.astimezone(PARIS).date())
    if player.identity is not None:
        left.add(player.identity, Contact(at, step.purpose == Purpose.FORMAL_NOTICE))


def _advanced(player: Player, at: datetime, decision: Decision) -> datetime | None:
    """Go on to the next step: when it is looked at."""
    delivered = None
    if decision.act == Act.SEND and decision.way == Way.EMAIL:
        place = player.facts.guard.place
        delivered = days_later(at.astimezone(PARIS).date(), 1, Unit.WORKING_DAYS, place)
    fate = Fate.LEFT if decision.act in (Act.SEND, Act.LEFT) else None
    player.facts = replace(player.facts, last=Done(at, fate, delivered), held=None)
    player.waits = None
    player.position += 1
    if player.position >= len(player.version.steps):
        over = plan(player.facts, player.version, player.position, at, player.policy)
        player.end = over.reasons[0].code if over.reasons else ""
        return None
    return next_look(player.facts, player.version, player.position, at, player.policy)


def _posted(facts: CaseFacts) -> CaseFacts:
    """What lies in the post folder is taken to be posted at once: what is written meanwhile, on its day."""
    if facts.held is None or facts.held.fate != Fate.TO_POST:
        return facts
    return replace(facts, held=facts.held._replace(fate=Fate.LEFT))


def _with_contacts(player: Player, at: datetime, left: Kin[Contact]) -> CaseFacts:
    """The facts with what was sent to the debtor meanwhile, on whichever case."""
    if player.identity is None:
        return player.facts
    more = tuple(contact for contact in left.of(player.identity) if contact.at > at - WINDOW)
    if not more:
        return player.facts
    guard = replace(player.facts.guard, contacts=(*player.facts.guard.contacts, *more))
    return replace(player.facts, guard=guard)
