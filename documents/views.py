"""The document calls, ignorant of cases."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import Error, IntegrityError
from django.db.models import QuerySet
from django.http import HttpResponseBase, UnreadablePostError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from documents.content import ContentRefused, inspect
from documents.content.types import BY_EXTENSION
from documents.filters import DocumentFilter, DocumentQuery
from documents.models import Document
from documents.selectors import ENDED_BADLY, documents_of, file_types
from documents.serializers import DocumentSerializer, document_payload
from documents.services.documents import document_announce, document_delete, document_upload
from documents.services.locking import NOT_FOUND
from documents.services.receiving import document_received
from documents.services.storage import FULL, is_full
from documents.services.waiting import document_wait
from documents.serving import file_answer
from documents.shapes import DOCUMENT, FILE_TYPE
from legalcity.api.components import PAGINATION, REFUSED, fields, file_of, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.idempotency import Keyed, Way
from legalcity.api.limits import UPLOADS
from legalcity.api.listing import asked, ordered, page_of, pagination
from legalcity.api.nested import NestedView
from legalcity.api.parsing import ContractParser, PayloadTooLarge
from legalcity.api.validation import parse
from legalcity.api.views import ContractView
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import BadRequest, Full, Invalid, NotFound
from legalcity.lib.settings.live import live
from legalcity.lib.web.form_texts import Utf8Form

MEBIBYTE = 1024 * 1024
MULTIPART_ROOM = MEBIBYTE  # what a form may weigh beside its file

MALFORMED_FORM = _("Malformed form")
NOT_PROCESSED = _("Failed to process file")


def most_bytes() -> int:
    """What a request may weigh: no call takes more than an upload."""
    upload: int = live.FILE_MEGABYTES * MEBIBYTE + MULTIPART_ROOM
    return max(upload, settings.MAX_BODY_BYTES)


class BoundedMultiPart(MultiPartParser):
    """A form with a file. What is announced as too large is not read at all; no form is a failure of ours."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The fields and the file. Raises PayloadTooLarge or ParseError."""
        declared = str((parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0")
        if declared.isdecimal() and int(declared) > most_bytes():
            raise PayloadTooLarge
        _type, options = parse_header_parameters(media_type or "")
        form: Any = Utf8Form(stream, options.get("boundary", "").encode("latin-1", "replace"))
        try:
            parsed: Any = super().parse(form, media_type, parser_context)
        except RequestDataTooBig as error:
            raise PayloadTooLarge from error
        except (ParseError, SuspiciousOperation, UnreadablePostError) as error:
            raise ParseError(MALFORMED_FORM) from error
        except OSError as error:  # A large file lies in the system's temporary folder meanwhile.
            if is_full(error):
                raise Full(FULL) from error
            raise
        return parsed


class FileTypeView(ContractView):
    """The catalogue of file types."""

    answers = {"list": {200: success(list_of(FILE_TYPE))}}

    def list(self, request: Request) -> Response:
        """The active ones, in order."""
        return reply(file_types(), _("Active file types retrieved successfully"))


class DocumentView(NestedView):
    """List, create, show, download and delete the documents of a parent."""

    parser_classes = [ContractParser, BoundedMultiPart]
    serializers = {"create": DocumentSerializer}
    queries = {"list": DocumentQuery}
    answers = {
        "list": {200: success(fields({"documents": list_of(DOCUMENT)}), pagination=PAGINATION)},
        "create": {
            201: success(DOCUMENT),
            202: success(DOCUMENT, text="Not ready yet: ask for the document again, its `state` tells."),
            507: REFUSED,
        },
        "retrieve": {200: success(DOCUMENT)},
        "download": {200: file_of(*sorted({kind.mime for kind in BY_EXTENSION.values()}))},
        "destroy": {200: success()},
    }
    limits = {"create": UPLOADS}
    ways = {"create": Keyed(Way.JOB, replay="again")}
    failure_messages = {
        "create": _("Failed to upload document"),
        "download": _("File could not be accessed"),
    }

    def document(self, document_id: int) -> tuple[Any, Document]:
        """The parent and its document, in the caller's scope. Raises NotFound or Forbidden."""
        raise NotImplementedError

    def invoice_or_refuse(self, parent: Any, invoice_id: int) -> int:
        """The id of an invoice of the parent. Raises NotFound."""
        raise NotImplementedError

    @staticmethod
    def documents(parent: Any) -> QuerySet[Document]:
        """The documents that a list shows."""
        return documents_of(parent.pk).exclude(state__in=ENDED_BADLY)

    def list(self, request: Request, recovery_id: int) -> Response:
        """The documents of the case."""
        parent = self.parent()
        wanted = asked(DocumentQuery, request)
        rows = DocumentFilter(wanted.filters, queryset=self.documents(parent)).qs
        total = rows.count()
        page = [document_payload(row, parent) for row in page_of(ordered(rows, DocumentQuery, wanted), wanted, total)]
        message = _("Documents retrieved successfully")
        return reply({"documents": page}, message, pagination=pagination(wanted, total, len(page)))

    def create(self, request: Request, recovery_id: int) -> Response:
        """A new document: checked, stored, scanned. 201 when it can be served, 202 while that is not known."""
        parent = self.parent()
        values = parse(DocumentSerializer, request)
        invoice_id = self._invoice(parent, values)
        fields = {"name": values["name"], "file_type_id": values.get("file_type"), "invoice_id": invoice_id}
        try:
            document = self._created(parent, values, values=fields, by=caller(request))
        except IntegrityError:
            # The case or the invoice may have gone since they were looked at: then they are not found.
            self._invoice(self.parent(), values)
            raise
        return self._answer(parent, document)

    def again(self, request: Request, job_id: str, recovery_id: int) -> Response:
        """What became of the document that was made with the same key, as it is now."""
        parent = self.parent()
        document = documents_of(parent.pk).filter(pk=job_id).first()
        return self._told(parent, document and _ended(document))

    def _invoice(self, parent: Any, values: dict[str, Any]) -> int | None:
        invoice_id = values.get("invoice_id")
        return None if invoice_id is None else self.invoice_or_refuse(parent, invoice_id)

    def _created(self, parent: Any, sent: dict[str, Any], **more: Any) -> Document:
        if sent.get("file") is not None:
            return self._upload(parent, sent["file"], **more)
        return document_announce(recovery_id=parent.pk, url=sent["pathinfo"], **more)

    @staticmethod
    def _upload(parent: Any, file: Any, **more: Any) -> Document:
        if file.size > live.FILE_MEGABYTES * MEBIBYTE:
            raise PayloadTooLarge
        try:
            inspected = inspect(file, file_name=file.name)
        except ContentRefused as error:
            raise Invalid({"file": [error.sentence]}) from error
        return document_upload(recovery_id=parent.pk, file=file, inspected=inspected, **more)

    def _answer(self, parent: Any, document: Document) -> Response:
        document_wait(document=document, seconds=live.DOCUMENT_WAIT_SECONDS)
        return self._told(parent, _ended(document))

    @staticmethod
    def _told(parent: Any, now: Document | None) -> Response:
        if now is None:
            raise NotFound(NOT_FOUND)
        if now.state in ENDED_BADLY:
            raise BadRequest(NOT_PROCESSED, code=ErrorCode.FILE_REFUSED)
        payload = document_payload(now, parent)
        if now.state == Document.State.READY:
            return reply(payload, _("Document uploaded successfully"), status=status.HTTP_201_CREATED)
        return reply(payload, _("Document accepted and being processed"), status=status.HTTP_202_ACCEPTED)

    def retrieve(self, request: Request, recovery_id: int, document_id: int) -> Response:
        """One document of the case."""
        parent, document = self.document(document_id)
        return reply(document_payload(document, parent), _("Document retrieved successfully"))

    def download(self, request: Request, recovery_id: int, document_id: int) -> HttpResponseBase:
        """The bytes, as an attachment. What is not ready is not served."""
        _parent, document = self.document(document_id)
        if document.state != Document.State.READY or document.file is None:
            raise NotFound(_("File not found"))
        return file_answer(document.file)

    def destroy(self, request: Request, recovery_id: int, document_id: int) -> Response:
        """Delete a document for good."""
        _parent, document = self.document(document_id)
        document_delete(document=document, by=caller(request))
        return reply(message=_("Document deleted successfully"))


def _ended(document: Document) -> Document | None:
    """A new document as it is when its request ends; as it was written down, when the database went away since."""
    try:
        return document_received(document_id=document.pk)
    except Error:
        return document
