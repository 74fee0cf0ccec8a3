"""The invoice calls, ignorant of cases."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from invoicing import services
from invoicing.filters import InvoiceFilter, InvoiceQuery
from invoicing.models import Invoice
from invoicing.selectors import invoices_summary
from invoicing.serializers import InvoiceSerializer, invoice_payload
from invoicing.shapes import INVOICE, INVOICE_DETAIL, INVOICE_ROW, INVOICES_SUMMARY
from legalcity.api.components import PAGINATION, fields, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.listing import about, asked, ordered, page_of, pagination
from legalcity.api.nested import NestedView
from legalcity.api.shapes import filters_of
from legalcity.api.validation import parse, parse_change
from legalcity.lib.clock import today
from legalcity.lib.errors import NotFound

IN_LIST = ("id", "recovery_reference", "debtor_name", "recovery_last_status")
IN_ANSWER = ("id", "recovery_reference", "debtor_name", "debtor_company")


class InvoiceView(NestedView):
    """List, create, show, update and delete the invoices of a parent."""

    serializers = {"create": InvoiceSerializer, "update": InvoiceSerializer}
    queries = {"list": InvoiceQuery}
    answers = {
        "list": {
            200: success(
                fields(
                    {
                        "invoices": list_of(INVOICE_ROW),
                        "pagination": PAGINATION,
                        "summary": INVOICES_SUMMARY,
                        "filters_applied": filters_of(InvoiceQuery),
                    }
                )
            )
        },
        "create": {201: success(INVOICE)},
        "retrieve": {200: success(INVOICE_DETAIL)},
        "update": {200: success(INVOICE)},
        "destroy": {200: success()},
    }

    def case_status(self, parent: Any) -> str:
        """The word that a single invoice tells of the status of its parent."""
        raise NotImplementedError

    @staticmethod
    def _found(parent: Any, invoice_id: int) -> Invoice:
        invoice = Invoice.objects.filter(recovery_id=parent.pk, pk=invoice_id).first()
        if invoice is None:
            raise NotFound(_("Invoice not found"))
        return invoice

    def list(self, request: Request, recovery_id: int) -> Response:
        """The invoices of the case, with a summary of all that the filters let through."""
        parent, day = self.parent(), today()
        wanted = asked(InvoiceQuery, request)
        rows = InvoiceFilter(wanted.filters, queryset=Invoice.objects.filter(recovery_id=parent.pk)).qs
        total, summary = invoices_summary(rows, day)
        block = about(parent, IN_LIST)
        invoices = page_of(ordered(rows, InvoiceQuery, wanted), wanted, total)
        page = [invoice_payload(invoice, block, day) for invoice in invoices]
        data = {
            "invoices": page,
            "pagination": pagination(wanted, total, len(page)),
            "summary": summary,
            "filters_applied": wanted.applied,
        }
        message = _("Invoices retrieved successfully. Total: {total} invoices found.").format(total=total)
        return reply(data, message)

    def create(self, request: Request, recovery_id: int) -> Response:
        """A further invoice of the case."""
        with self.changing() as parent:
            values = parse(InvoiceSerializer, request)
            invoice = services.invoice_create(
                recovery_id=parent.pk, owner_id=parent.owner_id, values=values, by=caller(request)
            )
        payload = invoice_payload(invoice, about(parent, IN_ANSWER), today())
        return reply(payload, _("Invoice created successfully"), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, recovery_id: int, invoice_id: int) -> Response:
        """One invoice of the case."""
        parent = self.parent()
        block = {**about(parent, IN_ANSWER), "case_status": self.case_status(parent)}
        return reply(
            invoice_payload(self._found(parent, invoice_id), block, today()), _("Invoice retrieved successfully")
        )

    def update(self, request: Request, recovery_id: int, invoice_id: int) -> Response:
        """Change an invoice; what is absent stays."""
        with self.changing() as parent:
            invoice = self._found(parent, invoice_id)
            stored = services.invoice_values(invoice)
            values = parse_change(InvoiceSerializer, request, stored)
            invoice = services.invoice_update(
                invoice=invoice, owner_id=parent.owner_id, values=values, by=caller(request)
            )
            self.changes_nothing = services.invoice_values(invoice) == stored
        return reply(invoice_payload(invoice, about(parent, IN_ANSWER), today()), _("Invoice updated successfully"))

    def destroy(self, request: Request, recovery_id: int, invoice_id: int) -> Response:
        """Delete an invoice for good."""
        with self.changing() as parent:
            invoice = self._found(parent, invoice_id)
            services.invoice_delete(invoice=invoice, owner_id=parent.owner_id, by=caller(request))
        return reply(message=_("Invoice deleted successfully"))
