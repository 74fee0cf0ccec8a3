"""Files that another program would take for something else."""

import struct
from collections.abc import Iterator
from typing import IO

from documents.content.refusal import ContentRefused

END_OF_ARCHIVE = b"PK\x05\x06"
END_RECORD = struct.Struct("<4s4H2LH")
DIRECTORY_ENTRY = b"PK\x01\x02"
FURTHEST_END = 0xFFFF + END_RECORD.size  # bytes from the end of a file: the longest comment, and the record
PDF_HEADER, PDF_HEADER_WITHIN = b"%PDF-", 1024


def refuse_hidden_pdf(file: IO[bytes]) -> None:
    """Refuse a file that PDF readers would open: they look for the header in the first 1024 bytes."""
    file.seek(0)
    if PDF_HEADER in file.read(PDF_HEADER_WITHIN + len(PDF_HEADER)):
        raise ContentRefused("polyglot")


def refuse_hidden_archive(file: IO[bytes]) -> None:
    """Refuse a file that ZIP readers would open: they look for the directory's end from the end of the file."""
    if any(_directory_ends(file)):
        raise ContentRefused("polyglot")


def refuse_closing_archive(file: IO[bytes]) -> None:
    """Refuse a file whose last bytes are an archive's: Word and Excel keep small archives in the midst of theirs."""
    size = file.seek(0, 2)
    for end in _directory_ends(file):
        file.seek(min(end, size))
        if not file.read().strip(b"\0"):
            raise ContentRefused("polyglot")


def _directory_ends(file: IO[bytes]) -> Iterator[int]:
    """Where, by their own account, the archives end whose directory a ZIP reader would find."""
    size = file.seek(0, 2)
    start = max(0, size - FURTHEST_END)
    file.seek(start)
    tail = file.read()
    found = tail.rfind(END_OF_ARCHIVE)
    while found >= 0:
        if len(tail) - found >= END_RECORD.size:
            *_, directory_size, _offset, comment = END_RECORD.unpack_from(tail, found)
            if _has_directory(file, start + found, directory_size):
                yield start + found + END_RECORD.size + comment
        found = tail.rfind(END_OF_ARCHIVE, 0, found)


def _has_directory(file: IO[bytes], position: int, size: int) -> bool:
    if not 0 < size <= position:
        # With 64-bit sizes the directory is elsewhere: its own end record stands just before.
        return size == 0xFFFF_FFFF
    file.seek(position - size)
    return file.read(len(DIRECTORY_ENTRY)) == DIRECTORY_ENTRY
