"""What is to be done on a case, as its page shows it: its tasks."""

from typing import Any

from django.http import HttpRequest

from backoffice.origin import staff_of
from backoffice.way import way_kept
from recoveries.agenda.task_lists import tasks_of_case
from recoveries.agenda.task_pages import acts_context
from recoveries.models import Recovery

OFFERED = ("add-task", "call-note")


def work_context(request: HttpRequest, case: Recovery, offered: dict[str, Any]) -> dict[str, Any]:
    """The open tasks with what their acts need, and the ways to add one; `offered` are the acts of the case."""
    tasks = tasks_of_case(case, staff_of(request)) if request.user.has_perm("recoveries.view_stafftask") else []
    return {
        "tasks": tasks,
        "ways": [offered[name] for name in OFFERED if name in offered],
        "case_id": case.pk,
        "kept_query": way_kept(request),
        **(acts_context(request, case) if tasks else {}),
    }
