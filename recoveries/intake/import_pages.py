"""The pages of an import: choose a file, look at what each row would do, confirm."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import User
from backoffice.actions import refusal_show, refusal_text
from backoffice.origin import staff_of
from backoffice.tables import CSV, XLSX, table_answer
from legalcity.lib.errors import DomainError
from recoveries.intake.columns import template_rows
from recoveries.intake.drafts import CaseDraft
from recoveries.intake.files import MOST_BYTES, MOST_ROWS
from recoveries.intake.resource import CaseResource
from recoveries.intake.services import case_import_carry_out, case_import_check, case_import_take
from recoveries.models import CaseImport, Recovery
from recoveries.widgets import ClientSelect

PERMISSION = "recoveries.import_cases"


class UploadForm(forms.Form):
    """A file of cases, and whose cases they are."""

    owner = forms.ModelChoiceField(
        User.objects.filter(is_staff=False, is_active=True),
        label=gettext_lazy("Client"),
        widget=ClientSelect(),
    )
    file = forms.FileField(
        label=gettext_lazy("File (CSV or XLSX)"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class ConfirmForm(forms.Form):
    """What must be said where cases may be there already."""

    despite_warnings = forms.BooleanField(label=gettext_lazy("These are other cases: import them all the same"))


class ImportPages(admin.ModelAdmin):
    """Import: upload, dry run, confirmation."""

    def may_import(self, request: HttpRequest) -> bool:
        """Whether the person may open cases for clients."""
        return request.user.has_perm(PERMISSION)

    def import_urls(self) -> list[URLPattern]:
        """Upload, one import, the template."""
        pages: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("import/", self.import_view, "import"),
            ("import/<int:import_id>/", self.import_check_view, "import_check"),
            ("import/template/<str:form>/", require_GET(self.import_template_view), "import_template"),
        ]
        return [
            path(address, self.admin_site.admin_view(view), name=f"recoveries_recovery_{name}")
            for address, view, name in pages
        ]

    def import_view(self, request: HttpRequest) -> HttpResponseBase:
        """Choose a file."""
        self._require(request)
        is_sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
        if is_sent and form.is_valid():
            data = form.cleaned_data
            try:
                taken = case_import_take(
                    file=data["file"], name=data["file"].name, owner=data["owner"], by=staff_of(request)
                )
            except DomainError as error:
                refusal_show(error, form)
            else:
                return HttpResponseRedirect(reverse("admin:recoveries_recovery_import_check", args=[taken.pk]))
        context = {"form": form, "most_rows": MOST_ROWS, "most_megabytes": MOST_BYTES // 1024 // 1024}
        return self._import_page(request, "import", _("Import cases"), context)

    def import_check_view(self, request: HttpRequest, import_id: int) -> HttpResponseBase:
        """The dry run; when everything is right, the confirmation; afterwards, what was opened."""
        self._require(request)
        case_import = CaseImport.objects.select_related("owner").filter(pk=import_id).first()
        if case_import is None:
            raise Http404
        if case_import.imported_at:
            cases = Recovery.objects.filter(recovery_reference__in=case_import.references).order_by("id")
            context = {"case_import": case_import, "cases": cases}
            return self._import_page(request, "imported", _("Imported cases"), context)
        return self._check(request, case_import)

    def _check(self, request: HttpRequest, case_import: CaseImport) -> HttpResponseBase:
        try:
            resource, result = case_import_check(case_import, by=staff_of(request))
        except DomainError as error:
            messages.error(request, refusal_text(error))
            return HttpResponseRedirect(reverse("admin:recoveries_recovery_import"))
        is_sent = request.method == "POST"
        form = (ConfirmForm if resource.draft.warnings else forms.Form)(request.POST if is_sent else None)
        is_good = not (result.has_errors() or result.has_validation_errors())
        if is_sent and is_good and form.is_valid():
            try:
                case_import_carry_out(import_id=case_import.pk, by=staff_of(request))
            except DomainError as error:
                messages.error(request, refusal_text(error))
            else:
                messages.success(request, _("The cases were imported."))
            return HttpResponseRedirect(request.path)
        context = {"case_import": case_import, "form": form, "is_good": is_good, **_findings(resource)}
        return self._import_page(request, "import_check", _("Check of the file"), context)

    def import_template_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """An empty file with the headings and an example."""
        self._require(request)
        if form not in (CSV, XLSX):
            raise Http404
        return table_answer(template_rows(), name="cases-template", form=form)

    def _require(self, request: HttpRequest) -> None:
        if not (self.may_import(request) and self.has_view_permission(request)):
            raise PermissionDenied

    def _import_page(self, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> TemplateResponse:
        form = context.get("form")
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": self.media + form.media if form else self.media,
            "back": reverse("admin:recoveries_recovery_changelist"),
            **context,
        }
        return TemplateResponse(request, f"admin/recoveries/{name}.html", page)


def _findings(resource: CaseResource) -> dict[str, Any]:
    """The dry run as the page shows it: a line for each row of the file."""
    draft = resource.draft
    return {
        "lines": [line for case in draft.cases for line in _lines(case, resource)],
        "cases_count": len(draft.cases),
        "rows_count": sum(len(case.rows) for case in draft.cases),
        "wrong_count": len(draft.errors),
        "warned_count": len(draft.warnings),
    }


def _lines(case: CaseDraft, resource: CaseResource) -> list[dict[str, Any]]:
    draft, headings = resource.draft, resource.rows[0]
    lines = []
    for number in case.rows:
        cells = dict(zip(headings, resource.rows[number - 1], strict=True))
        lines.append(
            {
                "number": number,
                "is_first": number == case.rows[0],
                "case": cells.get("case", ""),
                "debtor": cells.get("debtor.company_name") or cells.get("debtor.company_legalrep_lastname", ""),
                "invoice": cells.get("invoice.invoice_number", ""),
                "amount": cells.get("invoice.invoice_amount", ""),
                "errors": draft.errors.get(number, {}),
                "warnings": draft.warnings.get(number, {}),
            }
        )
    return lines
