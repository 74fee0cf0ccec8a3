"""Tasks close themselves: asked where a fact changes (`tasks_review`), and by the sweep for what nobody told."""

from django.db.models import Q

from events.services import story
from legalcity.lib.logs import log_failure
from recoveries.agenda.kinds import conditions, kinds, missing
from recoveries.agenda.models import StaffTask, StaffTaskQuerySet
from recoveries.agenda.services import tasks_end
from recoveries.catalogue import catalogue

State = StaffTask.State


@story()
def tasks_review(*, recovery_id: int | None = None) -> int:
    """Close the tasks whose condition is met, and drop those of closed cases: of one case, or of all; how many."""
    tasks = StaffTask.objects.standing()
    if recovery_id is not None:
        tasks = tasks.filter(recovery_id=recovery_id)
    present = set(tasks.order_by().values_list("auto_close", flat=True).distinct())
    ended = tasks_end(_of_closed_cases(tasks), State.DROPPED) if present else 0
    for code in sorted(present & conditions().keys()):
        ended += tasks_end(conditions()[code](tasks.filter(auto_close=code)), State.DONE)
    return ended


def tasks_sweep() -> int:
    """Open what time alone has made due, close what is done; returns how many were closed."""
    for opens in missing():
        try:
            opens()
        except Exception as error:  # The others are due all the same.
            log_failure(error)
    return tasks_review()


def _of_closed_cases(tasks: StaffTaskQuerySet) -> StaffTaskQuerySet:
    ending = [kind.code for kind in kinds().values() if kind.closes_with_case]
    closed = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    return tasks.filter(Q(recovery__status_id__in=closed), kind__in=ending)
