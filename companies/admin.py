"""Staff's door to companies."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.admins import ReadOnlyStaffAdmin
from companies.models import Company
from legalcity.lib.bounded_paginator import BoundedPaginator
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.identifiers import is_real_siren, read_siren
from legalcity.lib.reading.phones import phone_key
from legalcity.lib.searching import begun, is_short
from legalcity.lib.settings.live import live

REFERENCE = re.compile(r"[A-Z0-9-]{1,20}")


class LegalForms(admin.SimpleListFilter):
    """By the forms that a company may have: Django's own filter reads the whole table for those that are there."""

    title = _("legal form")
    parameter_name = "company_legal_form"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The forms of the system settings."""
        return [(form, form) for form in live.legal_forms]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> QuerySet[Company]:
        """Those of the form."""
        return queryset.filter(company_legal_form=self.value()) if self.value() else queryset


@admin.register(Company)
class CompanyAdmin(ReadOnlyStaffAdmin):
    """Creditors and debtors. Their names stand on cases too, so they are changed through the case."""

    holds_personal_data = True
    audit_words = {
        "parties_linked": _("Debtors linked as one person"),
        "party_unlinked": _("Debtor taken out of a link"),
    }
    list_display = ("__str__", "company_type", "company_legal_form", "siren", "company_city", "owner", "cases")
    list_filter = ("company_type", LegalForms, "acts_as")
    list_select_related = ("owner",)
    list_per_page = 50
    paginator = BoundedPaginator
    search_fields = ("search_text",)
    search_help_text = _("SIREN, name, representative, e-mail, phone or reference.")
    readonly_fields = ("siren", "cases", "acts_as", "acts_as_confirmed_by", "acts_as_confirmed_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Company], search_term: str
    ) -> tuple[QuerySet[Company], bool]:
        """Nine digits, however they are grouped, are a SIREN, and a reference is one: each found by its index.

        A phone number is looked for as it is found in any spelling; one or two letters where a word begins.
        """
        try:
            return queryset.filter(company_siren=read_siren(search_term)), False
        except Unreadable:
            reference = search_term.strip().upper()
            named = queryset.filter(reference=reference) if REFERENCE.fullmatch(reference) else queryset.none()
            if named.exists():
                return named, False
            if is_short(search_term):
                return begun(queryset, search_term), False
            return super().get_search_results(request, queryset, phone_key(search_term) or search_term)

    @admin.display(description="SIREN", ordering="company_siren")
    def siren(self, company: Company) -> str:
        """The number, with a warning where its check digit is wrong."""
        if not company.company_siren or is_real_siren(company.company_siren):
            return company.company_siren or "-"
        return format_html(
            '{} <span class="lc-badge lc-badge-wait">{}</span>', company.company_siren, _("check digit wrong")
        )

    @admin.display(description=_("cases"))
    def cases(self, company: Company) -> SafeString:
        """The way to the cases that the company stands in."""
        address = reverse("admin:recoveries_recovery_changelist")
        return format_html('<a href="{}?company={}">{}</a>', address, company.pk, _("its cases"))
