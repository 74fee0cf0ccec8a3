"""What a client may ask of the list of orders."""

import django_filters
from django.db.models import QuerySet

from legalcity.api.fields import WordField
from legalcity.api.listing import PageQuery
from scoring.models import ScoringOrder
from scoring.models.orders import SERVICES


class OrderQuery(PageQuery):
    """The query string of the list."""

    status = WordField(ScoringOrder.Status.values, required=False)
    service_type = WordField(SERVICES, required=False)


class OrderFilter(django_filters.FilterSet):
    """The filters over rows."""

    status = django_filters.CharFilter()
    service_type = django_filters.CharFilter(method="with_service")

    class Meta:
        model = ScoringOrder
        fields = ("status", "service_type")

    def with_service(self, queryset: QuerySet[ScoringOrder], _name: str, service: str) -> QuerySet[ScoringOrder]:
        """Orders of a service, alone or among others."""
        return queryset.filter(**{service: True})
