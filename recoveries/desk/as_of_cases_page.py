"""The cases behind a figure of a past day, as a list and as a file."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backoffice.audit import audit_record
from backoffice.origin import staff_of
from backoffice.replica_pages import exports_from_replica, reads_replica
from backoffice.tables import CSV, table_answer
from recoveries.catalogue import catalogue
from recoveries.desk.as_of_page import DayForm
from recoveries.desk.filters import BAND_NAMES
from recoveries.desk.portfolio_page import PERMISSION
from recoveries.desk.portfolio_tables import band_label
from recoveries.desk.reads.as_of_cases import SHOWN, LeftOn, PastDay, all_cases_left, cases_left, cases_left_at_once
from recoveries.desk.tasks import list_day
from recoveries.desk.waiting import there_or_awaited
from recoveries.models import Recovery
from recoveries.widgets import PlainSelect

HEADINGS = ("case", "client", "creditor", "debtor", "status_today", "days_since_due_date", "left")


def _bands() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("all")), *((name, band_label(band)) for name, band in BAND_NAMES.items())]


class CasesForm(DayForm):
    """Which day and band, of which client or handler."""

    band = forms.ChoiceField(
        label=gettext_lazy("Days since the due date"), choices=_bands, required=False, widget=PlainSelect
    )

    @property
    def asked(self) -> PastDay:
        """The question of a valid form."""
        data = self.cleaned_data
        return PastDay(
            on=data["on"],
            band=BAND_NAMES.get(data["band"]),
            owner_id=getattr(data["client"], "pk", None),
            handler_id=getattr(data["handler"], "pk", None),
        )


class Row(NamedTuple):
    """A case with what was left on it of the claims of a band (in words), EUR."""

    case: Recovery
    status: str
    band: str
    left: Any


@never_cache
@require_safe
@reads_replica
def as_of_cases_page(request: HttpRequest) -> HttpResponse:
    """Those with the most left first, within the reach of who asks."""
    form = _form(request, auto_id="as_of_%s")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Cases at a day"),
        "form": form,
        "media": form.media,
    }
    if form.is_valid() and (found := _found(request, form.asked)) is not None:
        context |= {
            "on": form.cleaned_data["on"],
            "rows": list(_rows(request, found)),
            "most": SHOWN,
            "is_cut": len(found) == SHOWN,
            "query": _query(request),
            "figures": _figures(request),
        }
    return TemplateResponse(request, "admin/backoffice/as_of_cases.html", context)


def _found(request: HttpRequest, asked: PastDay) -> list[LeftOn] | None:
    return there_or_awaited(
        request,
        asked.name,
        at_once=lambda: cases_left_at_once(asked),
        queued=lambda: list_day.delay(f"{asked.on}", asked.band, asked.owner_id, asked.handler_id),
        reckoned=lambda: cases_left(asked),
    )


@require_POST
@exports_from_replica
def as_of_cases_csv(request: HttpRequest) -> HttpResponseBase:
    """All of them; written down in the audit."""
    form = _form(request)
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('portfolio-as-of-cases')}?{_query(request)}")
    asked = form.asked
    audit_record(action="portfolio_exported", details={"table": "as_of_cases", "filter": _query(request)})
    return table_answer(_table(request, asked), name=f"portfolio-{asked.on:%Y%m%d}-cases", form=CSV)


def _form(request: HttpRequest, **options: Any) -> CasesForm:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return CasesForm(_asked(request), **options)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: str(request.GET[name]) for name in CasesForm.base_fields if request.GET.get(name)}


def _query(request: HttpRequest) -> str:
    return urlencode(_asked(request))


def _figures(request: HttpRequest) -> str:
    """The page of the figures of that day."""
    kept = {name: value for name, value in _asked(request).items() if name != "band"}
    return f"{reverse('portfolio-as-of')}?{urlencode(kept)}"


def _rows(request: HttpRequest, found: Iterable[LeftOn]) -> Iterator[Row]:
    """One statement for the cases; those that are out of reach or gone by now are left out."""
    found = list(found)
    cases = Recovery.objects.in_reach_of(staff_of(request)).select_related("owner")
    there = cases.in_bulk({one.case_id for one in found})
    for one in found:
        if case := there.get(one.case_id):
            yield Row(case, catalogue.entry(case.status_id).name, band_label(one.band), one.left)


def _table(request: HttpRequest, asked: PastDay) -> Iterator[tuple[Any, ...]]:
    yield HEADINGS
    for piece in all_cases_left(asked):
        for row in _rows(request, piece):
            case = row.case
            names = (case.owner.entreprise or str(case.owner), case.customer_company, case.debtor_company)
            yield (case.recovery_reference, *names, row.status, row.band, row.left)
