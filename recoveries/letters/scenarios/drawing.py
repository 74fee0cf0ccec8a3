"""Scenarios as staff draw them: a draft is changed as long as nobody has published it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from events.services import story
from law.scenario import Unreadable, Way
from law.scenario.conditions import condition_read
from law.vocabulary import Reminder
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden, Invalid, Sentence
from recoveries.agenda.kinds import kinds
from recoveries.letters.following import STATUSES
from recoveries.models import Scenario, ScenarioVersion, Step

State = ScenarioVersion.State
MOST_STEPS = 50
LAST_PLACE = 32_767  # that the column holds
OF_STEP = tuple(field.name for field in Step._meta.concrete_fields if field.name not in {"id", "version"})


@story()
def draft_open(*, scenario_id: int, by: User | None) -> ScenarioVersion:
    """The draft of a scenario: the one that is there, or a copy of its last version under the next number."""
    scenario = Scenario.objects.select_for_update(of=("self",)).get(pk=scenario_id)
    draft = scenario.versions.filter(state=State.DRAFT).first()
    if draft is not None:
        return draft
    last = scenario.versions.order_by("-number").first()
    number = (scenario.versions.aggregate(most=Max("number"))["most"] or 0) + 1
    draft = ScenarioVersion.objects.create(scenario=scenario, number=number, author=by)
    if last is not None:
        draft.restart_on_payment, draft.after_plan = last.restart_on_payment, last.after_plan
        draft.save(update_fields=["restart_on_payment", "after_plan"])
        copies = ({name: getattr(step, name) for name in OF_STEP} for step in last.steps.select_related("then_status"))
        Step.objects.bulk_create(Step(version=draft, **values) for values in copies)
    return draft


@story()
def version_publish(*, version_id: int, by: User | None) -> ScenarioVersion:
    """Publish a draft; the version before is retired, and the cases that are in it stay there.

    Raises Forbidden for one that is no draft, Invalid with what is wrong.
    """
    version = ScenarioVersion.objects.select_for_update(of=("self",)).select_related("scenario").get(pk=version_id)
    if version.state != State.DRAFT:
        raise Forbidden(_("Only a draft is published."))
    if errors := list(version_errors(version, list(version.steps.all()))):
        raise Invalid({"steps": errors})
    version.scenario.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED)
    version.state, version.published_at, version.author = State.PUBLISHED, now(), version.author or by
    version.save(update_fields=["state", "published_at", "author"])
    return version


def steps_step_aside(version: ScenarioVersion, ids: Collection[int]) -> None:
    """Have steps of a draft give up their places and codes, for the ones that the caller then saves."""
    taken = set(version.steps.values_list("position", flat=True))
    free = (place for place in range(LAST_PLACE, 0, -1) if place not in taken)
    for pk, place in zip(ids, free, strict=False):
        version.steps.filter(pk=pk).update(position=place, code=f"-{pk}")


def version_errors(version: ScenarioVersion, steps: Sequence[Step]) -> Iterator[Sentence]:
    """What keeps a version from being published."""
    if not 0 < len(steps) <= MOST_STEPS:
        yield _("A scenario has 1 to {most} steps.").format(most=MOST_STEPS)
    if version.after_plan and version.after_plan not in {step.code for step in steps}:
        yield _("There is no step “{code}”, at which a broken plan would go on.").format(code=version.after_plan)
    for step in steps:
        for sentence in step_errors(step):
            yield _("Step “{code}”: {sentence}").format(code=step.code, sentence=sentence)


def step_errors(step: Step) -> Iterator[Sentence]:
    """What is wrong with a step."""
    yield from _channel_errors(step.channels)
    is_task = step.channels == [Way.TASK.value]
    if is_task and step.template and step.template not in kinds():
        yield _("There is no such kind of task.")
    if not is_task and step.template not in set(Reminder):
        yield _("There is no such letter.")
    if step.then_status_id is not None and step.then_status_id != STATUSES.get(step.template):
        yield _("A letter leads to its own status, and a task to none.")
    yield from condition_errors(step.conditions)


def _channel_errors(channels: Any) -> Iterator[Sentence]:
    known = [way.value for way in Way]
    if not isinstance(channels, list) or not channels or not all(one in known for one in channels):
        yield _("Channels are of: {known}.").format(known=", ".join(known))
    elif Way.TASK.value in channels and len(channels) > 1:
        yield _("A task has no other channel: what is done where none leads to the debtor is said beside.")


def condition_errors(stored: Any) -> Iterator[Sentence]:
    """What is wrong with conditions as they are written."""
    if not isinstance(stored, list):
        yield _("Conditions are a list.")
        return
    for one in stored:
        try:
            condition_read(one)
        except Unreadable as error:
            yield error.sentence
