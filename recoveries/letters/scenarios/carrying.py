"""By which ways steps go, and how a message or a task of one comes to be: the one door to letters and tasks."""

from dataclasses import replace
from datetime import date

from law.scenario import Decision, Version, Way
from law.vocabulary import Reminder
from recoveries.agenda.kinds import kinds
from recoveries.agenda.models import StaffTask
from recoveries.agenda.services import task_open
from recoveries.letters.channels.registry import channel_of
from recoveries.letters.following import STATUSES
from recoveries.letters.scenarios.task_kinds import STEP
from recoveries.letters.services import message_join, message_send
from recoveries.letters.task_kinds import POST_REGISTERED
from recoveries.models import Message, Recovery, ScenarioVersion, Step
from recoveries.statuses import Actor, is_allowed


def is_carried(way: Way) -> bool:
    """Whether something carries it. A way that nothing carries is none."""
    return way == Way.TASK or bool(channel_of(way.value).provider)


def version_planned(version: ScenarioVersion) -> Version:
    """A version as the planner takes it, with the ways that messages can go."""
    drawn = version.drawn()
    return replace(drawn, steps=tuple(replace(step, ways=tuple(filter(is_carried, step.ways))) for step in drawn.steps))


def step_message(*, case: Recovery, step: Step, decision: Decision, kind: str = "") -> Message:
    """The message of a step: judged by the guard, then queued or held; `kind`: a higher letter that it goes in.

    Raises as `message_send`.
    """
    kind = kind or step.template
    return message_send(
        case_id=case.pk,
        kind=kind,
        channel=decision.way or Way.EMAIL,
        to=decision.to,
        by=None,
        moves_case=_moves(case, step, kind),
        needs_approval=step.needs_approval,
    )


def step_joined(*, lead: Message, case: Recovery, step: Step, decision: Decision) -> Message:
    """The message of a step that goes in that of another case; alone it would go as `decision` says."""
    return message_join(
        lead=lead,
        case=case,
        kind=step.template,
        channel=decision.way or Way.EMAIL,
        to=decision.to,
        moves_case=_moves(case, step, lead.kind),
    )


def _moves(case: Recovery, step: Step, kind: str) -> bool:
    """Whether the case follows the letter `kind`, which the step sends or goes in."""
    follows = step.then_status_id is not None and step.then_status_id == STATUSES.get(step.template)
    return follows and is_allowed(case.status_id, STATUSES[kind], by=Actor.SYSTEM)


def step_task(*, case: Recovery, step: Step, decision: Decision, day: date) -> StaffTask:
    """The task that a step is, or that takes its place where no way leads to the debtor."""
    facts, kind = {"step": step.code}, STEP
    if decision.reasons and step.ways == (Way.REGISTERED,):
        facts, kind = {"letter": str(Message.Kind(step.template).label)}, POST_REGISTERED
    elif decision.reasons:
        facts["about"] = " ".join(str(reason.sentence) for reason in decision.reasons)
    elif step.template in kinds():
        facts, kind = {}, step.template
    return task_open(
        kind=kind,
        recovery_id=case.pk,
        due_on=day,
        sentence_facts=facts,
        created_by=StaffTask.By.STEP,
        subject=f"{step.version_id}:{step.code}",
    )


def templates_known() -> list[tuple[str, str]]:
    """What a step can send, and the kinds of tasks that it can open: code and name."""
    letters = [(kind.value, str(Message.Kind(kind.value).label)) for kind in Reminder]
    return [*letters, *((kind.code, str(kind.label)) for kind in kinds().values() if kind.by_hand)]
