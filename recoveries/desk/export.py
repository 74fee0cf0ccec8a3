"""Cases as a file for spreadsheet programs: the chosen rows, or all that the filters leave."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.audit import audit_record
from backoffice.replica_pages import exports_from_replica
from backoffice.tables import CSV, XLSX, table_answer
from legalcity.lib.clock import today
from legalcity.lib.countries import country_names
from legalcity.lib.dates import PARIS
from recoveries.catalogue import catalogue
from recoveries.models import CaseBalance, Recovery

MOST_XLSX_ROWS = 20_000  # Some seconds of work; longer lists go as CSV, which is sent while it is read.
CHUNK = 2_000
PERMISSION = "recoveries.export_cases"

HEADINGS = (
    "recovery_reference",
    "type",
    "status",
    "client",
    "handler",
    "customer_company",
    "debtor_company",
    "debtor_name",
    "debtor_country",
    "recovery_service_object",
    "recovery_due_date",
    "amount",
    "amount_torecover",
    "due",
    "due_as_of",
    "invoices_count",
    "next_deadline",
    "created_at",
    "updated_at",
)


def case_rows(cases: QuerySet[Recovery]) -> Iterator[tuple[Any, ...]]:
    """The headings, then a row for each case: read a piece at a time."""
    yield HEADINGS
    countries = country_names("fr")
    for case in cases.select_related(None).select_related("owner", "user", "balance").iterator(chunk_size=CHUNK):
        balance: CaseBalance | None = getattr(case, "balance", None)
        yield (
            case.recovery_reference,
            case.type,
            catalogue.entry(case.status_id).name,
            case.owner.entreprise or str(case.owner),
            str(case.handler) if case.handler else None,
            case.customer_company,
            case.debtor_company,
            case.debtor_name,
            countries.get(case.debtor_country),
            case.recovery_service_object,
            case.recovery_due_date,
            case.amount,
            case.amount_torecover,
            balance and balance.due,
            balance and balance.on,
            case.invoices_count,
            case.next_deadline,
            case.created_at.astimezone(PARIS).replace(tzinfo=None, microsecond=0),
            case.updated_at.astimezone(PARIS).replace(tzinfo=None, microsecond=0),
        )


class ExportPages(admin.ModelAdmin):
    """Exports: two entries of the list's menu, and two buttons above the list."""

    def may_export(self, request: HttpRequest) -> bool:
        """Whether the person may take personal data out of the house."""
        return request.user.has_perm(PERMISSION)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """With the exports, which are one act on all chosen rows: a file and one row of the audit."""
        actions: dict[str, Any] = super().get_actions(request)
        if self.may_export(request) and IS_POPUP_VAR not in request.GET:
            for form, label in ((CSV, _("Export to CSV")), (XLSX, _("Export to XLSX"))):
                actions[f"export_{form}"] = (partial(_export_chosen, form=form), f"export_{form}", label)
        return actions

    def export_urls(self) -> list[URLPattern]:
        """The buttons' addresses; the filters are in their query."""
        view = self.admin_site.admin_view(require_POST(exports_from_replica(self.export_view)))
        return [path("export/<str:form>/", view, name="recoveries_recovery_export")]

    def export_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """All cases that the filters of the query leave."""
        if form not in (CSV, XLSX) or not self.may_export(request) or not self.has_view_permission(request):
            raise PermissionDenied
        answer = export_record(request, self.get_changelist_instance(request).get_queryset(request), form)
        if answer is not None:
            return answer
        back = reverse("admin:recoveries_recovery_changelist")
        return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")


def _export_chosen(
    _pages: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Recovery], *, form: str
) -> HttpResponseBase | None:
    """The chosen rows; all that the filters leave when all are chosen."""
    return export_record(request, queryset, form)


def export_record(request: HttpRequest, cases: QuerySet[Recovery], form: str) -> HttpResponseBase | None:
    """The file, written down in the audit before the first row leaves; None for too many rows."""
    rows = cases.count()
    if form == XLSX and rows > MOST_XLSX_ROWS:
        sentence = _("A workbook takes {most} rows at most: filter the list, or export it to CSV.")
        messages.error(request, sentence.format(most=MOST_XLSX_ROWS))
        return None
    details = {"format": form, "rows": rows, "filter": request.GET.urlencode()}
    audit_record(action="cases_exported", details=details)
    rows_read = case_rows(cases.order_by("-created_at", "-id"))
    return table_answer(rows_read, name=f"cases-{today():%Y%m%d}", form=form)
