"""Stored files on the screens of staff: inline for what a browser shows by itself, else as a download."""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from backoffice.framed import FRAMED
from documents.content.types import GIF, JPG, PDF, PNG
from documents.models import StoredFile
from documents.names import content_disposition
from documents.services.storage import StorageFailed, bytes_open

SHOWN = {kind.mime for kind in (PDF, JPG, PNG, GIF)}


def file_shown(file: StoredFile, *, as_download: bool) -> HttpResponseBase:
    """The bytes, under the headers of what somebody else wrote; 503 while the storage does not answer.

    Who may see them is asked before. Raises Http404 where the bytes are gone.
    """
    try:
        content = bytes_open(key=file.key)
    except FileNotFoundError as error:
        raise Http404 from error
    except StorageFailed:
        sentence = _("The file cannot be read now. Try again later.")
        return HttpResponse(sentence, status=503, content_type="text/plain")
    is_shown = file.mime in SHOWN and not as_download
    response = FileResponse(content, content_type=file.mime)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition(file.filename, way="inline" if is_shown else "attachment")
    for name, value in FRAMED.items():
        response[name] = value
    return response
