"""The company calls, mounted under a case, and the list of an account's companies."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from companies.models import Company
from companies.serializers import company_row_payload
from companies.shapes import COMPANY_ROW
from companies.views import CompanyView
from legalcity.api.components import list_of, success
from legalcity.api.envelope import reply
from legalcity.api.views import ContractView
from legalcity.lib.errors import BadRequest
from recoveries.models import Recovery
from recoveries.selectors.sides import SIDES, parties_of, parties_of_account
from recoveries.services import cases, parties
from recoveries.views.under import UnderCase


class CaseCompanyView(UnderCase, CompanyView):
    """The customer and the debtor of a case."""

    def locked(self) -> Recovery:
        """Creation tells another account's case (403) from none (404); the other calls do not.

        What is changed of a party is changed on every case where it stands.
        """
        owner, recovery_id = caller(self.request), self.kwargs["recovery_id"]
        if self.action == "create":
            return cases.recovery_locked(recovery_id=recovery_id, owner=owner)
        if self.action == "update":
            parties.party_lock(company_id=self.kwargs["company_id"], recovery_id=recovery_id, owner_id=owner.pk)
        return super().locked()

    def companies(self, parent: Recovery, side: str | None = None) -> QuerySet[Company]:
        """The parties of the case."""
        return parties_of(parent, side)

    def is_debtor(self, parent: Recovery, company: Company) -> bool:
        """Whether it is the one who owes."""
        return parent.debtor_id == company.pk

    def attach(self, parent: Recovery, side: str, values: Mapping[str, Any]) -> Company:
        """A new party."""
        return parties.party_attach(recovery=parent, side=side, values=values, by=caller(self.request))

    def change(self, parent: Recovery, company: Company, values: Mapping[str, Any]) -> Company:
        """Change a party."""
        return parties.party_update(company=company, values=values, by=caller(self.request))

    def detach(self, parent: Recovery, company: Company) -> None:
        """Take a party out of the case."""
        parties.party_detach(recovery=parent, company=company, by=caller(self.request))


class CompaniesByTypeView(ContractView):
    """Every company of the caller that stands in a case."""

    answers = {"list": {200: success(list_of(COMPANY_ROW))}}

    def list(self, request: Request, side: str) -> Response:
        """Companies that are customers, debtors, or either, each once."""
        if side not in (*SIDES, "both"):
            raise BadRequest(_("Invalid type. Must be customer, debtor, or both"))
        found = parties_of_account(caller(request), side)
        deals_as = {"is_debtor": side != "customer"}
        companies = [
            company_row_payload(each.company, side=each.side, recovery_id=each.recovery_id, **deals_as)
            for each in found
        ]
        message = _("Companies of type '{side}' retrieved successfully").format(side=side)
        return reply(companies, message)
