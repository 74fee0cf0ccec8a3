"""Documents of a case on the screens of staff: shown in a frame, or downloaded. Who looked is written down."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from backoffice.action_pages import ActionPages
from backoffice.audit import view_record
from documents.content.types import PDF
from documents.models import Document
from documents.showing import SHOWN, file_shown
from recoveries.desk.reads.case_facts import documents_of_case
from recoveries.models import Recovery


class PapersPage(ActionPages):
    """The pages of a case's documents. They are views of the case, which know whose it is."""

    def get_urls(self) -> list[URLPattern]:
        """The frame and the bytes of a document, before the pages of the case."""
        guarded = self.admin_site.admin_view
        preview, content = guarded(self.preview), guarded(self.content)
        return [
            path("<id:case_id>/document/<id:document_id>/", preview, name="recoveries_recovery_document"),
            path("<id:case_id>/document/<id:document_id>/content/", content, name="recoveries_recovery_content"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, case_id: int, document_id: int) -> HttpResponse:
        """A document in a frame, beside what is known of it."""
        case, document = self._found(request, case_id, document_id)
        mime = document.file.mime if document.file and _is_ready(document) else ""
        offered = self.offered_actions(request, case)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "case": case,
            "document": document,
            "title": document.name,
            "is_shown": mime in SHOWN,
            "is_pdf": mime == PDF.mime,
            "row_actions": {entry["action"].name.replace("-", "_"): entry for entry in offered},
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/recoveries/recovery/document.html", context)

    def content(self, request: HttpRequest, case_id: int, document_id: int) -> HttpResponseBase:
        """The bytes of a document that was scanned: inline for what a browser shows by itself, else as a download."""
        _case, document = self._found(request, case_id, document_id)
        if not _is_ready(document):
            raise Http404
        file = document.file
        assert file is not None  # noqa: S101 - it is ready
        answer = file_shown(file, as_download="download" in request.GET)
        if answer.status_code == 200:
            view_record(target=document)
        return answer

    def _found(self, request: HttpRequest, case_id: int, document_id: int) -> tuple[Recovery, Document]:
        """A case that the person may see, and a document of it. Raises Http404 or PermissionDenied."""
        case = self.get_object(request, str(case_id))
        if case is None:
            raise Http404
        if not (self.has_view_permission(request, case) and request.user.has_perm("documents.view_document")):
            raise PermissionDenied
        document = documents_of_case(case).filter(pk=document_id).first()
        if document is None:
            raise Http404
        return case, document


def _is_ready(document: Document) -> bool:
    return document.state == Document.State.READY and document.file is not None
