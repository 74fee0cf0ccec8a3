"""Several cases of one debtor for one creditor: which of them go in one message, and at which level. Pure.

Asked by the clock and by the rehearsal alike, once a step of one of the cases is due and its message may leave.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from legalcity.lib.dates import PARIS

from law.contact.facts import Message, Policy
from law.contact.judging import judge
from law.contact.vocabulary import Outcome
from law.scenario.facts import CHANNELS, CaseFacts, Step, Version
from law.scenario.planning import Decision, level_of, plan_ahead
from law.scenario.vocabulary import Act, Way

WITHIN = timedelta(days=3)
_TOO_SHORT = (Way.SMS, Way.TASK)  # a text message has no room for a second case


class Going(NamedTuple):
    """A case of the same debtor, and its next step."""

    case: CaseFacts
    version: Version
    position: int


class Joined(NamedTuple):
    """One that goes along: its number among the others, and what would be done with it alone."""

    number: int
    own: Decision


class Together(NamedTuple):
    """The one message. `top`: the step, of whichever case, that says which letter it is and how it goes."""

    top: Step
    way: Way
    to: str
    joined: tuple[Joined, ...]


def together(
    case: CaseFacts, decision: Decision, others: Sequence[Going], moment: datetime, policy: Policy
) -> Together | None:
    """The message in which the steps of several cases go; None where the case goes by itself.

    `decision` is of the case that is due, `others` are cases of one client whose debtor is the same person. Those go
    along whose next step is due within `WITHIN` and whose letter names the same creditor and the same debtor. The
    highest level among them is taken that the case itself may be asked at; a case that the guard does not let go at
    that level, or whose own step is a higher one, stays behind and goes on its own day. What is held, or wants
    approval, goes by itself.
    """
    if not _leaves(decision):
        return None
    ahead = [(number, one, own) for number, one in enumerate(others) if (own := _ahead(case, one, moment, policy))]
    for top in sorted((decision, *(own for _number, _one, own in ahead)), key=_level, reverse=True):
        if top.step is None or top.way is None or not _may_go(case, top, moment, policy):
            continue
        joined = tuple(_joining(ahead, top, moment, policy))
        return Together(top.step, top.way, top.to, joined) if joined else None
    return None


def _level(decision: Decision) -> int:
    return level_of(decision.step.kind) if decision.step else -1


def _leaves(decision: Decision) -> bool:
    """Whether its message would leave now, by a channel that has room for several cases."""
    is_sent = decision.act == Act.SEND and decision.verdict is not None and decision.verdict.outcome == Outcome.SEND
    return is_sent and decision.way not in _TOO_SHORT


def _ahead(case: CaseFacts, other: Going, moment: datetime, policy: Policy) -> Decision | None:
    if not _is_alike(case, other.case):
        return None
    own = plan_ahead(other.case, other.version, other.position, moment, policy, within=WITHIN)
    return own if own is not None and _leaves(own) else None


def _is_alike(case: CaseFacts, other: CaseFacts) -> bool:
    """Whether one letter can be about both: what it says of creditor and debtor is the same."""
    mine, theirs = case.guard, other.guard
    return (mine.creditor, mine.debtor_named, mine.place) == (theirs.creditor, theirs.debtor_named, theirs.place)


def _joining(
    ahead: Sequence[tuple[int, Going, Decision]], top: Decision, moment: datetime, policy: Policy
) -> Iterator[Joined]:
    for number, other, own in ahead:
        if _level(own) <= _level(top) and _may_go(other.case, top, moment, policy):
            yield Joined(number, own)


def _may_go(case: CaseFacts, top: Decision, moment: datetime, policy: Policy) -> bool:
    """Whether a case may be asked by the letter of `top`, which goes where the letter of the case would."""
    step, way = top.step, top.way
    if step is None or step.purpose is None or way is None or case.address(way) != top.to:
        return False
    message = Message(purpose=step.purpose, channel=CHANNELS[way], recipient=top.to, amounts=case.amounts)
    day = moment.astimezone(PARIS).date()
    return judge(message, case.on(day), policy, moment).outcome == Outcome.SEND
