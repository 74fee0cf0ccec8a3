"""The steps of a version as a line, in words."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from law.scenario import Unreadable, Way
from law.scenario.conditions import condition_read
from legalcity.lib.errors import Sentence
from recoveries.letters.scenarios.carrying import is_carried, templates_known
from recoveries.models import Message, ScenarioVersion, Step


class Drawn(NamedTuple):
    """A step on the line. `not_carried`: a sentence, where nothing goes by a channel yet."""

    code: str
    when: str
    what: str
    channels: str
    conditions: list[str]
    needs_approval: bool
    not_carried: str
    otherwise: str


def drawn_line(version: ScenarioVersion) -> list[Drawn]:
    """The steps of a version, in their order."""
    names = dict(templates_known())
    return [_drawn(step, names) for step in version.steps.select_related("then_status")]


def channel_names(channels: Iterable[str]) -> str:
    """Channels as people call them, in the order in which they are tried."""
    names: dict[Any, Any] = {**dict(Message.Channel.choices), Way.TASK.value: _("task")}
    return str(_(", else ")).join(str(names.get(channel, channel)) for channel in channels)


def _drawn(step: Step, names: dict[str, str]) -> Drawn:
    unit = _("working days") if step.unit == Step.Unit.WORKING_DAYS else _("days")
    when = _("{delay} {unit} from {base}, {hour}:00").format(
        delay=step.delay, unit=unit, base=step.get_counts_from_display(), hour=step.at_hour
    )
    uncarried = [one for one in step.channels if not is_carried(Way(one))]
    return Drawn(
        code=step.code,
        when=when,
        what=names.get(step.template, step.template),
        channels=channel_names(step.channels),
        conditions=[str(_sentence(one)) for one in step.conditions],
        needs_approval=step.needs_approval,
        not_carried=_("Nothing goes by {channels} yet: the step is a task then.").format(
            channels=channel_names(uncarried)
        )
        if uncarried
        else "",
        otherwise=_otherwise(step),
    )


def _otherwise(step: Step) -> str:
    """What becomes of the step where it cannot go, or has to wait."""
    parts = [] if step.channels == [Way.TASK.value] else [_("if impossible: ") + str(step.get_if_impossible_display())]
    if step.max_wait_days:
        parts.append(_("waits {days} days at most").format(days=step.max_wait_days))
    if step.then_status_id:
        parts.append(_("status afterwards: {status}").format(status=step.then_status))
    return " · ".join(parts)


def _sentence(stored: Any) -> Sentence:
    try:
        return condition_read(stored).sentence
    except Unreadable as error:
        return error.sentence
