"""The décompte of a case for staff: any day, as it was known on any day, what changed between two days, the paper."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import refusal_show, refusal_text
from invoicing.billing.libraries import PdfUnavailable
from law.account.decompte import Decompte
from legalcity.lib.clock import today
from legalcity.lib.errors import DomainError, Invalid
from legalcity.lib.form_fields import DayField
from recoveries.ledger.case_views import CaseViews
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.decompte_pdf import decompte_answer
from recoveries.ledger.sheet import differences, sheet_of
from recoveries.models import Recovery

DETAILED = 200  # claims shown with each period; a case of thousands is shown by its sums, its paper has all


class DaysForm(forms.Form):
    """Which day, known when, compared with which other day."""

    on = DayField(label=gettext_lazy("On the day"), required=False)
    known_on = DayField(label=gettext_lazy("As it was known on"), required=False)
    compared = DayField(label=gettext_lazy("Compared with the day"), required=False)

    def clean_on(self) -> date:
        """Today, where no day is named."""
        day: date = self.cleaned_data["on"] or today()
        return day

    def reckoned(self, case: Recovery) -> tuple[Decompte, Decompte | None]:
        """The account on the day, and on the other one. Raises as `case_decompte`, by the names of the fields."""
        asked = self.cleaned_data
        told = case_decompte(case, on=asked["on"], known_on=asked["known_on"])
        if asked["compared"] is None:
            return told, None
        try:
            return told, case_decompte(case, on=asked["compared"], known_on=asked["known_on"])
        except Invalid as error:
            raise Invalid(
                {"compared" if name == "on" else name: said for name, said in error.errors.items()}
            ) from error


class DecomptePage(CaseViews):
    """Adds the décompte to the pages of a case."""

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        guarded, name = self.admin_site.admin_view, "recoveries_recovery"
        return [
            path("<id:case_id>/decompte/", guarded(self.decompte_view), name=f"{name}_decompte"),
            path("<id:case_id>/decompte.pdf", guarded(self.paper_view), name=f"{name}_decompte_paper"),
            path("<id:case_id>/statement/", guarded(self.statement_view), name=f"{name}_statement"),
            *super().get_urls(),
        ]

    def decompte_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """The account on the day of `?on=`. A day that makes no sense is told in the form, without figures."""
        case, form = self.case_seen(request, case_id), _days(request)
        context: dict[str, Any] = {"form": form, "title": _("Décompte"), "most_detailed": DETAILED}
        if form.is_valid():
            try:
                told, other = form.reckoned(case)
            except DomainError as error:
                refusal_show(error, form)
            else:
                context |= {"sheet": sheet_of(told), "told": told, "other": other, "paper": _asked(request)}
                context["differences"] = differences(other, told) if other else ()
        return self.case_page(request, case, "decompte", **context)

    def paper_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """The PDF. Without one, back to the page, which says why."""
        case, form = self.case_seen(request, case_id), _days(request)
        page = reverse(f"{self.admin_site.name}:recoveries_recovery_decompte", args=[case.pk]) + _asked(request)
        if not form.is_valid():
            return HttpResponseRedirect(page)
        try:
            return decompte_answer(form.reckoned(case)[0], case)
        except DomainError as error:
            messages.error(request, refusal_text(error))
        except PdfUnavailable as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(page)

    def statement_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Where the account stood before: links to it go on."""
        page = reverse(f"{self.admin_site.name}:recoveries_recovery_decompte", args=[case_id])
        return HttpResponseRedirect(page + _asked(request))


def _days(request: HttpRequest) -> DaysForm:
    asked = {name: request.GET.get(name, "") for name in DaysForm.base_fields}
    return DaysForm({**asked, "on": asked["on"] or today().isoformat()})


def _asked(request: HttpRequest) -> str:
    """The question of the address, to be put to another page."""
    return f"?{query}" if (query := request.GET.urlencode()) else ""
