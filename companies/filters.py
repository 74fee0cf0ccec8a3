"""What a client may ask of the companies of a case."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from legalcity.api.fields import WordField
from legalcity.api.listing import ListQuery, SearchField
from legalcity.lib.searching import found


class RelationField(WordField):
    """The side on which a company stands in a case."""

    default_error_messages = {"invalid_choice": _("The relation type must be either customer or debtor.")}

    def __init__(self, **kwargs: bool) -> None:
        super().__init__(["customer", "debtor"], **kwargs)


class CompanyQuery(ListQuery):
    """The query string of the list."""

    told_first = ("per_page",)

    search = SearchField()
    relation_type = RelationField(required=False)
    sorts = {
        name: name
        for name in (
            "id",
            "company_name",
            "company_legalrep_lastname",
            "company_legalrep_firstname",
            "company_siren",
            "company_city",
            "created_at",
        )
    }
    default_sort = ("company_legalrep_lastname", "asc")


class CompanyFilter(django_filters.FilterSet):
    """The filters over rows; the side is a matter of the case, so the mounting room picks those rows."""

    search = django_filters.CharFilter(method="found")

    class Meta:
        model = Company
        fields = ("search",)

    def found(self, queryset: QuerySet[Company], _name: str, term: str) -> QuerySet[Company]:
        """Companies with `term` in one of the documented fields, without case and accents."""
        return found(queryset, term)
