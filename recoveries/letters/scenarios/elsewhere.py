"""The message of a step came back: the next channel of the step is tried, once, through the guard.

A message about several cases came back for all of them: it is tried as one message again, for those whose steps go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from events.services import events_record, story
from law.scenario import Decision, Result, Standing, Way, Why, plan_elsewhere, why
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.agenda.services import tasks_close
from recoveries.letters.channels.facts import CAME_BACK
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.followers import cases_about, cases_lock
from recoveries.letters.scenarios.advancing import UNTIL_POSTED
from recoveries.letters.scenarios.carrying import step_message, version_planned
from recoveries.letters.scenarios.events import step_event
from recoveries.letters.scenarios.grouping import NotTogether, joined_tell, joined_write
from recoveries.letters.scenarios.running import may_run
from recoveries.letters.scenarios.standing import facts_in_scenario, reasons_kept
from recoveries.letters.task_kinds import MESSAGE_BOUNCED
from recoveries.models import Enrolment, Message, Recovery, StepRun

log = structlog.get_logger("scenarios")

State = Message.State


@dataclass(frozen=True, slots=True)
class Retry:
    """A step whose message came back, and how it goes elsewhere."""

    run: StepRun
    case: Recovery
    decision: Decision


@story()
def step_elsewhere(*, message_id: int, moment: datetime) -> Message | None:
    """Have the step of a message that came back send it by its next channel; None where it is left to staff.

    The step names the new message from then on, so it is tried once, however often this is called; a second one that
    comes back is left to staff. The task to find another address ends where the new message leaves; where it is held,
    or the guard forbids it, the task stands. The locks are those of the clock: of the debtor, then of the cases.
    """
    message = Message.objects.select_related("goes_with").filter(pk=message_id).first()
    if message is None:
        return None
    if message.goes_with is not None and message.goes_with.state in CAME_BACK:
        message_id = message.goes_with.pk
    about = cases_about(message_id)
    debtor_lock(about[message_id])
    locked = cases_lock(about)
    found = [_retry(one, moment) for one in sorted(locked, key=lambda one: (one != message_id, one))]
    retries = [one for one in found if one is not None]
    sent = _together(retries, moment) if len(retries) > 1 else []
    rest = [one for one in retries if one.run not in [run for run, _message in sent]]
    sent += [(one.run, made) for one in rest if (made := _alone(one, moment))]
    log.info("step_elsewhere", message_id=message_id, cases=len(about), tried=len(sent))
    return next((made for _run, made in sent), None)


def _retry(message_id: int, moment: datetime) -> Retry | None:
    """How the step of a message goes elsewhere; None where there is none, it was tried, or no way leads there."""
    runs = StepRun.objects.select_related("step", "message", "enrolment__version__scenario")
    run = runs.select_for_update(of=("self",)).filter(message_id=message_id, message__state__in=CAME_BACK).first()
    if run is None or not _is_tried(run):
        return None
    enrolment = run.enrolment
    case, facts = facts_in_scenario(enrolment, moment)
    step = version_planned(enrolment.version).steps[run.step.position]
    decision = plan_elsewhere(facts, step, Way(run.channel))
    return Retry(run, case, decision) if decision is not None and decision.way is not None else None


def _is_tried(run: StepRun) -> bool:
    """Whether the scenario is one that goes on, or has done all its steps, and this one was not tried elsewhere yet."""
    enrolment: Enrolment = run.enrolment
    is_done = enrolment.state == Standing.FINISHED and enrolment.why == Why.DONE
    was_tried = any(reason["code"] == Why.CAME_BACK for reason in run.reasons)
    return not was_tried and (enrolment.state == Standing.RUNNING or is_done) and may_run(enrolment.owner_id)


def _together(retries: Sequence[Retry], moment: datetime) -> list[tuple[StepRun, Message]]:
    """The first one with those that go elsewhere as it does, in one message; nothing where they cannot."""
    first, *others = retries
    if first.decision.way == Way.SMS:  # Always about one case.
        return []
    alike = [one for one in others if (one.decision.way, one.decision.to) == (first.decision.way, first.decision.to)]
    kind = first.run.message.kind if first.run.message else ""
    try:
        with transaction.atomic():
            lead, joined = joined_write(
                case=first.case,
                step=first.run.step,
                decision=first.decision,
                kind=kind,
                joining=[(one.case, one.run.step, one.decision) for one in alike],
                moment=moment,
            )
    except (NotTogether, Forbidden, Invalid, Conflict):
        return []
    joined_tell(joined.values())
    sent = [(first, lead), *((alike[number], message) for number, message in joined.items())]
    for one, message in sent:
        _sent_again(one, message, moment, state=lead.state)
    return [(one.run, message) for one, message in sent]


def _alone(one: Retry, moment: datetime) -> Message | None:
    try:
        message = step_message(case=one.case, step=one.run.step, decision=one.decision)
    except (Forbidden, Invalid, Conflict):
        return None
    _sent_again(one, message, moment, state=message.state)
    return message


def _sent_again(one: Retry, message: Message, moment: datetime, *, state: str) -> None:
    """The step names its new message; `state`: where that is, or the one that it goes in."""
    run, came_back = one.run, one.run.message_id
    run.message, run.channel = message, one.decision.way.value if one.decision.way else ""
    run.reasons = [*run.reasons, *reasons_kept([why(Why.CAME_BACK)])]
    was_done = run.state == Result.SENT
    if was_done and state == State.TO_POST:
        _opened_again(run, moment)
    run.save(update_fields=["message", "channel", "reasons", "state", "at"])
    if was_done:
        events_record([step_event(run, run.enrolment)])
    if state != State.HELD:
        tasks_close(recovery_id=message.recovery_id, kind=MESSAGE_BOUNCED, subject=f"message:{came_back}")


def _opened_again(run: StepRun, moment: datetime) -> None:
    """The step waits for its letter to be posted, and the scenario with it, unless it has done the next one already."""
    run.state, run.at = Result.TO_POST, moment
    position = run.step.position
    after = Enrolment.objects.filter(pk=run.enrolment_id, state=Standing.RUNNING, position=position + 1)
    after.update(position=position, next_due_at=moment + UNTIL_POSTED)
