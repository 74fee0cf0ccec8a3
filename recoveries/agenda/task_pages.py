"""The page of tasks: mine, the team's, what is overdue, what was done; each is done in place, and the list stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backoffice.action_pages import sent_token
from backoffice.actions import form_token
from backoffice.in_place import carried_out
from backoffice.origin import staff_of
from legalcity.lib.bounded_paginator import BoundedPaginator
from legalcity.lib.clock import today
from legalcity.lib.dates import add_days
from legalcity.lib.errors import Sentence
from legalcity.lib.ids import is_id
from recoveries.agenda.acts import TASK_ACTIONS, person_choices
from recoveries.agenda.kinds import kinds
from recoveries.agenda.models import StaffTask
from recoveries.agenda.task_lists import MOST, Asked, View, count_of, doers, tasks_asked
from recoveries.models.cases import Recovery

SEE = "recoveries.view_stafftask"
ROWS = 25
SOON = (1, 3, 7)  # days by which a task is put off with one click
LAST_PAGE = 10_000
LABELS: dict[View, Sentence] = {
    View.MINE: gettext_lazy("My tasks"),
    View.TEAM: gettext_lazy("Everybody's"),
    View.OVERDUE: gettext_lazy("Overdue"),
    View.DONE: gettext_lazy("Done lately"),
}
EMPTY: dict[View, Sentence] = {
    View.MINE: gettext_lazy("You have nothing to do. Have a good day."),
    View.TEAM: gettext_lazy("Nobody has anything to do."),
    View.OVERDUE: gettext_lazy("Nothing is overdue."),
    View.DONE: gettext_lazy("Nothing was done yet."),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A list with its way and how many it has."""

    view: View
    label: Sentence
    url: str
    count: int | None

    @property
    def count_shown(self) -> str:
        """Bounded: `1000+`."""
        return "" if self.count is None else f"{MOST}+" if self.count > MOST else str(self.count)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tasks_view(request: HttpRequest) -> HttpResponse:
    """A list of tasks; what is sent is an act on one of them, after which the same list is shown again."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    if request.method == "POST":
        _act(request)
        return HttpResponseRedirect(_way_back(request))
    asked = _asked(request)
    page = BoundedPaginator(_with_case(tasks_asked(asked)), ROWS).get_page(_page_number(request))
    context = {
        **admin.site.each_context(request),
        "title": _("Tasks"),
        "asked": asked,
        "tabs": list(_tabs(request, asked)),
        "page": page,
        "tasks": list(page.object_list),
        "pages": _pages(request, page),
        "empty": EMPTY[asked.view],
        "kinds": [(one.code, one.label) for one in kinds().values()],
        "people": [] if asked.view == View.MINE else [person for person, _load in doers()],
        "kept_query": f"?{_query(request)}",
        **acts_context(request),
    }
    return TemplateResponse(request, "admin/backoffice/tasks.html", context)


def acts_context(request: HttpRequest, case: Recovery | None = None) -> dict[str, Any]:
    """What the acts beside a task need, on this page and on that of a `case`."""
    day, may_assign = today(), request.user.has_perm("recoveries.assign_task")
    return {
        "today": day,
        "soon": [(days, add_days(day, days)) for days in SOON],
        "task_token": form_token(),
        "may_do": request.user.has_perm("recoveries.do_task"),
        "may_assign": may_assign,
        "choices": person_choices(case) if may_assign else [],
    }


def _with_case(tasks: Any) -> Any:
    return tasks.select_related("recovery", "recovery__user", "assignee", "done_by")


def _asked(request: HttpRequest) -> Asked:
    view, kind, person = (request.GET.get(name, "") for name in ("view", "kind", "person"))
    return Asked(
        user=staff_of(request),
        view=View(view) if view in set(View) else View.MINE,
        day=today(),
        kind=kind if kind in kinds() else "",
        person=int(person) if is_id(person) else None,
    )


def _tabs(request: HttpRequest, asked: Asked) -> Iterator[Tab]:
    for view in View:
        one = Asked(user=asked.user, view=view, day=asked.day)
        count = None if view == View.DONE else count_of(tasks_asked(one))
        yield Tab(view, LABELS[view], f"{reverse('tasks')}?{urlencode({'view': view})}", count)


def _pages(request: HttpRequest, page: Page) -> dict[str, str]:
    """The ways to the pages beside this one, with the same filters."""
    numbers = {
        "before": page.previous_page_number() if page.has_previous() else None,
        "after": page.next_page_number() if page.has_next() else None,
    }
    return {name: f"?{_query(request, p=str(number))}" for name, number in numbers.items() if number}


def _query(request: HttpRequest, **instead: str) -> str:
    asked = {name: request.GET[name] for name in ("view", "kind", "person", "p") if request.GET.get(name)}
    return urlencode({**asked, **instead})


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("p", "")
    return min(int(asked[:6]), LAST_PAGE) if asked.isascii() and asked.isdecimal() else 1


# --- acts ------------------------------------------------------------------------------------------------------------
def _act(request: HttpRequest) -> None:
    """Carry out what was asked on one task, and say what became of it."""
    action = next((one for one in TASK_ACTIONS if one.name == request.POST.get("act")), None)
    task = _task(request)
    if action is None or task is None:
        raise Http404
    if not action.is_allowed(request, StaffTask, task):
        raise PermissionDenied
    messages.add_message(request, *carried_out(request, action, task, sent_token(request) or form_token()))


def _task(request: HttpRequest) -> StaffTask | None:
    pk = request.POST.get("task", "")
    return StaffTask.objects.in_reach_of(staff_of(request)).filter(pk=int(pk)).first() if is_id(pk) else None


def _way_back(request: HttpRequest) -> str:
    """The same list, or the case that the act was asked on, by the way that led there."""
    case = request.POST.get("case", "")
    way = reverse("admin:recoveries_recovery_change", args=[int(case)]) if is_id(case) else reverse("tasks")
    query = request.GET.urlencode()
    return f"{way}?{query}" if query else way
