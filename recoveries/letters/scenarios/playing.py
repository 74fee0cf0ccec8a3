"""The clock of a rehearsal: cases of one debtor, looked at when they are due, as the real clock would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from companies.identity import Identity, Kin
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
    next_look: datetime | None = None


@dataclass(frozen=True, slots=True)
class Play:
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
    left: Kin[Contact] = Kin()
    for player in players:
        player.next_look = _start(player, moment)
    queue = [(player.next_look, player.recovery_id, player) for player in players if player.next_look]
    heapify(queue)
    while queue and queue[0][0] < end:
        at, _pk, player = heappop(queue)
        if at != player.next_look:  # It has gone with another case meanwhile.
            continue
        for one, look, play in _looked(player, at, left, players if is_grouped else ()):
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


def _looked(player: Player, at: datetime, left: Kin[Contact], players: Sequence[Player]) -> Iterator[Looked]:
    """What is done at a moment with a case, and with those that go along."""
    facts = _posted(_with_contacts(player, at, left))
    decision = plan(facts, player.version, player.position, at, player.policy)
    if player.waits is not None and decision.act == Act.WAIT:
        decision = plan(replace(facts, held=None), player.version, player.position, at, player.policy)
    others = [one for one in players if _is_near(player, one, at)] if player.waits is None else []
    going = [Going(_with_contacts(one, at, left), one.version, one.position) for one in others]
    group = together(facts, decision, going, at, player.policy) if others else None
    if group is None:
        yield player, *_look(player, decision, at, left)
        return
    yield _gone(player, decision, group, at, left, goes_with=None)
    for joined in group.joined:
        yield _gone(others[joined.number], joined.own, group, at, None, goes_with=player.recovery_id)


def _is_near(player: Player, other: Player, at: datetime) -> bool:
    """Whether a case is one of the same debtor and client whose step may go along."""
    if other is player or other.next_look is None or other.next_look > at + WITHIN or other.owner_id != player.owner_id:
        return False
    return bool(player.identity and other.identity and player.identity.is_same(other.identity))


def _gone(
    player: Player,
    decision: Decision,
    group: Together,
    at: datetime,
    left: Kin[Contact] | None,
    *,
    goes_with: int | None,
) -> Looked:
    """A case whose step goes in a message about several; `left`: where that is counted, once."""
    went = replace(decision, way=group.way, reasons=())
    _leaves(player, group.top, at, left)
    if decision.step is not None and decision.step.kind != group.top.kind:
        player.facts = replace(player.facts, sent_aside=(*player.facts.sent_aside, group.top.kind))
    look = _advanced(player, at, went)
    return player, look, replace(_play(player, went, at, Result.SENT), goes_with=goes_with)


def _look(player: Player, decision: Decision, at: datetime, left: Kin[Contact]) -> tuple[datetime | None, Play | None]:
    """What is done with a case alone, and when the clock looks next; None where it does so no more."""
    if decision.act == Act.WAIT:
        return decision.until, None
    if decision.act == Act.SEND and decision.verdict and decision.verdict.outcome == Outcome.HOLD:
        return _held(player, decision, at), None
    if decision.act == Act.SEND:
        assert decision.step is not None  # noqa: S101 - what leaves is of a step
        _leaves(player, decision.step, at, left)
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


def _leaves(player: Player, step: Step, at: datetime, left: Kin[Contact] | None) -> None:
    player.facts = after_message(player.facts, step, at, day=at.astimezone(PARIS).date())
    if left is not None and player.identity is not None:
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
