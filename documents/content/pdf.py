"""PDF files: opened, and their embedded files listed."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from pypdf import PasswordType, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from documents.content.inert import Within, content_end, content_start
from documents.content.polyglots import PDF_HEADER, refuse_hidden_archive
from documents.content.refusal import ContentRefused
from documents.content.types import PDF, Kind

OPEN_SECONDS, LIST_SECONDS = 5.0, 20.0
MAX_PAGE_NODES = 1_000  # looked at on the way to the first page
MAX_OBJECTS = 300_000
MAX_STRUCTURE = 4 * 1024 * 1024  # bytes of one unpacked table or object stream
MAX_EMBEDDED = 25 * 1024 * 1024  # bytes of one embedded file
MAX_EMBEDDED_TOTAL = 100 * 1024 * 1024
TAIL = 64 * 1024
END_MARK = b"%%EOF"
# What follows an end mark in a file to which a change was added behind, or whose first page was put first.
GOES_ON = re.compile(rb"[\0\t\n\f\r ]*(?:\d|xref|startxref|trailer|%)")


class _TimedFile(Within):
    """The PDF in a file, which refuses to be read on after a while: what a parser does without end, it does by reading.

    Without what is inert around it: offsets count from the header.
    """

    def __init__(self, file: IO[bytes], seconds: float) -> None:
        super().__init__(file, content_start(file), content_end(file))
        self.allow(seconds)

    def allow(self, seconds: float) -> None:
        """Begin the time anew."""
        self._until = time.monotonic() + seconds

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._until:
            raise ContentRefused("too_complex")
        return super().read(size)


def check_pdf(file: IO[bytes]) -> Kind:
    """Check a PDF: from header to end mark nothing but PDF, and its first page can be reached.

    One that opens without a password is taken, whatever it forbids (printing, copying): banks and public
    services send those. One that needs a password is refused: nobody here could read or scan it.
    """
    file.seek(content_start(file))
    if file.read(len(PDF_HEADER)) != PDF_HEADER:
        raise ContentRefused("leading")
    _require_end(file)
    refuse_hidden_archive(file)
    with _parsing():
        _require_page(_opened(_TimedFile(file, OPEN_SECONDS)))
    return PDF


def embedded_files(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file embedded in a PDF, unpacked: (name, content), wherever it hangs (name tree, annotation, page).

    Raises ContentRefused for a PDF that cannot be looked through to its end within the bounds: what could not be
    seen must not pass for absent.
    """
    timed = _TimedFile(file, LIST_SECONDS)
    with _parsing():
        found = _embedded_streams(_opened(timed))
    size, seconds = 0, 0.0
    for name, stream in found:
        began = time.monotonic()
        timed.allow(OPEN_SECONDS)  # What the caller did meanwhile does not count.
        with _parsing(unpacked=MAX_EMBEDDED):
            content = stream.get_data()
        size += len(content)
        seconds += time.monotonic() - began
        if len(content) > MAX_EMBEDDED or size > MAX_EMBEDDED_TOTAL or seconds > LIST_SECONDS:
            raise ContentRefused("too_complex")
        yield name, content


def _require_end(file: IO[bytes]) -> None:
    """An end mark is the last that is said. Without one the file was cut short, unless something else follows it."""
    end = content_end(file)
    begin = max(0, end - TAIL)
    file.seek(begin)
    tail = file.read(end - begin)
    if tail.endswith(END_MARK):
        return
    _before, mark, after = tail.rpartition(END_MARK)
    raise ContentRefused("unreadable" if not mark or GOES_ON.match(after) else "trailing")


@contextmanager
def _parsing(unpacked: int = MAX_STRUCTURE) -> Iterator[None]:
    """Bound what the parser may unpack, and turn whatever it raises into a refusal."""
    try:
        with apply_configuration(
            zlib_maximum_output_length=unpacked,
            lzw_maximum_output_length=unpacked,
            run_length_maximum_output_length=unpacked,
            brotli_maximum_output_length=unpacked,
            zlib_maximum_recovery_input_length=100_000,
            stream_filters_maximum_length=4,
            jbig2dec_binary=None,  # no program is started for a file
            disable_legacy_handling=True,
        ):
            yield
    except ContentRefused:
        raise
    except (LimitReachedError, RecursionError, MemoryError) as error:
        raise ContentRefused("too_complex") from error
    except Exception as error:  # Whatever a parser says of hostile bytes.
        raise ContentRefused("unreadable") from error


def _opened(file: _TimedFile) -> PdfReader:
    reader = PdfReader(
        file,  # type: ignore[arg-type] # all that the reader uses of a stream
        strict=False,
        root_object_recovery_limit=1_000,
        xref_stream_maximum_entries=MAX_OBJECTS,
    )
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise ContentRefused("encrypted")
    return reader


def _require_page(reader: PdfReader) -> None:
    nodes = [reader.root_object["/Pages"]]
    for _ in range(MAX_PAGE_NODES):
        node = nodes.pop().get_object()
        if not isinstance(node, DictionaryObject):
            continue
        if "/Kids" not in node:
            return
        kids = node["/Kids"]
        nodes.extend(reversed(kids[:MAX_PAGE_NODES]) if isinstance(kids, ArrayObject) else ())
    raise ContentRefused("too_complex")


def _embedded_streams(reader: PdfReader) -> list[tuple[str, StreamObject]]:
    found: dict[int, tuple[str, StreamObject]] = {}
    for number, generation in _object_ids(reader):
        for name, stream in _files_in(IndirectObject(number, generation, reader).get_object()):
            if name or id(stream) not in found:
                found[id(stream)] = (name, stream)
    return list(found.values())


def _object_ids(reader: PdfReader) -> list[tuple[int, int]]:
    ids = {(number, generation) for generation, numbers in reader.xref.items() for number in numbers}
    ids.update((number, 0) for number in reader.xref_objStm)
    if len(ids) > MAX_OBJECTS:
        raise ContentRefused("too_complex")
    return sorted(ids)


def _files_in(found: PdfObject | None) -> Iterator[tuple[str, StreamObject]]:
    """The embedded files that an object is, or that it or a part written out inside it names."""
    parts = [found]
    while parts:
        part = parts.pop()
        if isinstance(part, ArrayObject):
            parts.extend(part)
        elif isinstance(part, DictionaryObject):
            parts.extend(dict.values(part))
            yield from _files_of(part)


def _files_of(part: DictionaryObject) -> Iterator[tuple[str, StreamObject]]:
    if isinstance(part, StreamObject) and str(_entry(part, "/Type")) == "/EmbeddedFile":
        yield "", part
    files = _entry(part, "/EF")
    if isinstance(files, DictionaryObject):
        name = _entry(part, "/UF") or _entry(part, "/F") or ""
        streams = (_entry(files, key) for key in files)
        yield from ((str(name), stream) for stream in streams if isinstance(stream, StreamObject))


def _entry(part: DictionaryObject, key: str) -> PdfObject | None:
    value = part.get(key)
    return None if value is None else value.get_object()
