"""The message of a step came back: the next channel of the step is tried, once, through the guard."""

from datetime import datetime

import structlog

from events.services import events_record, story
from law.scenario import Result, Standing, Way, Why, plan_elsewhere, why
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.agenda.services import tasks_close
from recoveries.letters.channels.facts import CAME_BACK
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.scenarios.advancing import UNTIL_POSTED
from recoveries.letters.scenarios.carrying import step_message, version_planned
from recoveries.letters.scenarios.events import step_event
from recoveries.letters.scenarios.running import may_run
from recoveries.letters.scenarios.standing import facts_in_scenario, reasons_kept
from recoveries.letters.task_kinds import MESSAGE_BOUNCED
from recoveries.models import Enrolment, Message, Recovery, StepRun

log = structlog.get_logger("scenarios")


@story()
def step_elsewhere(*, message_id: int, moment: datetime) -> Message | None:
    """Have the step of a message that came back send it by its next channel; None where it is left to staff.

    The step names the new message from then on, so it is tried once, however often this is called; a second one that
    comes back is left to staff. The task to find another address ends where the new message leaves; where it is held,
    or the guard forbids it, the task stands. The locks are those of the clock: of the debtor, then of the case.
    """
    case_id = Message.objects.filter(pk=message_id).values_list("recovery_id", flat=True).first()
    if case_id is None:
        return None
    debtor_lock(case_id)
    if not Recovery.objects.select_for_update(of=("self",)).filter(pk=case_id).exists():
        return None
    runs = StepRun.objects.select_related("step", "enrolment__version__scenario").select_for_update(of=("self",))
    run = runs.filter(message_id=message_id, message__state__in=CAME_BACK).first()
    if run is None or not _is_tried(run):
        return None
    message = _sent_again(run, moment)
    log.info("step_elsewhere", recovery_id=case_id, message_id=message_id, is_tried=message is not None)
    if message is not None and message.state != Message.State.HELD:
        tasks_close(recovery_id=case_id, kind=MESSAGE_BOUNCED, subject=f"message:{message_id}")
    return message


def _is_tried(run: StepRun) -> bool:
    """Whether the scenario is one that goes on, or has done all its steps, and this one was not tried elsewhere yet."""
    enrolment: Enrolment = run.enrolment
    is_done = enrolment.state == Standing.FINISHED and enrolment.why == Why.DONE
    was_tried = any(reason["code"] == Why.CAME_BACK for reason in run.reasons)
    return not was_tried and (enrolment.state == Standing.RUNNING or is_done) and may_run(enrolment.owner_id)


def _sent_again(run: StepRun, moment: datetime) -> Message | None:
    enrolment = run.enrolment
    case, facts = facts_in_scenario(enrolment, moment)
    step = version_planned(enrolment.version).steps[run.step.position]
    decision = plan_elsewhere(facts, step, Way(run.channel))
    if decision is None or decision.way is None:
        return None
    try:
        message = step_message(case=case, step=run.step, decision=decision)
    except (Forbidden, Invalid, Conflict):
        return None
    run.message, run.channel = message, decision.way.value
    run.reasons = [*run.reasons, *reasons_kept([why(Why.CAME_BACK)])]
    was_done = run.state == Result.SENT
    if was_done and message.state == Message.State.TO_POST:
        _opened_again(run, moment)
    run.save(update_fields=["message", "channel", "reasons", "state", "at"])
    if was_done:
        events_record([step_event(run, enrolment)])
    return message


def _opened_again(run: StepRun, moment: datetime) -> None:
    """The step waits for its letter to be posted, and the scenario with it, unless it has done the next one already."""
    run.state, run.at = Result.TO_POST, moment
    position = run.step.position
    after = Enrolment.objects.filter(pk=run.enrolment_id, state=Standing.RUNNING, position=position + 1)
    after.update(position=position, next_due_at=moment + UNTIL_POSTED)
