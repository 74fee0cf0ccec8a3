"""Files judged by what they contain: the type as libmagic sees it, then really opened, within bounds.

Nothing here trusts a name or a declared type, and nothing a file contains makes it fail with anything but
ContentRefused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from documents.content.archives import LOCAL_SIGNATURE
from documents.content.images import PNG_SIGNATURE, check_gif, check_jpeg, check_png
from documents.content.inert import content_start
from documents.content.libmagic import LibmagicMissing, libmagic_problem, mime_of
from documents.content.office import check_compound, check_package
from documents.content.ole import SIGNATURE as OLE_SIGNATURE
from documents.content.pdf import check_pdf, embedded_files
from documents.content.polyglots import PDF_HEADER, refuse_hidden_archive, refuse_hidden_pdf
from documents.content.refusal import ContentRefused
from documents.content.types import BY_EXTENSION, DOC, DOCX, PDF, XLS, XLSX, Kind, extension_of

__all__ = ["ContentRefused", "Inspected", "LibmagicMissing", "embedded_files", "inspect", "libmagic_problem"]

IMAGES: dict[str, Callable[[IO[bytes]], Kind]] = {
    "image/jpeg": check_jpeg,
    "image/png": check_png,
    "image/gif": check_gif,
}
# libmagic names Office files by a few of their traits, so the container decides who looks inside.
PACKAGES = {DOCX.mime, XLSX.mime, "application/zip", "application/octet-stream"}
COMPOUNDS = {
    DOC.mime,
    XLS.mime,
    "application/vnd.ms-office",
    "application/x-ole-storage",
    "application/CDFV2",
    "application/encrypted",
}
UNKNOWN = {"application/octet-stream", ""}  # libmagic's words for no idea
SIGNATURES = (PDF_HEADER, LOCAL_SIGNATURE, OLE_SIGNATURE, PNG_SIGNATURE, b"GIF8", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file is: the type to serve it as, and the extension that its name has, or should have."""

    mime: str
    extension: str


def inspect(path_or_file: Path | str | IO[bytes], *, file_name: str = "") -> Inspected:
    """Judge a file by its content. An extension in `file_name` must fit; none at all is no lie.

    A file object must be seekable; it is read from the beginning, wherever it stands, and left where it stood.
    Raises ContentRefused, or LibmagicMissing.
    """
    extension = extension_of(file_name)
    if extension and extension not in BY_EXTENSION:
        raise ContentRefused("type")
    with _opened(path_or_file) as file:
        if file.seek(0, 2) == 0:
            raise ContentRefused("empty")
        kind = _checked(file)
    if extension and BY_EXTENSION[extension] is not kind:
        raise ContentRefused("mismatch")
    return Inspected(kind.mime, extension or kind.extensions[0])


@contextmanager
def _opened(path_or_file: Path | str | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(path_or_file, (str, Path)):
        with open(path_or_file, "rb") as file:
            yield file
    else:
        position = path_or_file.tell()
        try:
            yield path_or_file
        finally:
            path_or_file.seek(position)


def _checked(file: IO[bytes]) -> Kind:
    start = content_start(file)
    mime = mime_of(file, start)
    if mime == PDF.mime:
        return check_pdf(file)
    if mime in IMAGES:
        refuse_hidden_pdf(file)
        refuse_hidden_archive(file)
        return IMAGES[mime](file)
    if mime in COMPOUNDS:
        refuse_hidden_pdf(file)
        return check_compound(file)
    if mime in PACKAGES and _begins_as(file, (LOCAL_SIGNATURE,)):
        refuse_hidden_pdf(file)
        return check_package(file)
    # What begins as one of ours and is not recognised was cut short, or written over.
    is_damaged = mime in UNKNOWN and _begins_as(file, SIGNATURES, start)
    raise ContentRefused("unreadable" if is_damaged else "type")


def _begins_as(file: IO[bytes], signatures: tuple[bytes, ...], start: int = 0) -> bool:
    file.seek(start)
    return file.read(8).startswith(signatures)
