"""The statement of account of a case, on any day, to be read and printed."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import refusal_text
from backoffice.audit import view_record
from legalcity.lib.clock import today
from legalcity.lib.errors import BadRequest
from legalcity.lib.form_fields import DayField
from recoveries.ledger.statement import case_statement

EARLIEST = date(2000, 1, 1)
DETAILED = 200  # claims shown with each period; a case of thousands is shown by its sums


class DayForm(forms.Form):
    """On which day: today, unless it is said."""

    on = DayField(label=gettext_lazy("On the day"), required=False, earliest=EARLIEST)

    def clean_on(self) -> date:
        """Today, where no day is named."""
        day: date = self.cleaned_data["on"] or today()
        return day


class StatementPage(admin.ModelAdmin):
    """Adds the statement to the pages of a case."""

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        page = self.admin_site.admin_view(self.statement_view)
        return [path("<id:case_id>/statement/", page, name="recoveries_recovery_statement"), *super().get_urls()]

    def statement_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """The account on the day of `?on=`. A day that makes no sense is told in the form, without figures."""
        case = self.get_object(request, str(case_id))
        if case is None:
            raise Http404
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        form = DayForm({"on": request.GET.get("on", "") or today().isoformat()})
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "case": case,
            "form": form,
            "title": _("Statement of account"),
            "most_detailed": DETAILED,
        }
        if form.is_valid():
            try:
                context["statement"] = case_statement(case, form.cleaned_data["on"])
            except BadRequest as error:
                form.add_error(None, refusal_text(error))
        view_record(target=case)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/recoveries/recovery/statement.html", context)
