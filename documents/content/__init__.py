"""Files judged by what they contain: the type as libmagic sees it, then really opened, within bounds.

Nothing here trusts a name or a declared type, and nothing a file contains makes it fail with anything but
ContentRefused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from documents.content.images import check_gif, check_jpeg, check_png
from documents.content.libmagic import LibmagicMissing, libmagic_problem, mime_of
from documents.content.office import check_compound, check_package
from documents.content.pdf import check_pdf, embedded_files
from documents.content.polyglots import refuse_hidden_archive, refuse_hidden_pdf
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
    mime = mime_of(file)
    if mime == PDF.mime:
        return check_pdf(file)
    if mime in IMAGES:
        refuse_hidden_pdf(file)
        refuse_hidden_archive(file)
        return IMAGES[mime](file)
    if mime in COMPOUNDS:
        refuse_hidden_pdf(file)
        return check_compound(file)
    if mime in PACKAGES and _begins_as_archive(file):
        refuse_hidden_pdf(file)
        return check_package(file)
    raise ContentRefused("type")


def _begins_as_archive(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(4) == b"PK\x03\x04"
