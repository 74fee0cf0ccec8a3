"""What a client may ask of the invoices of a case."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from invoicing.models import Invoice
from legalcity.api.fields import DayField, FlagField
from legalcity.api.listing import ListQuery, SearchField
from legalcity.api.validation import Errors
from legalcity.lib.searching import found


class InvoiceQuery(ListQuery):
    """The query string of the list."""

    is_part_paid = FlagField(words=True, required=False)
    search = SearchField()
    # A question may go as far as it likes.
    date_from = DayField(required=False, earliest=date.min, latest=date.max)
    date_to = DayField(required=False, earliest=date.min, latest=date.max)
    sorts = {
        name: name
        for name in (
            "id",
            "invoice_number",
            "invoice_date",
            "invoice_due_date",
            "invoice_amount",
            "remaining_amount",
            "created_at",
        )
    }
    default_sort = ("invoice_date", "desc")

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """The period ends on the day it begins, or later."""
        first, last = values.get("date_from"), values.get("date_to")
        return self._not_after() if first and last and last < first else {}

    def failure_errors(self, values: dict[str, Any], failed: Errors) -> Errors:
        """No day comes after one that is none."""
        return self._not_after() if "date_from" in failed and "date_to" in values else {}

    @staticmethod
    def _not_after() -> Errors:
        return {"date_to": [_("The date to field must be a valid date after date from.")]}


class InvoiceFilter(django_filters.FilterSet):
    """The filters over rows."""

    is_part_paid = django_filters.BooleanFilter(field_name="invoice_part_paid")
    search = django_filters.CharFilter(method="found")
    date_from = django_filters.DateFilter(field_name="invoice_date", lookup_expr="gte")
    date_to = django_filters.DateFilter(field_name="invoice_date", lookup_expr="lte")

    class Meta:
        model = Invoice
        fields = ("is_part_paid", "search", "date_from", "date_to")

    def found(self, queryset: QuerySet[Invoice], _name: str, term: str) -> QuerySet[Invoice]:
        """Invoices with `term` in their number or the client's reference, without case and accents."""
        return found(queryset, term)
