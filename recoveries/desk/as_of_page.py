"""The portfolio as it was at the end of a past day, by the ledger."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from backoffice.replica_pages import reads_replica
from legalcity.lib.clock import today
from legalcity.lib.form_fields import DayField
from recoveries.desk.chart_amounts import short_euros
from recoveries.desk.journal_page import MOST_DAYS
from recoveries.desk.portfolio_page import PERMISSION
from recoveries.desk.portfolio_tables import band_label
from recoveries.desk.reads.as_of import AsOf, as_of, as_of_at_once, ledger_begins
from recoveries.desk.reads.worklist import handlers
from recoveries.desk.tasks import reckon_day
from recoveries.desk.waiting import there_or_awaited
from recoveries.widgets import ClientSelect


class DayForm(forms.Form):
    """Which day, of which client or handler."""

    on = DayField(label=gettext_lazy("At the end of"))
    client = forms.ModelChoiceField(
        User.objects.all(), label=gettext_lazy("Client"), required=False, widget=ClientSelect()
    )
    handler = forms.ModelChoiceField(
        handlers(), label=gettext_lazy("Handler"), required=False, empty_label=gettext_lazy("All handlers")
    )

    def clean_on(self) -> Any:
        """A day that has begun, and that the ledger knows."""
        on, begins = self.cleaned_data["on"], ledger_begins()
        if on > today():
            raise forms.ValidationError(_("This day is still to come."))
        if begins is None or on < begins:
            day = date_format(begins, "DATE_FORMAT") if begins else "–"
            raise forms.ValidationError(
                _("The ledger begins on {day}: it knows nothing of earlier days.").format(day=day)
            )
        return on


@never_cache
@require_safe
@reads_replica
def as_of_page(request: HttpRequest) -> HttpResponse:
    """What was received and left by a day; today unless one is asked for."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    asked = {"on": f"{today():%Y-%m-%d}", **{name: value for name, value in request.GET.items() if value}}
    form = DayForm(asked, auto_id="as_of_%s")
    context = {**admin.site.each_context(request), "title": _("Portfolio at a day"), "form": form, "media": form.media}
    if form.is_valid():
        data = form.cleaned_data
        found = _found(request, data["on"], _pk(data["client"]), _pk(data["handler"]))
        if found is None:
            return TemplateResponse(request, "admin/backoffice/as_of.html", context)
        rows = [(band_label(row.band), row, listed(data, row.band)) for row in found.late]
        context |= {"on": data["on"], "counters": _counters(found, data), "rows": rows, "found": found}
    return TemplateResponse(request, "admin/backoffice/as_of.html", context)


def _found(request: HttpRequest, on: date, owner_id: int | None, handler_id: int | None) -> AsOf | None:
    return there_or_awaited(
        request,
        f"as_of:{on}:{owner_id}:{handler_id}",
        at_once=lambda: as_of_at_once(on, owner_id=owner_id, handler_id=handler_id),
        queued=lambda: reckon_day.delay(f"{on}", owner_id, handler_id),
        reckoned=lambda: as_of(on, owner_id=owner_id, handler_id=handler_id),
    )


def listed(data: dict[str, Any], band: int | None = None) -> str:
    """The list of the cases on which something was left at the end of the day that a valid form asks for."""
    query = {
        "on": f"{data['on']:%Y-%m-%d}",
        "client": _pk(data["client"]),
        "handler": _pk(data["handler"]),
        "band": band,
    }
    asked = {name: value for name, value in query.items() if value is not None}
    return f"{reverse('portfolio-as-of-cases')}?{urlencode(asked)}"


def _counters(found: AsOf, data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Value, words, and what stands behind it."""
    return [
        (short_euros(found.received), _("received by then"), _journal(data)),
        (short_euros(found.left), _("principal left"), listed(data)),
    ]


def _journal(data: dict[str, Any]) -> str:
    """The postings of until then, as far back as the journal goes in one piece; it knows of no handler."""
    if data["handler"]:
        return ""
    on = data["on"]
    query = {"first": f"{on - timedelta(days=MOST_DAYS):%Y-%m-%d}", "last": f"{on:%Y-%m-%d}"}
    query |= {"client": str(data["client"].pk)} if data["client"] else {}
    return f"{reverse('journal')}?{urlencode(query)}"


def _pk(person: User | None) -> int | None:
    return person.pk if person else None
