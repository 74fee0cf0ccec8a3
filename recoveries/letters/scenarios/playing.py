"""The clock of a rehearsal: cases of one debtor, looked at when they are due, as the real clock would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from companies.identity import Identity
from law.contact import Contact, Outcome, Policy, Purpose
from law.scenario import (
    WITHIN,
    Act,
    CaseFacts,
    Decision,
    Done,
    Fate,
    Going,
    Held,
    Result,
    Standing,
    Step,
    Together,
    Unit,
    Version,
    Way,
    after_message,
    next_look,
    plan,
    together,
)
from law.scenario.days import days_later, opening
from legalcity.lib.dates import PARIS

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
    next_look: datetime | None = None


class Play(NamedTuple):
    """What would be done with a case at a moment."""

    player: Player
    step: Step
    at: datetime
    result: Result
    way: Way | None
    codes: tuple[str, ...]
    goes_with: int | None = None  # the case in whose message it goes


Looked = tuple[Player, datetime | None, Play | None]  # of a case: when the clock looks next, what was done


def played(players: Sequence[Player], moment: datetime, end: datetime, *, is_grouped: bool = False) -> Iterator[Play]:
    """All that would be done with these cases, which have one debtor, from `moment` on and before `end`.

    `is_grouped`: steps of several of them that are near go in one message.
    """
    for player in players:
        player.next_look = _start(player, moment)
    queue = [(player.next_look, player.recovery_id, player) for player in players if player.next_look]
    heapify(queue)
    while queue and queue[0][0] < end:
        at, _pk, player = heappop(queue)
        if at != player.next_look:  # It has gone with another case meanwhile.
            continue
        for one, look, play in _looked(player, at, players, is_grouped=is_grouped):
            if play is not None:
                yield play
            one.next_look = look if look is not None and (look > at or play is not None) else None
            if one.next_look is not None:
                heappush(queue, (one.next_look, one.recovery_id, one))
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


def _looked(player: Player, at: datetime, players: Sequence[Player], *, is_grouped: bool) -> Iterator[Looked]:
    """What is done at a moment with a case, and with those that go along."""
    facts = _posted(player.facts)
    decision = plan(facts, player.version, player.position, at, player.policy)
    if player.waits is not None and decision.act == Act.WAIT:
        decision = plan(facts._replace(held=None), player.version, player.position, at, player.policy)
    others = [one for one in players if _is_near(player, one, at)] if is_grouped and player.waits is None else []
    going = [Going(one.facts, one.version, one.position) for one in others]
    group = together(facts, decision, going, at, player.policy) if others else None
    if group is None:
        yield player, *_look(player, decision, at, players)
        return
    yield _gone(player, decision, group, at, players, goes_with=None)
    for joined in group.joined:
        yield _gone(others[joined.number], joined.own, group, at, (), goes_with=player.recovery_id)


def _is_near(player: Player, other: Player, at: datetime) -> bool:
    """Whether a case is one of the same debtor and client whose step may go along."""
    if other is player or other.next_look is None or other.next_look > at + WITHIN or other.owner_id != player.owner_id:
        return False
    return _is_kin(player, other)


def _is_kin(player: Player, other: Player) -> bool:
    """Whether two cases have the same debtor."""
    return bool(player.identity and other.identity and player.identity.is_same(other.identity))


def _gone(
    player: Player,
    decision: Decision,
    group: Together,
    at: datetime,
    players: Sequence[Player],
    *,
    goes_with: int | None,
) -> Looked:
    """A case whose step goes in a message about several; `players`: for whom that is counted, once."""
    went = decision._replace(way=group.way, reasons=())
    _leaves(player, group.top, at, players)
    if decision.step is not None and decision.step.kind != group.top.kind:
        player.facts = player.facts._replace(sent_aside=(*player.facts.sent_aside, group.top.kind))
    look = _advanced(player, at, went)
    return player, look, _play(player, went, at, Result.SENT)._replace(goes_with=goes_with)


def _look(
    player: Player, decision: Decision, at: datetime, players: Sequence[Player]
) -> tuple[datetime | None, Play | None]:
    """What is done with a case alone, and when the clock looks next; None where it does so no more."""
    if decision.act == Act.WAIT:
        return decision.until, None
    if decision.act == Act.SEND and decision.verdict and decision.verdict.outcome == Outcome.HOLD:
        return _held(player, decision, at), None
    if decision.act == Act.SEND:
        assert decision.step is not None  # noqa: S101 - what leaves is of a step
        _leaves(player, decision.step, at, players)
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
    player.facts = player.facts._replace(held=Held(since, Fate.WAITING, verdict.until))
    last = since + timedelta(step.max_wait_days) if step.max_wait_days else None
    if verdict.until is None:
        return last
    return min(verdict.until, last) if last else verdict.until


def _leaves(player: Player, step: Step, at: datetime, players: Sequence[Player]) -> None:
    """A message of the case leaves; it counts for those of `players` that have the same debtor, where there are any."""
    contact, is_counted = Contact(at, step.purpose == Purpose.FORMAL_NOTICE), bool(players and player.identity)
    day = at.astimezone(PARIS).date()
    player.facts = after_message(player.facts, step, contact, day=day, is_counted=is_counted)
    for one in players:
        if one is not player and _is_kin(player, one):
            guard = one.facts.guard
            one.facts = one.facts._replace(guard=guard._replace(contacts=(*guard.contacts, contact)))


def _advanced(player: Player, at: datetime, decision: Decision) -> datetime | None:
    """Go on to the next step: when it is looked at."""
    delivered = None
    if decision.act == Act.SEND and decision.way == Way.EMAIL:
        place = player.facts.guard.place
        delivered = days_later(at.astimezone(PARIS).date(), 1, Unit.WORKING_DAYS, place)
    fate = Fate.LEFT if decision.act in (Act.SEND, Act.LEFT) else None
    player.facts = player.facts._replace(last=Done(at, fate, delivered), held=None)
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
    return facts._replace(held=facts.held._replace(fate=Fate.LEFT))
