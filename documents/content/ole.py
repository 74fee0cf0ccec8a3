"""Word and Excel files of before 2007: compound files (OLE), a file system in a file."""

import io
import re
import struct
from collections.abc import Iterator
from typing import IO

import olefile  # type: ignore[import-untyped]

from documents.content.inert import content_end
from documents.content.refusal import ContentRefused
from documents.content.types import DOC, XLS, Kind

SIGNATURE = olefile.MAGIC
TABLE_AT, TABLE = 76, struct.Struct("<109L")  # in the header: the sectors that hold the table of sectors
MAX_STREAMS = 5_000
MACRO_STORAGES = frozenset({"macros", "vba", "_vba_project", "_vba_project_cur", "vbaproject", "vbaprojectcur"})
ENCRYPTED_STREAMS = frozenset({"encryptedpackage", "encryptioninfo"})
WORD_IDENT, WORD_ENCRYPTED = 0xA5EC, 0x0100
WORD_DDE = re.compile(rb"\x13\s*DDE(?:AUTO)?\b|\x13\0(?:\s\0)*D\0D\0E\0", re.IGNORECASE)
FILEPASS, BOUNDSHEET, END_OF_GLOBALS = 0x2F, 0x85, 0x0A
SHEET_MACRO, SHEET_BASIC = 1, 6


def open_storage(file: IO[bytes]) -> olefile.OleFileIO:
    """The compound file, without macros and not encrypted. Raises ContentRefused, or what olefile raises."""
    file.seek(0)
    storage = olefile.OleFileIO(file)
    size = file.seek(0, 2)
    if size <= (_last_sector(file, storage.sector_size) + 1) * storage.sector_size:
        raise ContentRefused("unreadable")  # cut short
    if content_end(file) > (len(storage.fat) + 1) * storage.sector_size:
        raise ContentRefused("trailing")
    paths = storage.listdir(streams=True, storages=True)
    parts = {part.casefold() for path in paths for part in path}
    if parts & MACRO_STORAGES:
        raise ContentRefused("macros")
    if parts & ENCRYPTED_STREAMS:
        raise ContentRefused("encrypted")
    streams = storage.listdir()
    # Streams that share sectors would be read again and again.
    if len(streams) > MAX_STREAMS or sum(map(storage.get_size, streams)) > size:
        raise ContentRefused("too_complex")
    return storage


def _last_sector(file: IO[bytes], sector_size: int) -> int:
    """The last sector in use by the file's own table; olefile leaves out what would lie behind the end of the file.

    Of a very large file, the last one in the part of the table that the header names.
    """
    file.seek(TABLE_AT)
    places = TABLE.unpack(file.read(TABLE.size))
    last = 0
    for number, place in enumerate(place for place in places if place < olefile.MAXREGSECT):
        file.seek((place + 1) * sector_size)
        sectors = struct.unpack(f"<{sector_size // 4}L", file.read(sector_size))
        used = [index for index, follows in enumerate(sectors) if follows != olefile.FREESECT]
        last = number * len(sectors) + used[-1] if used else last
    return last


def kind_of(storage: olefile.OleFileIO) -> Kind:
    """Whether it is a Word or an Excel file, without a password, DDE or Excel 4 macros in its main stream."""
    main = {path[0].casefold(): path[0] for path in storage.listdir() if len(path) == 1}
    book = main.get("workbook") or main.get("book")
    if ("worddocument" in main) == (book is not None):
        raise ContentRefused("type")
    if book is None:
        _check_word(storage.openstream(main["worddocument"]).read())
        return DOC
    _check_book(storage.openstream(book).read())
    return XLS


def streams_beginning_with(storage: olefile.OleFileIO, signature: bytes) -> Iterator[io.BytesIO]:
    """Streams that hold a file of another format."""
    for path in storage.listdir():
        stream = storage.openstream(path)
        if stream.read(len(signature)) == signature:
            yield stream


def _check_word(data: bytes) -> None:
    ident, flags = struct.unpack_from("<H8xH", data)
    if ident != WORD_IDENT:
        raise ContentRefused("unreadable")
    if flags & WORD_ENCRYPTED:
        raise ContentRefused("encrypted")
    if WORD_DDE.search(data):
        raise ContentRefused("macros")


def _check_book(data: bytes) -> None:
    """Walk the records of the workbook, up to the end of its globals."""
    position = 0
    while True:
        record, length = struct.unpack_from("<HH", data, position)
        if record == END_OF_GLOBALS:
            return
        if record == FILEPASS:
            raise ContentRefused("encrypted")
        if record == BOUNDSHEET and data[position + 9] in (SHEET_MACRO, SHEET_BASIC):
            raise ContentRefused("macros")
        position += 4 + length
