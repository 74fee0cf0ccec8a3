"""Word and Excel files, of today (ZIP archives of XML parts) and of before 2007 (compound files)."""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO

from olefile import OleFileIO  # type: ignore[import-untyped]

from documents.content import ole
from documents.content.archives import LOCAL_SIGNATURE, MAX_DEPTH, Budget, chunks, open_archive
from documents.content.parts import FieldReader, PartReader, PrologReader, RelationsReader, TypesReader
from documents.content.polyglots import refuse_closing_archive
from documents.content.refusal import ContentRefused
from documents.content.types import DOCX, XLSX, Kind

Types = list[tuple[str, str]]

CONTENT_TYPES = "[Content_Types].xml"
MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
ACTIVE_NAME = re.compile(r"(?:^|/)(?:vba(?:project|data)[^/]*|macrosheets/.*|activex/.*)$", re.IGNORECASE)
WITH_FIELDS = re.compile(r"word/[^/]+\.xml|xl/externallinks/[^/]+\.xml|xl/workbook\.xml", re.IGNORECASE)
IN_MEMORY = 1024 * 1024  # bytes of a nested file, beyond which it is laid on the disk


def check_package(file: IO[bytes]) -> Kind:
    """Check a DOCX or XLSX: a sound package without macros, DDE, or content loaded from elsewhere."""
    try:
        return _kind(_check_archive(file, Budget(), depth=1))
    except ContentRefused:
        raise
    except Exception as error:  # Whatever zipfile and zlib say of hostile bytes.
        raise ContentRefused("archive") from error


def check_compound(file: IO[bytes]) -> Kind:
    """Check a DOC or XLS: a sound compound file without macros, and what it embeds."""
    try:
        storage = ole.open_storage(file)
        kind = ole.kind_of(storage)
        if not _check_embedded(storage, Budget(), depth=1):
            refuse_closing_archive(file)
    except ContentRefused:
        raise
    except Exception as error:  # Whatever olefile says of hostile bytes.
        raise ContentRefused("unreadable") from error
    return kind


def _check_embedded(storage: OleFileIO, budget: Budget, depth: int) -> bool:
    """Check the packages that a compound file embeds; whether there are any."""
    found = False
    for stream in ole.streams_beginning_with(storage, LOCAL_SIGNATURE):
        _check_nested(stream, budget, depth + 1)
        found = True
    return found


def _check_nested(file: IO[bytes], budget: Budget, depth: int) -> None:
    """Check an Office file within an Office file: a chart's table, a table in a letter. All else is the scanner's."""
    file.seek(0)
    head = file.read(len(ole.SIGNATURE))
    if not head.startswith((LOCAL_SIGNATURE, ole.SIGNATURE)):
        return
    if depth > MAX_DEPTH:
        raise ContentRefused("too_complex")
    if head == ole.SIGNATURE:
        _check_embedded(ole.open_storage(file), budget, depth)
    else:
        _check_archive(file, budget, depth)


def _check_archive(file: IO[bytes], budget: Budget, depth: int) -> tuple[zipfile.ZipFile, Types]:
    """Read every entry of an archive; the archive and its content types (none unless it is a package)."""
    archive = open_archive(file, budget)
    types: Types = []
    for entry in archive.infolist():
        if ACTIVE_NAME.search(entry.filename):
            raise ContentRefused("macros")
        content = chunks(archive, entry, budget)
        reader = _reader(entry.filename, budget)
        if reader is None:
            _check_other(content, budget, depth)
        else:
            for chunk in content:
                reader.feed(chunk)
            reader.close()
        if isinstance(reader, TypesReader):
            types = reader.types
    return archive, types


def _reader(name: str, budget: Budget) -> PartReader | None:
    if name == CONTENT_TYPES:
        return TypesReader(budget)
    if name.endswith(".rels"):
        return RelationsReader(budget)
    if name.endswith(".xml"):
        return FieldReader(budget) if WITH_FIELDS.fullmatch(name) else PrologReader(budget)
    return None


def _kind(package: tuple[zipfile.ZipFile, Types]) -> Kind:
    """Word or Excel, by the type of the main part, which must be there. Templates and slides are neither."""
    archive, types = package
    names = set(archive.namelist())
    kinds = {MAIN_TYPES[kind] for kind, part in types if kind in MAIN_TYPES and (not part or part in names)}
    if len(kinds) != 1:
        raise ContentRefused("type")
    return kinds.pop()


def _check_other(content: Iterator[bytes], budget: Budget, depth: int) -> None:
    """Pictures, fonts and the like are unpacked and forgotten; a nested file is kept to be checked."""
    head = next(content, b"")
    if not head.startswith((LOCAL_SIGNATURE, ole.SIGNATURE)):
        for _ in content:
            pass
        return
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as nested:
        nested.write(head)
        for chunk in content:
            nested.write(chunk)
        _check_nested(nested, budget, depth + 1)
