"""ZIP archives, as Office files are: read entry by entry within bounds, and laid out as an honest writer does."""

import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from documents.content.inert import Within, content_end, is_inert
from documents.content.polyglots import END_OF_ARCHIVE, END_RECORD, FURTHEST_END
from documents.content.refusal import ContentRefused

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024  # bytes, nested archives included; an ample spreadsheet has 170 MB
MAX_ENTRY = 100 * 1024 * 1024  # the scanner looks no further by default
MAX_ELEMENTS = 2_000_000  # of XML that is read through; a contract of a thousand pages has a few hundred thousand
MAX_RATIO, RATIO_FROM = 400, 4 * 1024 * 1024  # small files of blanks pack better than that, and do no harm
MAX_DEPTH = 2  # an archive in the archive
CHUNK = 64 * 1024
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
END64_LOCATOR, END64 = struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
DATA_DESCRIPTOR = 24  # bytes at most that a streaming writer leaves behind an entry
ENCRYPTED = 0x2041  # flags: encrypted, strongly encrypted, headers masked
MAX_DIRECTORY = 1024 * 1024  # bytes


@dataclass(slots=True)
class Budget:
    """What is left to unpack and to read from one file, nested archives included."""

    entries: int = MAX_ENTRIES
    size: int = MAX_UNPACKED
    elements: int = MAX_ELEMENTS


def open_archive(file: IO[bytes], budget: Budget) -> zipfile.ZipFile:
    """The archive, its directory and layout checked. Raises ContentRefused, or what zipfile raises of bad bytes."""
    at, record = _end_record(file)
    entries, directory_start = _directory(file, at, record)
    budget.entries -= entries
    if budget.entries < 0:
        raise ContentRefused("too_complex")
    whole: Any = Within(file, 0, at + len(record))  # all that is asked of a file to read
    archive = zipfile.ZipFile(whole)
    if len(archive.infolist()) != entries or archive.start_dir != directory_start:
        raise ContentRefused("archive")
    _check_names(archive.infolist())
    _check_layout(file, archive.infolist(), directory_start)
    return archive


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The content of an entry, unpacked a piece at a time and counted; the checksum is verified at the end."""
    if entry.file_size > MAX_ENTRY or (
        entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size
    ):
        raise ContentRefused("too_complex")
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            budget.size -= len(chunk)
            if budget.size < 0:
                raise ContentRefused("too_complex")
            yield chunk


def _end_record(file: IO[bytes]) -> tuple[int, bytes]:
    """Where the record is that ends an archive, and the record. Behind it there may only be what is inert."""
    # The record may end with NULs of its own, which are none too many.
    end = content_end(file) + END_RECORD.size
    begin = max(0, end - FURTHEST_END)
    file.seek(begin)
    tail = file.read(end - begin)
    found = tail.rfind(END_OF_ARCHIVE)
    record = tail[found : found + END_RECORD.size]
    if found < 0 or len(record) < END_RECORD.size:
        raise ContentRefused("unreadable")  # cut short
    if not is_inert(tail[found + END_RECORD.size :]):
        raise ContentRefused("trailing")
    return begin + found, record


def _directory(file: IO[bytes], at: int, record: bytes) -> tuple[int, int]:
    """How many entries the directory has, and where it begins. It must end before `record`, which has no comment."""
    _signature, disk, first_disk, here, entries, length, start, comment = END_RECORD.unpack(record)
    if comment:
        raise ContentRefused("trailing")
    if disk or first_disk or here != entries:
        raise ContentRefused("archive")
    file.seek(max(0, at - END64_LOCATOR.size))
    locator = file.read(END64_LOCATOR.size)
    if locator.startswith(b"PK\x06\x07"):
        at = END64_LOCATOR.unpack(locator)[2]
        file.seek(at)
        *_, entries, length, start = END64.unpack(file.read(END64.size))
    if start + length != at or length > MAX_DIRECTORY:
        raise ContentRefused("archive")
    return entries, start


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename.casefold() for entry in entries]
    if len(set(names)) != len(names) or not all(map(_is_plain, names)):
        raise ContentRefused("archive")
    for entry in entries:
        if entry.flag_bits & ENCRYPTED:
            raise ContentRefused("encrypted")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ContentRefused("archive")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ContentRefused("archive")


def _is_plain(name: str) -> bool:
    """A path below the root, in the one spelling that all programs read alike."""
    parts = name.removesuffix("/").split("/")
    return name.isprintable() and not any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts)


def _check_layout(file: IO[bytes], entries: list[zipfile.ZipInfo], directory_start: int) -> None:
    """Entries lie one behind the other from the first byte to the directory: no overlap, nothing in between."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        gap = entry.header_offset - end
        if gap < 0 or gap > (DATA_DESCRIPTOR if end else 0):
            raise ContentRefused("archive")
        end = entry.header_offset + _length(file, entry)
    if not 0 <= directory_start - end <= DATA_DESCRIPTOR:
        raise ContentRefused("archive")


def _length(file: IO[bytes], entry: zipfile.ZipInfo) -> int:
    """Bytes of an entry in the file, by its own header, which must say what the directory says."""
    file.seek(entry.header_offset)
    signature, _version, flags, method, _time, _day, _checksum, _packed, _size, name, extra = LOCAL_HEADER.unpack(
        file.read(LOCAL_HEADER.size)
    )
    if signature != LOCAL_SIGNATURE or method != entry.compress_type or flags & ENCRYPTED:
        raise ContentRefused("archive")
    return LOCAL_HEADER.size + int(name) + int(extra) + entry.compress_size
