"""What a client may ask of its protected invoices."""

import django_filters
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat

from invoicing.models import ProtectedInvoice
from legalcity.api.fields import DigitsField, WordField
from legalcity.api.listing import ListQuery, SearchField
from legalcity.lib.reading.identifiers import SIREN
from legalcity.lib.text import searchable

TRIGRAM = 3  # Shorter terms have no trigram: the search index would have to be read whole.


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
        text = searchable(term)
        if len(text) >= TRIGRAM:
            return queryset.filter(search_text__contains=text)
        unindexed = Concat("search_text", Value(""), output_field=TextField())
        return queryset.alias(unindexed=unindexed).filter(unindexed__contains=text)
