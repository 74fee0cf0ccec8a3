"""The calendar of staff: legal dates, hearings, days to look again, as a month or a list; its address for programs."""

from calendar import Calendar
from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from legalcity.lib.clock import today
from legalcity.lib.dates import add_months
from recoveries.desk.calendar_feeds import CATEGORIES, SEE, feed_file, feed_renew, feed_revoke
from recoveries.desk.portfolio_page import MonthField, this_month
from recoveries.desk.reads.calendar import Asked, Entry, What, entries_of
from recoveries.desk.reads.worklist import handlers
from recoveries.models import CalendarFeed
from recoveries.widgets import ClientSelect

MINE, ALL = "mine", "all"
MONTH, LIST = "month", "list"
IN_A_DAY = 4  # entries that a day of the month shows
FRESH = "calendar_address"  # of the session: an address that was just made, until it was shown


class CalendarForm(forms.Form):
    """What is asked for. Whoever does not see all cases is asked neither whose nor for whom."""

    month = MonthField(label=gettext_lazy("Month"), required=False)
    scope = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        choices=[(MINE, gettext_lazy("My cases")), (ALL, gettext_lazy("All cases"))],
        required=False,
    )
    handler = forms.ModelChoiceField(
        handlers(), label=gettext_lazy("Handler"), required=False, empty_label=gettext_lazy("All handlers")
    )
    client = forms.ModelChoiceField(
        User.objects.all(), label=gettext_lazy("Client"), required=False, widget=ClientSelect()
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("", gettext_lazy("Everything")), *((kind.value, name) for kind, name in CATEGORIES.items())],
        required=False,
    )
    view = forms.ChoiceField(
        choices=[(MONTH, gettext_lazy("Month")), (LIST, gettext_lazy("List"))],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any, *, sees_all: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if not sees_all:
            del self.fields["scope"], self.fields["handler"]


class DayCell(NamedTuple):
    """A day of the month: the first entries, how many more there are, and the list that has them all."""

    day: date
    is_other: bool
    is_today: bool
    entries: list[Entry]
    more: int
    url: str


@never_cache
@require_safe
def calendar_view(request: HttpRequest) -> HttpResponse:
    """The month that is asked for. A filter that makes no sense is told in the form, without entries."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    user = staff_of(request)
    asked = {"month": f"{this_month():%Y-%m}", "view": MONTH, **request.GET.dict()}
    form = CalendarForm(asked, sees_all=sees_all_cases(user), auto_id="calendar_%s")
    context = {
        **admin.site.each_context(request),
        "title": _("Calendar"),
        "form": form,
        "media": form.media,
        "feed": CalendarFeed.objects.filter(user=user).first(),
        "address": request.session.pop(FRESH, None),
    }
    if form.is_valid():
        context |= _shown(request, form.cleaned_data, user)
    return TemplateResponse(request, "admin/backoffice/calendar.html", context)


def _shown(request: HttpRequest, data: dict[str, Any], user: User) -> dict[str, Any]:
    first = data["month"] or this_month()
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    is_list = data["view"] == LIST
    asked = Asked(
        user=user,
        first=first if is_list else weeks[0][0],
        last=_last_of(first) if is_list else weeks[-1][-1],
        mine=data.get("scope", MINE) != ALL and not data.get("handler"),
        handler_id=data["handler"].pk if data.get("handler") else None,
        client_id=data["client"].pk if data["client"] else None,
        kinds=frozenset([What(data["kind"])] if data["kind"] else What),
    )
    found, by_day = entries_of(asked), defaultdict(list)
    for entry in found.entries:
        by_day[entry.day].append(entry)
    return {
        "month": first,
        "is_list": is_list,
        "is_cut": found.is_cut,
        "days": dict(by_day),
        "today": today(),
        "weeks": [[_cell(request, day, first, by_day[day]) for day in week] for week in weeks],
        "before": _query(request, month=f"{add_months(first, -1):%Y-%m}"),
        "after": _query(request, month=f"{add_months(first, 1):%Y-%m}"),
        "present": _query(request, month=f"{this_month():%Y-%m}"),
        "as_month": _query(request, view=MONTH),
        "as_list": _query(request, view=LIST),
        "categories": CATEGORIES,
    }


def _cell(request: HttpRequest, day: date, month: date, entries: list[Entry]) -> DayCell:
    """A day at the edge may be of the month beside: the list that has it is that month's."""
    shown = entries[:IN_A_DAY]
    url = f"{_query(request, month=f'{day:%Y-%m}', view=LIST)}#day-{day:%Y%m%d}"
    return DayCell(day, day.month != month.month, day == today(), shown, len(entries) - len(shown), url)


def _last_of(month: date) -> date:
    return date.fromordinal(add_months(month, 1).toordinal() - 1)


def _query(request: HttpRequest, **other: str) -> str:
    kept = {name: str(request.GET[name]) for name in CalendarForm.base_fields if request.GET.get(name)}
    return f"?{urlencode(kept | other)}"


@require_POST
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Make the address for programs anew, or (`act=revoke`) close it; the calendar shows a new one once."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    user = staff_of(request)
    if request.POST.get("act") == "revoke":
        feed_revoke(user=user)
        messages.success(request, _("The address of your calendar is closed."))
    else:
        request.session[FRESH] = feed_renew(user=user)
    return HttpResponseRedirect(f"{reverse('calendar')}#address")


@never_cache
@require_http_methods(["GET", "HEAD"])
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar at a secret address, for programs, which have no session; 404 where it is nobody's."""
    content = feed_file(token)
    if content is None:
        return HttpResponse(status=404)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="legalcity.ics"'
    answer["Cache-Control"] = "no-store, private"
    return answer
