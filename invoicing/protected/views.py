"""The calls on protected invoices."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from invoicing.models import ProtectedInvoice
from invoicing.protected import services
from invoicing.protected.filters import ProtectedInvoiceFilter, ProtectedInvoiceQuery
from invoicing.protected.selectors import protected_of, protected_ordered
from invoicing.protected.serializers import ProtectedInvoiceSerializer, StatusSerializer, protected_payload
from invoicing.shapes import PROTECTED, PROTECTED_ROW
from legalcity.api.components import PAGINATION, fields, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.listing import asked, page_of, pagination
from legalcity.api.validation import parse, read
from legalcity.api.views import ContractView
from legalcity.lib.clock import today
from legalcity.lib.errors import NotFound, Sentence
from legalcity.lib.reading.texts import one_line

NOT_FOUND = _("Protected invoice not found")
NOT_FOUND_BY_IDENTIFIER = _("Protected invoice not found with this API invoice ID")


class ProtectedInvoiceView(ContractView):
    """List, store and show the caller's protected invoices; change their status."""

    serializers = {"create": ProtectedInvoiceSerializer, "update": StatusSerializer}
    queries = {"list": ProtectedInvoiceQuery}
    answers = {
        "list": {200: success(fields({"protected_invoices": list_of(PROTECTED_ROW), "pagination": PAGINATION}))},
        "create": {201: success(PROTECTED)},
        "retrieve": {200: success(PROTECTED)},
        "find": {200: success(PROTECTED)},
        "update": {200: success(PROTECTED_ROW)},
    }

    def _found(self, missing: Sentence = NOT_FOUND, **by: Any) -> ProtectedInvoice:
        invoice = ProtectedInvoice.objects.owned_by(caller(self.request)).filter(**by).first()
        if invoice is None:
            raise NotFound(missing)
        return invoice

    def list(self, request: Request) -> Response:
        """The caller's protected invoices: filtered, searched, sorted, a page of them."""
        wanted, day = asked(ProtectedInvoiceQuery, request), today()
        rows = ProtectedInvoiceFilter(wanted.filters, queryset=protected_of(caller(request))).qs
        total = rows.count()
        rows = protected_ordered(rows, sort=wanted.filters["sort_by"], descending=wanted.descending)
        page = [protected_payload(row, day, with_description=False) for row in page_of(rows, wanted, total)]
        data = {"protected_invoices": page, "pagination": pagination(wanted, total, len(page))}
        return reply(data, _("Protected invoices retrieved successfully"))

    def create(self, request: Request) -> Response:
        """Put an invoice under protection."""
        owner = caller(request)
        values = read(ProtectedInvoiceSerializer(context={"owner": owner}), request.data)
        payload = protected_payload(
            services.protected_create(owner=owner, values=values, by=owner), today(), with_description=True
        )
        return reply(payload, _("Protected invoice created successfully"), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, protected_id: int) -> Response:
        """One protected invoice."""
        payload = protected_payload(self._found(pk=protected_id), today(), with_description=True)
        return reply(payload, _("Protected invoice retrieved successfully"))

    def find(self, request: Request, identifier: str) -> Response:
        """The protected invoice of an identifier that the client gave."""
        invoice = self._found(NOT_FOUND_BY_IDENTIFIER, api_invoice_id__in={identifier, one_line(identifier)})
        return reply(protected_payload(invoice, today(), with_description=True), _("Protected invoice found"))

    def update(self, request: Request, protected_id: int) -> Response:
        """Change the status, and nothing else."""
        invoice = self._found(pk=protected_id)
        to_status = parse(StatusSerializer, request)["status"]
        invoice = services.protected_status_change(invoice_id=invoice.pk, to_status=to_status, by=caller(request))
        message = _("Protected invoice status updated successfully")
        return reply(protected_payload(invoice, today(), with_description=False), message)
