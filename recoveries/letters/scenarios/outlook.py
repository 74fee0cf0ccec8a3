"""What comes next in the scenario of a case, and what was done, as the API and the page of a case show it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from law.scenario import Result, Standing, Version, Why, why
from legalcity.lib.dates import PARIS
from recoveries.letters.contacts import policy_for
from recoveries.letters.scenarios.advancing import WAITS
from recoveries.letters.scenarios.carrying import templates_known, version_planned
from recoveries.letters.scenarios.pausing import enrolment_shown
from recoveries.letters.scenarios.playing import Player, played
from recoveries.letters.scenarios.progress import OPEN, in_scenario, runs_of
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.scenarios.standing import reasons_kept
from recoveries.letters.scenarios.timeline import channel_names
from recoveries.letters.verdicts import in_language
from recoveries.models import Enrolment, Message, Recovery, StepRun

AHEAD = timedelta(days=366)
COMING = 3  # steps


class Panel(NamedTuple):
    """The scenario of a case as its page shows it."""

    enrolment: Enrolment
    done: list[StepRun]
    coming: "list[Coming]"


class Coming(NamedTuple):
    """A step that is to come, if nothing else happens: its day where the debtor lives, its channel."""

    step: str
    on: date
    channel: str
    name: str

    @property
    def channel_name(self) -> str:
        """As people call it."""
        return channel_names([self.channel])


def panel_of(case: Recovery, moment: datetime) -> Panel | None:
    """What the page of a case shows of its scenario, the reasons in the reader's language."""
    enrolment = enrolment_shown(case)
    if enrolment is None:
        return None
    runs = done(enrolment)
    names = dict(templates_known())
    for run in runs:
        run.name = names.get(run.step.template, run.step.code)  # type: ignore[attr-defined]
        run.told = [in_language(reason) for reason in run.reasons]  # type: ignore[attr-defined]
    return Panel(enrolment, runs, coming(enrolment, moment))


def coming(enrolment: Enrolment, moment: datetime) -> list[Coming]:
    """The next steps of a case whose scenario runs, by the planner: those that will not be passed over."""
    if enrolment.state != Standing.RUNNING:
        return []
    case, facts = facts_read([enrolment.recovery_id], moment)[enrolment.recovery_id]
    facts = in_scenario(facts, enrolment, runs_of([enrolment.pk]))
    player = Player(
        case.pk,
        case.owner_id,
        facts,
        _approved(version_planned(enrolment.version)),
        enrolment.position,
        None,
        policy=policy_for(case.owner_id),
        looks_at=enrolment.next_due_at,
    )
    found, names = [], dict(templates_known())
    waits = _to_be_posted(enrolment)
    for play in played([player], moment, moment + AHEAD):
        if play.result in ("sent", "held", "task") and play.step.code != waits:
            day = play.at.astimezone(facts.guard.place.zone).date()
            way = play.way.value if play.way else ""
            found.append(Coming(play.step.code, day, way, names.get(play.step.kind, play.step.code)))
        if len(found) == COMING:
            break
    return found


def _to_be_posted(enrolment: Enrolment) -> str:
    """The step whose letter waits to be posted, by its code: it was done, but for the way to the post office."""
    waiting = enrolment.runs.filter(step__position=enrolment.position, message__state=Message.State.TO_POST)
    return waiting.values_list("step__code", flat=True).first() or ""


def _approved(version: Version) -> Version:
    """A version as it goes when each message that needs it is approved on its day."""
    return replace(version, steps=tuple(replace(step, needs_approval=False) for step in version.steps))


def done(enrolment: Enrolment) -> list[StepRun]:
    """What was done, in its order, each step as its message stands now: rows to be read."""
    return [_as_it_is(run) for run in enrolment.runs.select_related("step", "message", "task")]


def _as_it_is(run: StepRun) -> StepRun:
    """A step says what is true of its message: it is held, to be posted, sent on its day, or cancelled."""
    message = run.message
    if message is None:
        return run
    was_open = run.state in OPEN
    if message.state == Message.State.CANCELLED:
        is_told = run.state == Result.SKIPPED
        run.state = Result.SKIPPED
        run.reasons = run.reasons if is_told else [*run.reasons, *reasons_kept([why(Why.CANCELLED)])]
    elif message.state in WAITS:
        run.state = WAITS[message.state]
    elif was_open:
        run.state, run.at = Result.SENT, message.sent_at or run.at
    return run


def day_of(moment: datetime) -> date:
    """The day of a moment in Paris."""
    return moment.astimezone(PARIS).date()
