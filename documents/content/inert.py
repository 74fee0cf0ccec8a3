"""Bytes around a file that say nothing: white space, NULs and byte order marks, as scripts and transfers leave them."""

import re
from typing import IO

# Possessive, so that millions of them cost neither time nor memory.
INERT = re.compile(rb"(?:[\0\t\n\v\f\r ]++|\xef\xbb\xbf|\xfe\xff|\xff\xfe)*+")
BACKWARDS = re.compile(rb"(?:[\0\t\n\v\f\r ]++|\xbf\xbb\xef|\xfe\xff|\xff\xfe)*+")
CHUNK = 64 * 1024


def content_start(file: IO[bytes]) -> int:
    """Where the first byte is that says something; the size of the file when none does."""
    start = 0
    while inert := _length(INERT, _read(file, start, CHUNK)):
        start += inert
    return start


def content_end(file: IO[bytes]) -> int:
    """Just after the last byte that says something; 0 when none does."""
    end = file.seek(0, 2)
    while inert := _length(BACKWARDS, _read(file, max(0, end - CHUNK), min(end, CHUNK))[::-1]):
        end -= inert
    return end


def is_inert(data: bytes) -> bool:
    """Whether nothing is said."""
    return INERT.fullmatch(data) is not None


class Within:
    """A part of a file, as a file for reading: what parsers want whose offsets count from the begin, or the end."""

    def __init__(self, file: IO[bytes], start: int, end: int) -> None:
        self._file, self._start, self._end = file, start, end
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all that is left for -1; none at the end."""
        left = max(0, self._end - self._file.tell())
        return self._file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, which is not before the begin; returns it."""
        base = {0: self._start, 1: self._file.tell(), 2: self._end}[whence]
        return self._file.seek(max(self._start, base + offset)) - self._start

    def tell(self) -> int:
        """The place, counted from the begin."""
        return self._file.tell() - self._start

    def seekable(self) -> bool:
        """It is."""
        return True


def _read(file: IO[bytes], start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _length(pattern: re.Pattern[bytes], data: bytes) -> int:
    found = pattern.match(data)
    return found.end() if found else 0
