"""Texts of a multipart form that are not UTF-8: older programs send names in Latin-1, and say so nowhere.

Django drops a head that it cannot read as UTF-8, or that names an encoding which nobody knows, and a file with it. So
heads and fields are put into UTF-8 on their way to its parser; the bytes of files pass as they are.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

END_OF_HEAD = b"\r\n\r\n"
# A parameter of a head that names its encoding (RFC 5987): `filename*=utf-8''%C3%A9t%C3%A9.pdf`.
NAMED_ENCODING = re.compile(rb"""(;\s*[\w-]+\*(?:0\*)?\s*=\s*"?)([^'";\s]*)(?='[^']*'([^";\s]*))""")
LONGEST_TEXT = 64 * 1024  # bytes of a field that are judged as a whole; what is longer passes as it is


class Utf8Form:
    """The body of a form, for reading: `boundary` is what its Content-Type says parts are divided by."""

    def __init__(self, stream: Any, boundary: bytes) -> None:
        self._stream, self._mark = stream, b"--" + boundary
        self._held, self._awaited, self._is_text = b"", self._mark, False

    def read(self, size: int = -1) -> bytes:
        """About `size` bytes more; none at the end."""
        while True:
            piece = self._stream.read(size)
            self._held += piece
            passed = b"".join(self._passed(is_last=not piece))
            if passed or not piece:
                return passed

    def _passed(self, *, is_last: bool) -> Iterator[bytes]:
        while self._held:
            end = self._held.find(self._awaited)
            if end >= 0:
                yield self._part(end)
            elif is_last:
                yield self._taken(len(self._held))
            elif self._is_text and len(self._held) <= LONGEST_TEXT:
                return
            else:
                self._is_text = False
                if len(self._held) >= len(self._awaited):
                    yield self._taken(len(self._held) - len(self._awaited) + 1)
                return

    def _part(self, end: int) -> bytes:
        """What ends at `end`, with what ends it; then comes a head after a mark, a field or a file after a head."""
        is_head = self._awaited == END_OF_HEAD
        is_of_file = is_head and b"filename" in self._held[:end].lower()
        part = self._taken(end)
        part = (NAMED_ENCODING.sub(_known_encoding, part) if is_head else part) + self._awaited
        self._held = self._held[len(self._awaited) :]
        self._awaited, self._is_text = (self._mark, not is_of_file) if is_head else (END_OF_HEAD, True)
        return part

    def _taken(self, end: int) -> bytes:
        taken, self._held = self._held[:end], self._held[end:]
        return _as_utf8(taken) if self._is_text else taken


def _known_encoding(named: re.Match[bytes]) -> bytes:
    """The parameter's beginning; an encoding by which it cannot be read becomes UTF-8, as most are."""
    try:
        unquote_to_bytes(named[3]).decode(named[2].decode("ascii"), "replace")
    except (LookupError, ValueError):
        return named[1] + b"utf-8"
    return named[0]


def _as_utf8(text: bytes) -> bytes:
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1").encode()
    return text
