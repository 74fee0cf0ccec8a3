"""The document calls, mounted under a case. They stay open whatever the status of the case."""

from django.utils.translation import gettext_lazy as _

from accounts.authentication import caller
from documents.models import Document
from documents.selectors import documents_of
from documents.services.locking import NOT_FOUND
from documents.views import DocumentView
from invoicing.models import Invoice
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden, NotFound
from recoveries.models import Recovery
from recoveries.views.under import CASE_NOT_FOUND, UnderCase

NOT_YOURS = _("Unauthorized access to this document")


class CaseDocumentView(UnderCase, DocumentView):
    """The documents of a case."""

    def document(self, document_id: int) -> tuple[Recovery, Document]:
        """A document of another account's case is told (403) from one that is not there (404)."""
        recovery = Recovery.objects.filter(pk=self.kwargs["recovery_id"]).first()
        if recovery is None:
            raise NotFound(CASE_NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
        document = documents_of(recovery.pk).filter(pk=document_id).first()
        if recovery.owner_id != caller(self.request).pk:
            if document is None:
                raise NotFound(CASE_NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
            raise Forbidden(NOT_YOURS, code=ErrorCode.NOT_YOURS)
        if document is None:
            raise NotFound(NOT_FOUND)
        return recovery, document

    def invoice_or_refuse(self, parent: Recovery, invoice_id: int) -> int:
        """The id of an invoice of the case."""
        if not Invoice.objects.filter(recovery_id=parent.pk, pk=invoice_id).exists():
            raise NotFound(_("Invoice not found or does not belong to this recovery"))
        return invoice_id
