"""What the planner decided, carried out for one case in one transaction: a message, a task, a date."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from events.services import events_record, story
from law.contact import Verdict
from law.scenario import Act, CaseFacts, Decision, Reason, Result, Standing, Why, plan
from law.scenario.planning import reasons_of
from legalcity.lib.clock import today
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from legalcity.lib.settings.live import live
from recoveries.ledger.gathering import with_terms
from recoveries.letters.contacts import debtor_lock, policy_for
from recoveries.letters.scenarios.advancing import (
    ENDING,
    UNTIL_POSTED,
    WAITS,
    advance,
    code_of,
    run_follow,
    sentences_of,
)
from recoveries.letters.scenarios.carrying import step_message, step_task, version_planned
from recoveries.letters.scenarios.events import step_event
from recoveries.letters.scenarios.grouping import NotTogether, group_of, group_write, joined_tell, near, neighbours
from recoveries.letters.scenarios.progress import left_at
from recoveries.letters.scenarios.running import may_run
from recoveries.letters.scenarios.standing import (
    enrolment_end,
    enrolment_go_on,
    enrolment_rest,
    facts_in_scenario,
    reasons_kept,
)
from recoveries.models import Enrolment, Message, Recovery, Step, StepRun

log = structlog.get_logger("scenarios")

NEXT_LOOK = timedelta(hours=1)  # where no rate is known for a day
RESTING = {Act.HOLD: Standing.HELD, Act.PAUSE: Standing.PAUSED}


@story()
def enrolment_act(*, enrolment_id: int, case_id: int, moment: datetime) -> Act | None:
    """Do what is due for one enrolment at `moment`; what was done, None where it was not due or is no more.

    The locks: of the debtor, of the case, of the enrolment. All of it happens, or nothing.
    """
    debtor_lock(case_id)
    beside = near(case_id, moment) if live.GROUP_BY_DEBTOR else {}
    locked = with_terms(Recovery.objects.select_for_update(of=("self",))).filter(pk__in=[case_id, *beside.values()])
    if case_id not in locked.order_by("pk").values_list("pk", flat=True):
        return None
    due = Q(state__in=(Standing.RUNNING, Standing.PAUSED), next_due_at__lte=moment)
    rows = Enrolment.objects.select_related("version__scenario").prefetch_related("version__steps")
    enrolment = rows.select_for_update(of=("self",)).filter(due, pk=enrolment_id).first()
    if enrolment is None or not may_run(enrolment.owner_id):
        return None
    enrolment.claimed_until, enrolment.attempts = None, 0
    if enrolment.state == Standing.PAUSED:
        enrolment_go_on(enrolment, moment)
        return Act.WAIT
    case, facts = facts_in_scenario(enrolment, moment)
    decision = plan(
        facts, version_planned(enrolment.version), enrolment.position, moment, policy_for(enrolment.owner_id)
    )
    act = _sent_together(enrolment, case, facts, decision, beside, moment) if beside else None
    act = act or _carry_out(enrolment, case, facts, decision, moment)
    log.info("scenario_step", enrolment_id=enrolment.pk, recovery_id=case_id, act=act.value)
    return act


def _carry_out(enrolment: Enrolment, case: Recovery, facts: CaseFacts, decision: Decision, moment: datetime) -> Act:
    if decision.act in RESTING:
        enrolment_rest(enrolment, RESTING[decision.act], sentences_of(decision), why=code_of(decision))
    elif decision.act in ENDING:
        if decision.step is not None:
            _run(enrolment, decision, Result.STOPPED, moment)
        enrolment_end(enrolment, ENDING[decision.act], sentences_of(decision), why=code_of(decision))
    elif decision.act == Act.WAIT:
        run_follow(enrolment, facts, moment)
        enrolment.next_due_at = decision.until
        enrolment.save()
    elif decision.act == Act.SEND:
        return _send(enrolment, case, facts, decision, moment)
    else:
        advance(enrolment, facts, _done(enrolment, case, decision, moment), moment)
    return decision.act


def _done(enrolment: Enrolment, case: Recovery, decision: Decision, moment: datetime) -> StepRun:
    """The step that is over: a task, passed over, or with a held message that has left meanwhile."""
    if decision.act == Act.TASK:
        run = _run(enrolment, decision, Result.TASK, moment, told=False)
        run.task = step_task(case=case, step=run.step, decision=decision, day=today())
        run.save(update_fields=["task"])
        events_record([step_event(run, enrolment)])
        return run
    held = enrolment.runs.select_related("step", "message").filter(step__position=enrolment.position).first()
    if held is None:
        return _run(enrolment, decision, Result.SKIPPED, moment)
    if decision.act == Act.LEFT:
        held.state, held.at = Result.SENT, left_at(held, moment)
        held.reasons = [one for one in held.reasons if one["code"] == Why.CAME_BACK]
    else:
        held.state, held.at = Result.SKIPPED, moment
        held.reasons = [*held.reasons, *reasons_kept(decision.reasons)]
        waiting = Message.objects.filter(runs=held, state=Message.State.HELD)
        waiting.update(state=Message.State.CANCELLED, error=sentences_of(decision)[:1000])
    held.save()
    events_record([step_event(held, enrolment)])
    return held


def _send(enrolment: Enrolment, case: Recovery, facts: CaseFacts, decision: Decision, moment: datetime) -> Act:
    """Make the message of the step. What the guard says with the words at hand is what counts."""
    step = _step(enrolment)
    try:
        message = step_message(case=case, step=step, decision=decision)
    except Forbidden as refused:
        standing = tuple(refused.extra.get("reasons", ()))
        reasons = reasons_of(Verdict(standing)) if standing else (Reason(refused.code.value, refused.message),)
        return _passed_over(enrolment, facts, decision._replace(reasons=reasons), moment)
    except Invalid as refused:
        said = tuple(Reason("address", one) for sentences in refused.errors.values() for one in sentences)
        return _passed_over(enrolment, facts, decision._replace(reasons=said), moment)
    except Conflict:  # No rate is known for a day: it is asked again.
        enrolment.next_due_at = moment + NEXT_LOOK
        enrolment.save()
        return Act.WAIT
    result = WAITS.get(message.state, Result.SENT)
    kept = reasons_kept(decision.reasons) if result == Result.HELD else []
    run = _run(enrolment, decision, result, moment, message=message, reasons=kept)
    until = message.due_at if result == Result.HELD else moment + UNTIL_POSTED
    _gone_on(enrolment, facts, run, moment, until=until)
    return Act.SEND


def _gone_on(enrolment: Enrolment, facts: CaseFacts, run: StepRun, moment: datetime, *, until: datetime) -> None:
    """To the next step, or until a moment where the step waits for its message."""
    if run.state == Result.SENT:
        advance(enrolment, facts, run, moment)
        return
    enrolment.next_due_at = until
    enrolment.save()


def _sent_together(
    enrolment: Enrolment, case: Recovery, facts: CaseFacts, decision: Decision, beside: dict[int, int], moment: datetime
) -> Act | None:
    """Send the message of the step with those of the debtor's other cases that are near; None where it goes alone."""
    if decision.act != Act.SEND:
        return None
    others = neighbours(beside, moment)
    group = group_of(facts, decision, others, moment, policy_for(enrolment.owner_id))
    if group is None:
        return None
    try:
        with transaction.atomic():
            lead, joined = group_write(case=case, step=_step(enrolment), group=group, others=others, moment=moment)
    except (NotTogether, Forbidden, Invalid, Conflict):
        return None
    joined_tell(message for _other, message in joined)
    went, result = decision._replace(way=group.way, reasons=()), WAITS.get(lead.state, Result.SENT)
    steps = [(enrolment, facts, lead), *((other.enrolment, other.facts, message) for other, message in joined)]
    for one, of_case, message in steps:
        one.claimed_until, one.attempts = None, 0
        run = _run(one, went, result, moment, message=message)
        _gone_on(one, of_case, run, moment, until=moment + UNTIL_POSTED)
    log.info("scenario_steps_together", message_id=lead.pk, cases=1 + len(joined))
    return Act.SEND


def _passed_over(enrolment: Enrolment, facts: CaseFacts, decision: Decision, moment: datetime) -> Act:
    advance(enrolment, facts, _run(enrolment, decision, Result.SKIPPED, moment), moment)
    return Act.SKIP


def _step(enrolment: Enrolment) -> Step:
    return enrolment.version.steps.all()[enrolment.position]


def _run(
    enrolment: Enrolment,
    decision: Decision,
    result: Result,
    moment: datetime,
    *,
    message: Message | None = None,
    reasons: list[dict[str, str]] | None = None,
    told: bool = True,
) -> StepRun:
    """Write down what was done with the present step: the database lets that be once."""
    run = StepRun.objects.create(
        enrolment=enrolment,
        step=_step(enrolment),
        due_at=enrolment.next_due_at or moment,
        at=moment,
        state=result,
        channel=decision.way.value if decision.way else "",
        reasons=reasons_kept(decision.reasons) if reasons is None else reasons,
        message=message,
    )
    if told:
        events_record([step_event(run, enrolment)])
    return run
