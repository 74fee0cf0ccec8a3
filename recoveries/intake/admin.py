"""The imports that were made: whose cases, by whom, how many."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.admins import ReadOnlyStaffAdmin
from recoveries.models import CaseImport


@admin.register(CaseImport)
class CaseImportAdmin(ReadOnlyStaffAdmin):
    """Files of cases; those that nobody confirms are forgotten after a day."""

    list_display = ("file_name", "owner", "user", "created_at", "state", "imported_at", "number", "report")
    list_filter = ("state",)
    list_select_related = ("owner", "user")
    list_per_page = 50
    search_fields = ("search_text", "owner__search_text")
    fields = ("file_name", "owner", "user", "created_at", "state", "imported_at", "number", "report", "digest")
    readonly_fields = ("created_at", "state", "imported_at", "number", "report", "digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CaseImport]:
        """Without what stands in the files."""
        return super().get_queryset(request).defer("content", "rows", "findings")

    @admin.display(description=_("cases"))
    def number(self, case_import: CaseImport) -> int:
        """How many were opened."""
        return len(case_import.references)

    @admin.display(description=_("report"))
    def report(self, case_import: CaseImport) -> SafeString:
        """The check of the file, or the cases that were opened."""
        address = reverse("admin:recoveries_recovery_import_check", args=[case_import.pk])
        return format_html('<a href="{}">{}</a>', address, _("open"))
