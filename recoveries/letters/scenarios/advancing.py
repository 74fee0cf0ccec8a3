"""How a case goes from one step to the next: at once where the step is over, else when its letter was posted.

A letter in the post folder has not left. Its step is open until staff confirm the posting, and the next one counts from
that day.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from events.services import events_record
from law.scenario import Act, CaseFacts, Decision, Done, Fate, Result, Standing, Why, next_look, plan
from legalcity.lib.clock import now
from recoveries.letters.contacts import policy_for
from recoveries.letters.scenarios.carrying import version_planned
from recoveries.letters.scenarios.events import step_event
from recoveries.letters.scenarios.progress import OPEN
from recoveries.letters.scenarios.standing import enrolment_end, enrolment_lock, facts_in_scenario
from recoveries.models import Enrolment, Message, StepRun

UNTIL_POSTED = timedelta(days=1)  # a posting is heard at once; this look finds what was given up meanwhile
ENDING = {Act.STOP: Standing.STOPPED, Act.FINISH: Standing.FINISHED}
# What a step is whose message waits so, or is waited for.
WAITS: Mapping[str, Result] = {Message.State.HELD: Result.HELD, Message.State.TO_POST: Result.TO_POST}
_OF_FATE = {Fate.WAITING: Result.HELD, Fate.TO_POST: Result.TO_POST}


def sentences_of(decision: Decision) -> str:
    """The reasons of a decision in words."""
    return " ".join(str(reason.sentence) for reason in decision.reasons)


def code_of(decision: Decision) -> str:
    """The code of the first reason of a decision."""
    return decision.reasons[0].code if decision.reasons else ""


def advance(enrolment: Enrolment, facts: CaseFacts, run: StepRun, moment: datetime) -> None:
    """Go on to the next step, on its day; after the last one the scenario is over."""
    version = version_planned(enrolment.version)
    enrolment.position += 1
    facts = facts._replace(last=Done(run.at), held=None)
    policy = policy_for(enrolment.owner_id)
    enrolment.next_due_at = next_look(facts, version, enrolment.position, moment, policy)
    if enrolment.position < len(version.steps):
        enrolment.save()
        return
    over = plan(facts, version, enrolment.position, moment, policy)
    enrolment_end(enrolment, ENDING.get(over.act, Standing.FINISHED), sentences_of(over), why=code_of(over))


def run_follow(enrolment: Enrolment, facts: CaseFacts, moment: datetime) -> None:
    """Have the open step say what its message waits for: a letter that was held lies in the folder, or the reverse."""
    result = _OF_FATE.get(facts.held.fate) if facts.held else None
    if result is None:
        return
    open_runs = enrolment.runs.filter(step__position=enrolment.position, state__in=OPEN).exclude(state=result)
    run = open_runs.select_related("step", "message").first()
    if run is not None:
        guard = (run.message and run.message.guard) or {"reasons": []}
        _became(run, result, moment, holds=guard["reasons"] if result == Result.HELD else ())
        _told(run, enrolment)


def run_posted(message: Message) -> None:
    """The letter of a step was posted: its step is done on that day, and the case goes on to the next one.

    So is one that was passed over since its letter was given up, which had left. The caller holds the lock of the case.
    """
    runs = StepRun.objects.select_related("step").filter(message=message, state__in=(*OPEN, Result.SKIPPED))
    run = runs.first()
    if run is None or message.sent_at is None or message.state not in Message.GONE_OUT:
        return
    _became(run, Result.SENT, message.sent_at)
    enrolment = enrolment_lock(message.recovery_id)
    if enrolment is None or enrolment.pk != run.enrolment_id:
        _told(run, Enrolment.objects.select_related("version__scenario").get(pk=run.enrolment_id))
        return
    _told(run, enrolment)
    if enrolment.position != run.step.position:
        return
    if enrolment.state == Standing.RUNNING:
        moment = now()
        _case, facts = facts_in_scenario(enrolment, moment)
        advance(enrolment, facts, run, moment)
    else:  # It goes on from there once it runs again.
        enrolment.position += 1
        enrolment.save(update_fields=["position", "updated_at"])


def _became(run: StepRun, result: Result, at: datetime, *, holds: Iterable[Mapping[str, Any]] = ()) -> None:
    """Of what is said of a step stays that its first message came back; `holds` is what holds the present one."""
    kept = [one for one in run.reasons if one["code"] == Why.CAME_BACK]
    run.state, run.at = result, at
    run.reasons = [*kept, *({name: one[name] for name in ("code", "sentence_fr", "sentence_en")} for one in holds)]
    run.save(update_fields=["state", "at", "reasons"])


def _told(run: StepRun, enrolment: Enrolment) -> None:
    events_record([step_event(run, enrolment)])
