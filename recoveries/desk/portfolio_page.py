"""The portfolio: figures of any period as charts and tables, for who may see reports."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from backoffice.audit import audit_record
from backoffice.replica_pages import exports_from_replica, reads_replica
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.spreadsheets import csv_lines
from recoveries.desk.portfolio_tables import headline, tables_of
from recoveries.desk.reads.portfolio import Question, portfolio
from recoveries.desk.reads.worklist import handlers
from recoveries.widgets import ClientSelect

PERMISSION = "recoveries.see_reports"
USUAL = 12  # months, when none are asked for
MOST = 120
EARLIEST, LATEST = 2000, 2100  # years


class MonthField(forms.Field):
    """A month, `2026-11`: its first day."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11", "pattern": "[0-9]{4}-[0-9]{2}"})

    def to_python(self, value: Any) -> date | None:
        """The day; None for no month."""
        if value in self.empty_values:
            return None
        try:
            month = date.fromisoformat(f"{value}-01")
        except ValueError:
            month = date.min
        if not EARLIEST <= month.year <= LATEST:
            raise forms.ValidationError(_("Write a month as year and number: 2026-11."))
        return month


class MonthsForm(forms.Form):
    """From which month to which: the last `usual` ones unless it is said."""

    usual = 1
    first = MonthField(label=gettext_lazy("From"), required=False)
    last = MonthField(label=gettext_lazy("To"), required=False)

    def clean(self) -> dict[str, Any]:
        """A period forward, of a length that can be drawn."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        last = data["last"] or max(this_month(), data["first"] or this_month())
        first = data["first"] or add_months(last, 1 - self.usual)
        if first > last:
            raise forms.ValidationError(_("The period ends before it begins."))
        if add_months(first, MOST - 1) < last:
            raise forms.ValidationError(_("Choose {months} months at most.").format(months=MOST))
        data["first"], data["last"] = first, last
        return data


class PeriodForm(MonthsForm):
    """What is asked for."""

    usual = USUAL
    client = forms.ModelChoiceField(
        User.objects.all(),
        label=gettext_lazy("Client"),
        required=False,
        widget=ClientSelect(),
    )
    handler = forms.ModelChoiceField(
        handlers(), label=gettext_lazy("Handler"), required=False, empty_label=gettext_lazy("All handlers")
    )

    @property
    def question(self) -> Question:
        """What the figures are asked for; the form is valid."""
        data = self.cleaned_data
        ids = {
            name: getattr(data[field], "pk", None)
            for name, field in (("owner_id", "client"), ("handler_id", "handler"))
        }
        return Question(data["first"], data["last"], **ids)


def this_month() -> date:
    """The first day of the month that it is in Paris."""
    return today().replace(day=1)


@never_cache
@require_safe
@reads_replica
def portfolio_page(request: HttpRequest) -> HttpResponse:
    """Charts with their tables. A period that makes no sense is told in the form, without figures."""
    _allow(request)
    form = PeriodForm(_asked(request), auto_id="period_%s")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Portfolio"),
        "form": form,
        "media": form.media,
        "presets": _presets(request),
    }
    if form.is_valid():
        question = form.question
        found = portfolio(question)
        context |= {
            "question": question,
            "at": found.at.astimezone(PARIS),
            "taken_at": found.taken_at and found.taken_at.astimezone(PARIS),
            "headline": headline(found, question),
            "tables": tables_of(found, question),
            "query": request.GET.urlencode(),
        }
    return TemplateResponse(request, "admin/backoffice/portfolio.html", context)


@require_POST
@exports_from_replica
def portfolio_table(request: HttpRequest, key: str) -> HttpResponseBase:
    """One table as CSV, for the period and the filters of the query; written down in the audit."""
    _allow(request)
    form = PeriodForm(_asked(request))
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('portfolio')}?{request.GET.urlencode()}")
    question = form.question
    table = next((table for table in tables_of(portfolio(question), question) if table.key == key), None)
    if table is None:
        raise Http404
    details = {"table": key, "first": question.first, "last": question.last}
    details |= {"client": question.owner_id, "handler": question.handler_id}
    audit_record(action="portfolio_exported", details=details)
    answer = HttpResponse(b"".join(csv_lines(table.lines)), content_type="text/csv; charset=utf-8")
    name = f"portfolio-{key}-{question.first:%Y%m}-{question.last:%Y%m}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _allow(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _asked(request: HttpRequest) -> dict[str, str]:
    """The query; the usual period when it names none."""
    asked = {name: str(request.GET[name]) for name in PeriodForm.base_fields if request.GET.get(name)}
    if not asked.keys() & {"first", "last"}:
        asked |= {"first": f"{add_months(this_month(), 1 - USUAL):%Y-%m}", "last": f"{this_month():%Y-%m}"}
    return asked


def _presets(request: HttpRequest) -> list[dict[str, Any]]:
    """The usual periods, with the filters that are on."""
    month = this_month()
    january = month.replace(month=1)
    periods = (
        (_("3 months"), add_months(month, -2), month),
        (_("12 months"), add_months(month, -11), month),
        (_("24 months"), add_months(month, -23), month),
        (_("This year"), january, month),
        (_("Last year"), add_months(january, -12), add_months(january, -1)),
    )
    asked = _asked(request)
    kept = {name: asked[name] for name in ("client", "handler") if name in asked}
    wanted = (asked.get("first"), asked.get("last"))
    return [
        {
            "label": label,
            "query": urlencode({"first": first, "last": last} | kept),
            "is_present": wanted == (first, last),
        }
        for label, first, last in ((label, f"{start:%Y-%m}", f"{end:%Y-%m}") for label, start, end in periods)
    ]
