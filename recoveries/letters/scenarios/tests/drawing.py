"""Scenarios as tests draw them, and a clock that ticks."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import time_machine

from accounts.models import User
from law.scenario import Standing
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Conflict
from recoveries.letters.channels.batches import items_of, letters_to_post, working_day
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.posting import batch_confirm, batch_print
from recoveries.letters.holding import messages_take_up
from recoveries.letters.scenarios.outcome import Line, Summary
from recoveries.letters.scenarios.parting import parts_of
from recoveries.letters.scenarios.rehearsing import rehearse
from recoveries.letters.scenarios.switching import case_switch
from recoveries.letters.scenarios.ticking import tick
from recoveries.models import Enrolment, Message, Recovery, Scenario, ScenarioVersion, Step, StepRun
from tests.backoffice import chief

EMAIL: dict[str, Any] = {"channels": ["email"], "template": "relance_1"}
CALL: dict[str, Any] = {"channels": ["task"], "template": "call"}


def drawn(*steps: dict[str, Any], code: str = "test", is_published: bool = True, **values: Any) -> ScenarioVersion:
    """A scenario of these steps, published unless said otherwise; `values` are those of the scenario."""
    scenario = Scenario.objects.create(code=code, name=code.title(), **values)
    version = ScenarioVersion.objects.create(scenario=scenario, number=1)
    Step.objects.bulk_create(
        Step(version=version, position=position, **{"code": f"step_{position}", **step})
        for position, step in enumerate(steps)
    )
    if is_published:
        version.state, version.published_at = ScenarioVersion.State.PUBLISHED, now()
        version.save()
    return version


def standard() -> ScenarioVersion:
    """The one that comes with the product."""
    return ScenarioVersion.objects.get(scenario__code="standard", state=ScenarioVersion.State.PUBLISHED)


def entered(case_id: int, version: ScenarioVersion) -> Enrolment:
    """A case that has just entered a version, whatever it was in."""
    return case_switch(recovery_id=case_id, version=version, by=None)


def posted() -> None:
    """Staff print what lies in the post folder and post it on the same day, where it is a working day."""
    if working_day(today()) != today():
        return
    by = User.objects.filter(is_superuser=True).first() or chief()
    waiting = list(letters_to_post(by).values_list("pk", flat=True))
    with suppress(Conflict):  # None of them may leave.
        batch = batch_print(message_ids=waiting, posting_day=today(), by=by)
        numbers = {item.pk: f"2C {item.pk:012}" for item in items_of(batch, by)}
        batch_confirm(batch_id=batch.pk, numbers=numbers, by=by)


def round_of_the_house(*, posts: bool = True) -> None:
    """What the clock and the workers do within a minute; `posts`: and staff, with what lies in the post folder."""
    tick()
    messages_take_up(moment=now())
    for message_id in Message.objects.filter(state=Message.State.QUEUED).values_list("pk", flat=True):
        message_deliver(message_id=message_id, moment=now())
    if posts:
        posted()


def lived_through(traveller: time_machine.Traveller, until: datetime, *, posts: bool = True) -> None:
    """Move the clock on from one moment at which something is due to the next, as the clock of the house would."""
    while True:
        round_of_the_house(posts=posts)
        looks = Enrolment.objects.filter(state__in=(Standing.RUNNING, Standing.PAUSED), next_due_at__isnull=False)
        held = Message.objects.filter(state=Message.State.HELD)
        moments = [*looks.values_list("next_due_at", flat=True), *held.values_list("due_at", flat=True)]
        coming = min((moment for moment in moments if moment > now()), default=None)
        if coming is None or coming > until:
            traveller.move_to(until)
            round_of_the_house(posts=posts)
            return
        traveller.move_to(coming + timedelta(seconds=1))


def told(case_id: int) -> list[tuple[str, str, str]]:
    """What was done for a case: day, step, result."""
    runs = StepRun.objects.filter(enrolment__recovery_id=case_id).select_related("step").order_by("at", "id")
    return [(f"{run.at:%Y-%m-%d}", run.step.code, run.state) for run in runs]


def rehearsed(
    version: ScenarioVersion, cases: Collection[int], until: date, *, at_once: int = 1000
) -> tuple[Summary, list[Line]]:
    """What comes of a rehearsal over these cases, part by part of about `at_once`: its sums, its lines."""
    lines: list[Line] = []
    summary = Summary()
    for part in parts_of(Recovery.objects.filter(pk__in=cases), at_once):
        summary.join(rehearse(version, part, until, moment=now(), sink=lines.append).told.kept())
    return summary, lines
