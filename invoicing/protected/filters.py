"""What a client may ask of its protected invoices."""

import django_filters
from django.db.models import QuerySet

from invoicing.models import ProtectedInvoice
from legalcity.api.fields import DigitsField, WordField
from legalcity.api.listing import ListQuery, SearchField
from legalcity.lib.reading.identifiers import SIREN
from legalcity.lib.searching import found


class ProtectedInvoiceQuery(ListQuery):
    """The query string of the list."""

    search = SearchField()
    status = WordField(ProtectedInvoice.Status.values, required=False)
    siren = DigitsField(length=SIREN, required=False)
    sorts = {name: name for name in ("id", "invoice_number", "due_date", "amount", "status", "siren", "created_at")}
    default_sort = ("due_date", "desc")


class ProtectedInvoiceFilter(django_filters.FilterSet):
    """The filters over rows."""

    search = django_filters.CharFilter(method="found")
    status = django_filters.CharFilter()
    siren = django_filters.CharFilter()

    class Meta:
        model = ProtectedInvoice
        fields = ("search", "status", "siren")

    def found(self, queryset: QuerySet[ProtectedInvoice], _name: str, term: str) -> QuerySet[ProtectedInvoice]:
        """Invoices with `term` in their number or description: literally, but for case and accents."""
        return found(queryset, term)
