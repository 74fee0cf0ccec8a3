"""The company calls, ignorant of cases: the room that mounts them knows who stands where."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from companies.filters import CompanyFilter, CompanyQuery, RelationField
from companies.models import Company
from companies.serializers import CompanySerializer, company_row_payload
from companies.services import company_values
from companies.shapes import COMPANY_ROW
from legalcity.api.components import PAGINATION, fields, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.listing import asked, ordered, page_of, pagination
from legalcity.api.nested import NestedView
from legalcity.api.shapes import filters_of
from legalcity.api.validation import parse, parse_change
from legalcity.lib.errors import NotFound


class RelatedCompanySerializer(CompanySerializer):
    """A company and the side on which it enters a case."""

    told_first = ("relation_type", "company_legalrep_firstname")

    relation_type = RelationField()


class CompanyView(NestedView):
    """List, create, show, update and remove the companies of a parent."""

    serializers = {"create": RelatedCompanySerializer, "update": CompanySerializer}
    queries = {"list": CompanyQuery}
    answers = {
        "list": {
            200: success(
                fields(
                    {
                        "companies": list_of(COMPANY_ROW),
                        "pagination": PAGINATION,
                        "filters_applied": filters_of(CompanyQuery),
                    }
                )
            )
        },
        "create": {201: success(COMPANY_ROW)},
        "retrieve": {200: success(COMPANY_ROW)},
        "update": {200: success(COMPANY_ROW)},
        "destroy": {200: success()},
    }

    def companies(self, parent: Any, side: str | None = None) -> QuerySet[Company]:
        """The companies of `parent`, or the one on a side."""
        raise NotImplementedError

    def attach(self, parent: Any, side: str, values: Mapping[str, Any]) -> Company:
        """A new company on a side of `parent`."""
        raise NotImplementedError

    def change(self, parent: Any, company: Company, values: Mapping[str, Any]) -> Company:
        """Change a company of `parent`."""
        raise NotImplementedError

    def detach(self, parent: Any, company: Company) -> None:
        """Take a company out of `parent`."""
        raise NotImplementedError

    def is_debtor(self, parent: Any, company: Company) -> bool:
        """Whether a company stands in `parent` as its debtor."""
        raise NotImplementedError

    def _payload(self, parent: Any, company: Company) -> dict[str, Any]:
        side = "debtor" if self.is_debtor(parent, company) else "customer"
        return company_row_payload(company, side=side, recovery_id=parent.pk)

    def _found(self, parent: Any, company_id: int) -> Company:
        company = self.companies(parent).filter(pk=company_id).first()
        if company is None:
            raise NotFound(_("Company not found"))
        return company

    def list(self, request: Request, recovery_id: int) -> Response:
        """The companies of the case: at most its customer and its debtor."""
        parent = self.parent()
        wanted = asked(CompanyQuery, request)
        rows = self.companies(parent, wanted.filters["relation_type"])
        rows = CompanyFilter({"search": wanted.filters["search"]}, queryset=rows).qs
        total = rows.count()
        page = [self._payload(parent, row) for row in page_of(ordered(rows, CompanyQuery, wanted), wanted, total)]
        data = {
            "companies": page,
            "pagination": pagination(wanted, total, len(page)),
            "filters_applied": wanted.applied,
        }
        return reply(data, _("Companies retrieved successfully"))

    def create(self, request: Request, recovery_id: int) -> Response:
        """A new company as the case's customer or debtor."""
        with self.changing() as parent:
            values = parse(RelatedCompanySerializer, request)
            company = self.attach(parent, values.pop("relation_type"), values)
        message = _("Company created and associated with recovery successfully")
        return reply(self._payload(parent, company), message, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, recovery_id: int, company_id: int) -> Response:
        """One company of the case."""
        parent = self.parent()
        return reply(self._payload(parent, self._found(parent, company_id)), _("Company retrieved successfully"))

    def update(self, request: Request, recovery_id: int, company_id: int) -> Response:
        """Change a company; what is absent stays."""
        with self.changing() as parent:
            company = self._found(parent, company_id)
            stored = company_values(company)
            company = self.change(parent, company, parse_change(CompanySerializer, request, stored))
        return reply(self._payload(parent, company), _("Company updated successfully"))

    def destroy(self, request: Request, recovery_id: int, company_id: int) -> Response:
        """Take a company out of a case that is still being put together."""
        with self.changing() as parent:
            self.detach(parent, self._found(parent, company_id))
        return reply(message=_("Company removed from recovery successfully"))
