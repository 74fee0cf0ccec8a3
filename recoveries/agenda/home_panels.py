"""The panel of the home page about tasks."""

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.home import Panel, Row, Viewer, first_rows, panel_register, way_register
from legalcity.lib.clock import today
from recoveries.agenda.models import StaffTask
from recoveries.agenda.task_lists import MOST, Asked, View, tasks_asked


def tasks_due(viewer: Viewer) -> Panel:
    """What is to be done today or should have been: mine, or everybody's; counted up to MOST."""
    day, view = today(), View.MINE if viewer.mine else View.TEAM
    due = tasks_asked(Asked(user=viewer.user, view=view, day=day)).filter(due_on__lte=day)
    counted = StaffTask.objects.filter(Q(pk__in=due.values("pk")[:MOST])).select_related("recovery")
    count, rows = first_rows(counted.order_by("due_on", "id"))
    return Panel(
        title=_("My tasks") if viewer.mine else _("Tasks"),
        count=count,
        url=f"{reverse('tasks')}?view={view}",
        rows=[
            Row(
                text=" · ".join(filter(None, (str(task), str(task.recovery or "")))),
                url=task_page(task),
                note=task.sentence,
                badge=date_format(task.due_on, "SHORT_DATE_FORMAT"),
                tone="bad" if task.due_on < day else "wait",
            )
            for task in rows
        ],
        empty=_("No task is due."),
        tone="wait",
    )


def task_page(task: StaffTask) -> str:
    """Where a task is done."""
    if task.fix_url or task.recovery_id is None:
        return task.fix_url or reverse("tasks")
    return reverse("admin:recoveries_recovery_change", args=[task.recovery_id])


panel_register("tasks", position=5, permission="recoveries.do_task", read=tasks_due)
way_register("tasks", position=30, permission="recoveries.view_stafftask", label=gettext_lazy("Tasks"))
