"""What is read of tasks: whose, which, how many each person has."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User
from recoveries.agenda.models import StaffTask, StaffTaskQuerySet
from recoveries.models.cases import Recovery

MOST = 1_000  # counted: a longer list is not worked off from its end
PEOPLE = 100  # offered to be given a task
DO, SEE_ALL = "do_task", "see_all_cases"


class View(StrEnum):
    """The lists of the page of tasks."""

    MINE = "mine"
    TEAM = "team"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list: of which tasks, as of which day; `kind` and `person` (id) narrow it where they are not empty."""

    user: User
    view: View
    day: date
    kind: str = ""
    person: int | None = None


def tasks_asked(asked: Asked) -> StaffTaskQuerySet:
    """The tasks of a list, in its order: what is due first, or what was done last."""
    tasks = StaffTask.objects.in_reach_of(asked.user)
    if asked.view == View.DONE:
        tasks = tasks.exclude(state=StaffTask.State.OPEN).order_by("-done_at", "-id")
    else:
        tasks = tasks.standing().order_by("due_on", "id")
    if asked.view == View.MINE:
        tasks = tasks.of_person(asked.user)
    if asked.view == View.OVERDUE:
        tasks = tasks.filter(due_on__lt=asked.day)
    if asked.kind:
        tasks = tasks.filter(kind=asked.kind)
    if asked.person is not None:
        tasks = tasks.filter(Q(assignee_id=asked.person) | Q(assignee=None, recovery__user=asked.person))
    return tasks


def count_of(tasks: QuerySet[StaffTask]) -> int:
    """How many there are, MOST + 1 at most."""
    return tasks.order_by().values("pk")[: MOST + 1].count()


def tasks_of_case(case: Recovery, user: User) -> list[StaffTask]:
    """What is to be done on a case, as far as `user` sees it; what is due first."""
    tasks = StaffTask.objects.in_reach_of(user).standing().filter(recovery=case)
    return list(tasks.select_related("assignee", "recovery__user").order_by("due_on", "id"))


def doers(recovery: Recovery | None = None) -> list[tuple[User, int]]:
    """Who can be given a task, on a case of `recovery`: who does tasks and sees it; each with how many are open."""
    people = User.objects.filter(_may(DO), is_staff=True, is_active=True)
    if recovery is not None and recovery.handler is not None:
        people = people.filter(_may(SEE_ALL) | Q(pk=recovery.handler.pk))
    found = list(people.distinct().order_by("last_name", "first_name", "id")[:PEOPLE])
    loads = _loads()
    return [(person, loads.get(person.pk, 0)) for person in found]


def _may(codename: str) -> Q:
    """Who has a permission of this app: by role, by name, or as superuser."""
    wanted = {"codename": codename, "content_type__app_label": StaffTask._meta.app_label}
    of_role = Q(**{f"groups__permissions__{name}": value for name, value in wanted.items()})
    of_person = Q(**{f"user_permissions__{name}": value for name, value in wanted.items()})
    return Q(is_superuser=True) | of_role | of_person


def _loads() -> dict[int, int]:
    """Open tasks by person."""
    doer = Coalesce("assignee_id", NullIf("recovery__user_id", "recovery__owner_id"))
    rows = StaffTask.objects.standing().order_by().annotate(doer=doer).exclude(doer=None)
    return dict(rows.values_list("doer").annotate(n=Count("pk")))
