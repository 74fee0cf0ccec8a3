"""The planner: what a scenario does with a case at a moment. Asked by the clock and by the rehearsal alike."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence

from law.contact.facts import Message, Policy
from law.contact.judging import judge
from law.contact.verdict import Verdict
from law.contact.vocabulary import Outcome, PartyFactKind
from law.scenario.conditions import first_unmet
from law.scenario.days import days_later, moment_of, opening
from law.scenario.facts import CHANNELS, CaseFacts, Step, Version
from law.scenario.vocabulary import Act, Base, Fate, IfImpossible, Way, Why
from law.vocabulary import Reminder

LOOK_AGAIN = timedelta(minutes=5)
NEXT_DAY = timedelta(1)
_LEVELS = {kind.value: level for level, kind in enumerate(Reminder)}

SENTENCES: Mapping[Why, Any] = {
    Why.CLOSED: _("The case is closed, before a court, or lacks a party."),
    Why.PAID: _("Nothing is due any more."),
    Why.INSOLVENT: _("Insolvency proceedings are open against the debtor: the claim is to be declared."),
    Why.DISPUTE: _("The debtor disputes the claim."),
    Why.PLAN: _("The debtor pays by a plan."),
    Why.DONE: _("All its steps are done."),
    Why.CONDITION: _("Condition not met: {condition}."),
    Why.IMPOSSIBLE: _("No way of the step leads to the debtor: there is no address for it, or a wrong one."),
    Why.NO_DAY: _("The day that the step counts from is not known yet."),
    Why.RATE: _("No interest rate is known for a day: staff enter it in the catalogue of rates."),
    Why.WAITED: _("It has waited for as long as the step allows."),
    Why.CANCELLED: _("Its message was cancelled."),
    Why.CAME_BACK: _("Its message came back: the next channel was tried."),
    Why.OVERTAKEN: _("Its letter, or that of a later step, was sent by other means meanwhile."),
}


class Reason(NamedTuple):
    """Why something is not done: a code (`Why`, or one of the guard) and its sentence."""

    code: str
    sentence: Sentence


class Decision(NamedTuple):
    """What is to be done with a case.

    step      which step it is about; `way` and `to` how and where its message goes
    verdict   what the guard says of the message, without its words
    until     when the case is looked at again, for `WAIT`
    """

    act: Act
    step: Step | None = None
    way: Way | None = None
    to: str = ""
    verdict: Verdict | None = None
    reasons: tuple[Reason, ...] = ()
    until: datetime | None = None


def plan(case: CaseFacts, version: Version, position: int, moment: datetime, policy: Policy) -> Decision:
    """What the scenario does at `moment` with a case whose next step is at `position` (0, 1 …)."""
    if (ended := _standing(case)) is not None:
        return ended
    if position >= len(version.steps):
        return Decision(act=Act.FINISH, reasons=(why(Why.DONE),))
    step = version.steps[position]
    if case.held is not None:
        return _of_held(case, step, moment, policy)
    if _is_overtaken(case, version, position):
        return Decision(act=Act.SKIP, step=step, reasons=(why(Why.OVERTAKEN),))
    due = due_moment(case, version, position, policy)
    if due is None:
        return _without_day(case, step, moment, policy)
    until = opening(max(due, moment), case.guard.place, policy)
    if until > moment:
        return Decision(act=Act.WAIT, step=step, until=until)
    return _carried_out(case, step, moment, policy)


def plan_ahead(
    case: CaseFacts, version: Version, position: int, moment: datetime, policy: Policy, *, within: timedelta
) -> Decision | None:
    """What would be done at `moment` with a case whose next step is due no later than `within` after it.

    None where nothing is: its step is later, waits for its message, or the scenario does not go on.
    """
    if _standing(case) is not None or position >= len(version.steps) or case.held is not None:
        return None
    due = due_moment(case, version, position, policy)
    is_near = due is not None and opening(max(due, moment), case.guard.place, policy) <= moment + within
    if not is_near or _is_overtaken(case, version, position):
        return None
    return _carried_out(case, version.steps[position], moment, policy)


def plan_elsewhere(case: CaseFacts, step: Step, tried: Way) -> Decision | None:
    """How the message of a step goes that came back by the way `tried`: by the next one that leads to the debtor.

    None where there is none, or where the scenario does not go on.
    """
    if _standing(case) is not None or tried not in step.ways:
        return None
    later = step.ways[step.ways.index(tried) + 1 :]
    way = next((one for one in later if one != Way.TASK and case.address(one) is not None), None)
    return Decision(act=Act.SEND, step=step, way=way, to=case.address(way) or "") if way else None


def due_moment(case: CaseFacts, version: Version, position: int, policy: Policy) -> datetime | None:
    """When the step at `position` is due, in UTC; None where the day that it counts from is not known.

    Between two steps lies at least what was drawn, however late the first one was carried out.
    """
    step, place = version.steps[position], case.guard.place
    base = _base(case, step)
    if base is None:
        return None
    day = days_later(base, step.delay, step.unit, place)
    for at in _since(case):
        day = max(day, days_later(_day(at, case), _gap(version, position), step.unit, place))
    return moment_of(day, step.at_hour, place, policy)


def next_look(case: CaseFacts, version: Version, position: int, moment: datetime, policy: Policy) -> datetime:
    """When a case whose next step is at `position` is looked at next. What should have been is done at the next
    allowed moment.
    """
    if position >= len(version.steps):
        return moment
    tomorrow = _tomorrow(case, version.steps[position], moment, policy)
    due = due_moment(case, version, position, policy) or tomorrow
    return opening(max(due, moment), case.guard.place, policy)


def level_of(kind: str) -> int:
    """How far up the escalation a letter stands; -1 for what is none."""
    return _LEVELS.get(kind, -1)


def why(code: Why, **values: Sentence) -> Reason:
    """A reason with its sentence."""
    return Reason(code.value, format_lazy(SENTENCES[code], **values) if values else SENTENCES[code])


def reasons_of(verdict: Verdict) -> tuple[Reason, ...]:
    """What the guard says against a message, as reasons of a step."""
    return tuple(Reason(one.code.value, str_lazy(one)) for one in verdict.standing)


def str_lazy(one: object) -> Sentence:
    """Its sentence with its article, in the language of who reads it."""
    return format_lazy("{}", one)


# --- the case --------------------------------------------------------------------------------------------------------
def _standing(case: CaseFacts) -> Decision | None:
    """What ends or holds the scenario, whatever its next step."""
    guard = case.guard
    if not guard.is_open:
        return Decision(act=Act.FINISH, reasons=(why(Why.CLOSED),))
    if guard.due <= 0 and not guard.claims:
        return Decision(act=Act.FINISH, reasons=(why(Why.PAID),))
    if _is_insolvent(case):
        return Decision(act=Act.STOP, reasons=(why(Why.INSOLVENT),))
    if guard.is_disputed:
        return Decision(act=Act.HOLD, reasons=(why(Why.DISPUTE),))
    if guard.has_plan:
        return Decision(act=Act.PAUSE, reasons=(why(Why.PLAN),))
    return None


def _is_insolvent(case: CaseFacts) -> bool:
    return bool(case.guard.people.get(PartyFactKind.INSOLVENT))


def _is_overtaken(case: CaseFacts, version: Version, position: int) -> bool:
    """Whether a step would go back behind what the debtor was sent: an escalation never runs backwards."""
    step = version.steps[position]
    if step.purpose is None or not case.sent_aside:
        return False
    is_higher = any(level_of(kind) > level_of(step.kind) for kind in case.sent_aside)
    return is_higher or any(later.kind in case.sent_aside for later in version.steps[position:] if later.kind)


def _of_held(case: CaseFacts, step: Step, moment: datetime, policy: Policy) -> Decision:
    """The scenario waits for the message of the step: for a held one as long as the step allows, for a letter until it
    was posted, since only then it counts as sent.
    """
    held = case.held
    assert held is not None  # noqa: S101 - asked for only then
    if held.fate == Fate.CANCELLED:
        return Decision(act=Act.SKIP, step=step, reasons=(why(Why.CANCELLED),))
    if held.fate == Fate.TO_POST:
        return Decision(act=Act.WAIT, step=step, until=_tomorrow(case, step, moment, policy))
    if held.fate != Fate.WAITING:
        return Decision(act=Act.LEFT, step=step)
    end = held.since + timedelta(step.max_wait_days) if step.max_wait_days else None
    if end is not None and moment >= end:
        return Decision(act=Act.SKIP, step=step, reasons=(why(Why.WAITED),))
    look = max(held.until or moment, moment + LOOK_AGAIN)
    return Decision(act=Act.WAIT, step=step, until=min(look, end) if end else look)


def _without_day(case: CaseFacts, step: Step, moment: datetime, policy: Policy) -> Decision:
    since = max(_since(case), default=case.entered_at)
    if step.max_wait_days and moment >= since + timedelta(step.max_wait_days):
        return Decision(act=Act.SKIP, step=step, reasons=(why(Why.NO_DAY),))
    until = _tomorrow(case, step, moment, policy)
    return Decision(act=Act.WAIT, step=step, until=until, reasons=(why(Why.NO_DAY),))


# --- the step --------------------------------------------------------------------------------------------------------
def _carried_out(case: CaseFacts, step: Step, moment: datetime, policy: Policy) -> Decision:
    day = moment.astimezone(PARIS).date()
    if (unmet := first_unmet(step.conditions, case, day)) is not None:
        return Decision(act=Act.SKIP, step=step, reasons=(why(Why.CONDITION, condition=unmet.unmet(case)),))
    if step.purpose is None:
        return Decision(act=Act.TASK, step=step, way=Way.TASK)
    if case.is_unreckoned:
        return Decision(act=Act.WAIT, step=step, until=_tomorrow(case, step, moment, policy), reasons=(why(Why.RATE),))
    way = next((one for one in step.ways if one != Way.TASK and case.address(one) is not None), None)
    if way is None:
        return _impossible(step)
    to = case.address(way) or ""
    message = Message(
        purpose=step.purpose,
        channel=CHANNELS[way],
        recipient=to,
        amounts=case.amounts,
        needs_approval=step.needs_approval,
    )
    verdict = judge(message, case.on(day), policy, moment)
    if verdict.outcome == Outcome.NEVER:
        return Decision(act=Act.SKIP, step=step, way=way, to=to, verdict=verdict, reasons=reasons_of(verdict))
    return Decision(act=Act.SEND, step=step, way=way, to=to, verdict=verdict, reasons=reasons_of(verdict))


def _impossible(step: Step) -> Decision:
    """What the step says is to be done where it cannot go."""
    acts = {IfImpossible.TASK: Act.TASK, IfImpossible.SKIP: Act.SKIP, IfImpossible.STOP: Act.STOP}
    return Decision(act=acts[step.if_impossible], step=step, way=Way.TASK, reasons=(why(Why.IMPOSSIBLE),))


# --- days ------------------------------------------------------------------------------------------------------------
def _base(case: CaseFacts, step: Step) -> date | None:
    """The day that the step counts from, where the debtor lives."""
    if step.base == Base.DUE_DATE:
        return case.due_on
    if step.base == Base.FORMAL_NOTICE:
        return case.notified_on
    if step.base == Base.DELIVERED:
        return case.last.delivered_on if case.last else None
    return _day(case.last.at if case.last and step.base == Base.PREVIOUS else case.entered_at, case)


def _since(case: CaseFacts) -> list[datetime]:
    return [at for at in (case.last and case.last.at, case.restarted) if at is not None]


def _gap(version: Version, position: int) -> int:
    """The delay drawn between a step and the one before."""
    step = version.steps[position]
    before = version.steps[position - 1] if position else None
    if before is None or (before.base, before.unit) != (step.base, step.unit) or step.base == Base.PREVIOUS:
        return step.delay if before is None or step.base == Base.PREVIOUS else min(step.delay, 1)
    return max(step.delay - before.delay, 0)


def _tomorrow(case: CaseFacts, step: Step, moment: datetime, policy: Policy) -> datetime:
    return moment_of(_day(moment, case) + NEXT_DAY, step.at_hour, case.guard.place, policy)


def _day(moment: datetime, case: CaseFacts) -> date:
    return moment.astimezone(case.guard.place.zone).date()
