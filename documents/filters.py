"""What a client may ask of the documents of a case."""

import django_filters
from django.db.models import QuerySet

from documents.models import Document
from legalcity.api.fields import CodeField
from legalcity.api.listing import ListQuery, SearchField
from legalcity.lib.searching import found


class DocumentQuery(ListQuery):
    """The query string of the list."""

    search = SearchField()
    invoice_id = CodeField(required=False)
    file_type = CodeField(required=False)
    sorts = {
        "recovery_id": "recovery_id",
        "file_type": "file_type_id",
        "invoice_id": "invoice_id",
        "file_created_at": "created_at",
    }
    default_sort = ("file_created_at", "desc")


class DocumentFilter(django_filters.FilterSet):
    """The filters over rows."""

    search = django_filters.CharFilter(method="found")
    invoice_id = django_filters.NumberFilter(field_name="invoice_id")
    file_type = django_filters.NumberFilter(field_name="file_type_id")

    class Meta:
        model = Document
        fields = ("search", "invoice_id", "file_type")

    def found(self, queryset: QuerySet[Document], _name: str, term: str) -> QuerySet[Document]:
        """Documents with `term` in their name or that of their file, without case and accents."""
        return found(queryset, term, "search_text", "file__search_text")
