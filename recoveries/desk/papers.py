"""Documents of a case on the screens of staff: shown in a frame, or downloaded. Who looked is written down."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from backoffice.audit import view_record
from documents.content.types import GIF, JPG, PDF, PNG
from documents.models import Document
from documents.names import content_disposition
from documents.services.storage import StorageFailed, bytes_open
from recoveries.desk.reads.case_page import documents_of_case
from recoveries.models import Recovery

if TYPE_CHECKING:
    from recoveries.desk.case_page import CasePage

SHOWN = {kind.mime for kind in (PDF, JPG, PNG, GIF)}
# Of an answer that holds somebody else's bytes: it runs nothing, loads nothing and is framed by our own pages only.
#
# Chromium shows no PDF in a frame that has the attribute `sandbox`, whatever it allows; it does when the answer itself
# asks for the sandbox. So the policy sandboxes every document, and the frame of an image has the attribute too.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def preview_view(page: "CasePage", request: HttpRequest, case_id: int, document_id: int) -> HttpResponse:
    """A document in a frame, beside what is known of it."""
    case, document = _found(page, request, case_id, document_id)
    mime = document.file.mime if document.file and _is_ready(document) else ""
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "case": case,
        "document": document,
        "title": document.name,
        "is_shown": mime in SHOWN,
        "is_pdf": mime == PDF.mime,
        "row_actions": {entry["action"].name.replace("-", "_"): entry for entry in page.offered_actions(request, case)},
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/recoveries/recovery/document.html", context)


def content_view(page: "CasePage", request: HttpRequest, case_id: int, document_id: int) -> HttpResponseBase:
    """The bytes of a document that was scanned: inline for what a browser shows by itself, else as a download."""
    _case, document = _found(page, request, case_id, document_id)
    if not _is_ready(document):
        raise Http404
    file = document.file
    assert file is not None  # noqa: S101 - it is ready
    try:
        content = bytes_open(key=file.key)
    except FileNotFoundError as error:
        raise Http404 from error
    except StorageFailed:
        return HttpResponse(_("The file cannot be read now. Try again later."), status=503, content_type="text/plain")
    view_record(target=document)
    is_shown = file.mime in SHOWN and "download" not in request.GET
    response = FileResponse(content, content_type=file.mime)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition(file.filename, way="inline" if is_shown else "attachment")
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _found(page: "CasePage", request: HttpRequest, case_id: int, document_id: int) -> tuple[Recovery, Document]:
    """A case that the person may see, and a document of it. Raises Http404 or PermissionDenied."""
    case = page.get_object(request, str(case_id))
    if case is None:
        raise Http404
    if not (page.has_view_permission(request, case) and request.user.has_perm("documents.view_document")):
        raise PermissionDenied
    document = documents_of_case(case).filter(pk=document_id).first()
    if document is None:
        raise Http404
    return case, document


def _is_ready(document: Document) -> bool:
    return document.state == Document.State.READY and document.file is not None
