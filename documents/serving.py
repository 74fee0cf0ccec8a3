"""Stored files as answers of the API."""

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from documents.models import StoredFile
from documents.names import content_disposition
from documents.services.storage import StorageFailed, bytes_open
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Failed, NotFound


def file_answer(file: StoredFile) -> FileResponse:
    """The bytes, as an attachment that no browser carries out. Raises NotFound, Failed."""
    try:
        content = bytes_open(key=file.key)
    except FileNotFoundError as error:
        raise NotFound(_("File not found")) from error
    except StorageFailed as error:
        raise Failed(_("File could not be accessed"), code=ErrorCode.FILE_UNAVAILABLE) from error
    response = FileResponse(content, content_type=file.mime)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition(file.filename)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
