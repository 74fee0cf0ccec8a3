"""Whether scenarios run: of the firm, of a client, of a case; and the messages that wait for one that does not."""

from collections.abc import Collection

from law.scenario import Standing
from legalcity.lib.settings.live import live
from recoveries.models import ScenarioStop, StepRun

GOES_ON = (Standing.RUNNING, Standing.FINISHED)  # one whose last step is done waits for nothing


def may_run(owner_id: int) -> bool:
    """Whether scenarios run, of the firm and of a client."""
    return bool(live.SCENARIOS_RUNNING) and not ScenarioStop.objects.filter(owner_id=owner_id).exists()


def resting_of(message_ids: Collection[int]) -> frozenset[int]:
    """Those of these messages that a step has made whose scenario is paused, held, stopped or switched off."""
    runs = StepRun.objects.filter(message_id__in=message_ids)
    rows = list(runs.values_list("message_id", "enrolment__state", "enrolment__owner_id"))
    runs_for = {owner_id: may_run(owner_id) for owner_id in {row[2] for row in rows}}
    return frozenset(
        message_id
        for message_id, state, owner_id in rows
        if message_id is not None and (state not in GOES_ON or not runs_for[owner_id])
    )
