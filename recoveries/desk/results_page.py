"""Results: load and what was done by handler and by client in some months, with the goals that managers set."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from backoffice.actions import refusal_text
from backoffice.amounts import euros
from backoffice.origin import staff_of
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import DomainError
from legalcity.lib.form_fields import AmountField
from recoveries.desk.portfolio_page import PERMISSION, MonthField, MonthsForm, this_month
from recoveries.desk.reads.results import Did
from recoveries.desk.reads.worklist import handlers
from recoveries.desk.results import CLIENT, HANDLER, Results, goal_set, results_of, results_since

SET_GOAL = "recoveries.set_goal"
MOST = 200  # clients that are shown


class ResultsForm(MonthsForm):
    """The months whose results there are."""

    def clean(self) -> dict[str, Any]:
        """No month before those that the night takes."""
        data, since = super().clean(), results_since()
        if not self.errors and since and data["first"] < since:
            text = _("With as many cases as there are, results begin with {month}.")
            raise forms.ValidationError(text.format(month=date_format(since, "F Y")))
        return data


class GoalForm(forms.Form):
    """What somebody is to recover in a month."""

    handler = forms.ModelChoiceField(handlers(), label=gettext_lazy("Handler"))
    month = MonthField(label=gettext_lazy("Month"))
    amount = AmountField(
        label=gettext_lazy("To recover (€)"),
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        help_text=gettext_lazy("Empty: no goal."),
    )


class Cell(NamedTuple):
    """A figure as it is written, and the list of the cases behind it (empty where there is none)."""

    text: str
    url: str = ""
    note: str = ""


class Line(NamedTuple):
    """The results of one handler or client."""

    name: str
    cells: list[Cell]


HEADINGS = (
    gettext_lazy("Open cases"),
    gettext_lazy("Owed on them"),
    gettext_lazy("Opened"),
    gettext_lazy("Received"),
    gettext_lazy("First letter"),
    gettext_lazy("Promises kept"),
    gettext_lazy("Legal dates met"),
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def results_view(request: HttpRequest) -> HttpResponse:
    """The results of the months that are asked for; who sets goals sends them here."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    goal = GoalForm(request.POST or None, initial={"month": f"{this_month():%Y-%m}"}, auto_id="goal_%s")
    if request.method == "POST":
        if not request.user.has_perm(SET_GOAL):
            raise PermissionDenied
        if goal.is_valid() and _set(request, goal):
            return HttpResponseRedirect(request.get_full_path())
    form = ResultsForm(request.GET, auto_id="results_%s")
    by = CLIENT if request.GET.get("by") == CLIENT else HANDLER
    context = {
        **admin.site.each_context(request),
        "title": _("Results"),
        "form": form,
        "goal": goal if request.user.has_perm(SET_GOAL) else None,
        "by": by,
    }
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        form.data = {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}  # What is shown, also where none was named.
        context |= _shown(first, last, by)
    return TemplateResponse(request, "admin/backoffice/handler_results.html", context)


def _set(request: HttpRequest, form: GoalForm) -> bool:
    """Whether the service took it; its refusal stands in the form."""
    try:
        goal_set(**form.cleaned_data, by=staff_of(request))
    except DomainError as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.success(request, _("The goal is set."))
    return True


def _shown(first: date, last: date, by: str) -> dict[str, Any]:
    found = results_of(first, last, by=by)
    people = User.objects.in_bulk([pk for pk in found.by if pk is not None])
    order = sorted(found.by.items(), key=lambda one: (-one[1].amounts[Did.RECEIVED], -one[1].open_cases, one[0] or 0))
    lines = [
        Line(_name(people.get(pk) if pk else None, by), _cells(results, by, pk, first, last))
        for pk, results in order[:MOST]
    ]
    headings = [*HEADINGS, gettext_lazy("Goal")] if by == HANDLER else HEADINGS
    months = {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}
    return {
        "first": first,
        "last": last,
        "lines": lines,
        "headings": headings,
        "is_cut": len(order) > MOST,
        "taken_at": found.taken_at and found.taken_at.astimezone(PARIS),
        "by_handler": f"?{urlencode({**months, 'by': HANDLER})}",
        "by_client": f"?{urlencode({**months, 'by': CLIENT})}",
    }


def _name(person: User | None, by: str) -> str:
    if person is None:
        return _("Nobody")
    return (by == CLIENT and person.entreprise) or str(person)


def _cells(of: Results, by: str, pk: int | None, first: date, last: date) -> list[Cell]:
    def listed(**query: str) -> str:
        who = {by: str(pk) if pk is not None else "none"}
        return f"{reverse('admin:recoveries_recovery_changelist')}?{urlencode(who | query)}"

    def behind(what: Did) -> str:
        return listed(did=f"{what}.{first:%Y-%m}.{last:%Y-%m}") if of.numbers[what] else ""

    def share(part: Did, whole: Did) -> Cell:
        text = _("{part} of {whole}").format(part=_count(of.numbers[part]), whole=_count(of.numbers[whole]))
        return Cell(text, behind(whole)) if of.numbers[whole] else Cell("–")

    cells = [
        Cell(_count(of.open_cases), listed(state="open") if of.open_cases else ""),
        Cell(euros(of.owed), listed(state="open", owed="some") if of.owed else ""),
        Cell(_count(of.numbers[Did.OPENED]), behind(Did.OPENED)),
        Cell(euros(of.amounts[Did.RECEIVED]), behind(Did.RECEIVED)),
        _first_letter(of, behind(Did.CONTACTED)),
        share(Did.KEPT, Did.PROMISED),
        share(Did.MET, Did.DATED),
    ]
    return [*cells, _goal(of)] if by == HANDLER else cells


def _first_letter(of: Results, url: str) -> Cell:
    """How long the cases opened waited for it on average, and how many of them had one."""
    number = of.numbers[Did.CONTACTED]
    if not number:
        return Cell("–")
    days = round(of.amounts[Did.CONTACTED] / number, 1)
    part = _("{part} of {whole}").format(part=_count(number), whole=_count(of.numbers[Did.OPENED]))
    text = ngettext("{days} days", "{days} days", int(days))  # French has no plural below two
    return Cell(text.format(days=number_format(days, 1, use_l10n=True)), url, part)


def _goal(of: Results) -> Cell:
    if of.goal is None:
        return Cell("–")
    reached = of.amounts[Did.RECEIVED] * 100 / of.goal if of.goal else Decimal(100)
    return Cell(euros(of.goal), "", _("{number} %").format(number=number_format(reached, 0, use_l10n=True)))


def _count(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
