"""Staff's door to companies."""

from django.contrib import admin

from companies.models import Company
from legalcity.lib.backoffice import ReadOnlyAdmin


@admin.register(Company)
class CompanyAdmin(ReadOnlyAdmin):
    """Creditors and debtors. Their names stand on cases too, so they are changed through the case."""

    list_display = ("__str__", "company_type", "company_legal_form", "company_siren", "company_city", "owner")
    list_filter = ("company_type", "company_legal_form")
    list_select_related = ("owner",)
    search_fields = ("company_name", "company_legalrep_lastname", "company_siren", "company_email")
