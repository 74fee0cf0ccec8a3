"""The pages of an import: choose a file, look at what a worker says of each row, confirm."""

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
from backoffice.audit import audit_record
from backoffice.origin import staff_of
from backoffice.tables import CSV, XLSX, table_answer
from legalcity.lib.errors import DomainError
from recoveries.intake.columns import template_rows
from recoveries.intake.files import ENDINGS, MOST_BYTES
from recoveries.intake.findings import rows_to_correct
from recoveries.intake.matching_form import MatchingForm
from recoveries.intake.services import case_import_confirm, case_import_match, case_import_take
from recoveries.intake.tables import MOST_ROWS
from recoveries.models import CaseImport, Recovery
from recoveries.widgets import ClientSelect

PERMISSION = "recoveries.import_cases"
MOST_SHOWN = 500  # cases of an import


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
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )


class ConfirmForm(forms.Form):
    """What must be said where cases may be there already."""

    despite_warnings = forms.BooleanField(label=gettext_lazy("I have looked at these rows: import them all the same"))


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
            ("import/<int:import_id>/to-correct/<str:form>/", require_GET(self.import_aside_view), "import_aside"),
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
        """Where the file is: at work, refused, checked and to be confirmed; afterwards, what was opened."""
        self._require(request)
        case_import = CaseImport.objects.select_related("owner").filter(pk=import_id).defer("content", "rows").first()
        if case_import is None:
            raise Http404
        if case_import.state == CaseImport.State.CHECKED:
            return self._check(request, case_import)
        if case_import.state == CaseImport.State.MATCHING:
            return self._match(request, case_import)
        context: dict[str, Any] = {"case_import": case_import}
        if case_import.state == CaseImport.State.IMPORTED:
            shown = case_import.references[:MOST_SHOWN]
            context["cases"] = Recovery.objects.filter(recovery_reference__in=shown).order_by("id")
            context["aside_count"] = max(len(case_import.set_aside or ()) - 1, 0)
            return self._import_page(request, "imported", _("Imported cases"), context)
        if case_import.state == CaseImport.State.REFUSED:
            return self._import_page(request, "import_refused", _("Check of the file"), context)
        return self._import_page(request, "import_at_work", _("Check of the file"), context)

    def _check(self, request: HttpRequest, case_import: CaseImport) -> HttpResponseBase:
        """What was found; when everything is right, the confirmation."""
        found = case_import.findings
        is_sent = request.method == "POST"
        sets_aside = "aside" in request.POST
        asks = found["warned_count"] and not sets_aside
        form = (ConfirmForm if asks else forms.Form)(request.POST if is_sent else None)
        if is_sent and (found["is_good"] or sets_aside) and form.is_valid():
            is_sure = bool(form.cleaned_data.get("despite_warnings"))
            wish: dict[str, Any] = {"despite_warnings": is_sure, "sets_aside": sets_aside}
            try:
                case_import_confirm(import_id=case_import.pk, by=staff_of(request), **wish)
            except DomainError as error:
                messages.error(request, refusal_text(error))
            return HttpResponseRedirect(request.path)
        context = {"case_import": case_import, "form": form, **found}
        return self._import_page(request, "import_check", _("Check of the file"), context)

    def _match(self, request: HttpRequest, case_import: CaseImport) -> HttpResponseBase:
        """What the columns of a client's own file are."""
        form = MatchingForm(case_import, staff_of(request), request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                case_import_match(import_id=case_import.pk, matching=form.matching(), by=staff_of(request))
            except DomainError as error:
                refusal_show(error, form)
            else:
                return HttpResponseRedirect(request.path)
        context = {"case_import": case_import, "form": form, "sheets": case_import.findings.get("sheets")}
        return self._import_page(request, "import_matching", _("Columns of the file"), context)

    def import_aside_view(self, request: HttpRequest, import_id: int, form: str) -> HttpResponseBase:
        """The rows of cases of which something is to be said, with that behind them: to be corrected and sent again."""
        self._require(request)
        case_import = CaseImport.objects.filter(pk=import_id).defer("content").first()
        if case_import is None or form not in (CSV, XLSX):
            raise Http404
        rows = case_import.set_aside
        if case_import.state == CaseImport.State.CHECKED:
            remarks = {int(number): text for number, text in case_import.findings["errors"].items()}
            rows = rows_to_correct(case_import.rows, remarks) if remarks else None
        if not rows:
            raise Http404
        audit_record(action="rows_to_correct", target=case_import, details={"rows": len(rows) - 1, "form": form})
        return table_answer(rows, name="a-corriger", form=form)

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
