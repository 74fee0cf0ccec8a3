"""What is to be done on a case, as its page shows it: its tasks, and when it comes up again."""

from typing import Any

from django.http import HttpRequest

from backoffice.actions import form_token
from backoffice.origin import staff_of
from backoffice.way import way_kept
from legalcity.lib.clock import today
from legalcity.lib.dates import add_days
from recoveries.agenda.follow_ups import follow_up_sentence
from recoveries.agenda.task_lists import tasks_of_case
from recoveries.agenda.task_pages import acts_context
from recoveries.catalogue import catalogue
from recoveries.desk.acts.everyday import MOVE, moves_by_hand
from recoveries.models import Recovery

OFFERED = ("add-task", "call-note", "promise")
FOLLOW_UP = "follow-up"
LATER = (1, 3, 7, 14)  # days by which a case is put off with one click


def work_context(request: HttpRequest, case: Recovery, offered: dict[str, Any]) -> dict[str, Any]:
    """The open tasks with what their acts need, and the ways to add one; `offered` are the acts of the case."""
    tasks = tasks_of_case(case, staff_of(request)) if request.user.has_perm("recoveries.view_stafftask") else []
    return {
        "tasks": tasks,
        "ways": [offered[name] for name in OFFERED if name in offered],
        "follow_up": _follow_up(case),
        "put_off": offered.get(FOLLOW_UP),
        "moves": _moves(case) if MOVE.name in offered else [],
        "later": [(days, add_days(today(), days)) for days in LATER],
        "token": form_token(),
        "case_id": case.pk,
        "kept_query": way_kept(request),
        **(acts_context(request, case) if tasks else {}),
    }


def _moves(case: Recovery) -> list[tuple[int, str]]:
    """The statuses that a person may move the case to, as buttons."""
    return [(status_id, catalogue.entry(status_id).name) for status_id in moves_by_hand(case)]


def _follow_up(case: Recovery) -> dict[str, Any] | None:
    """When the case comes up, why, and whether that day has come."""
    row = getattr(case, "follow_up", None)
    if row is None:
        return None
    return {"on": row.on, "why": follow_up_sentence(row.reason, row.facts), "by": row.by, "is_due": row.on <= today()}
