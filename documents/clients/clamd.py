"""ClamAV's daemon, spoken to over its own protocol: INSTREAM, PING, VERSION."""

import re
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

DEFAULT_PORT = 3310
CHUNK = 64 * 1024
MAX_REPLY = 4096
FOUND = re.compile(r"stream: (?P<signature>\S[^\0\n]*) FOUND")


class ScannerUnavailable(Exception):
    """There is no verdict: the scanner cannot be reached, takes too long, or answers something else. Try again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner found in a file: `signature` is the name of the malware, empty for a clean file."""

    signature: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.signature


class ClamdClient:
    """A client of `tcp://host[:port]` or `unix:///path/of/the/socket`; a connection for each call.

    `timeout` is the number of seconds that each wait may take; clamd itself gives up a scan after MaxScanTime.
    Every method raises ScannerUnavailable when it has no answer; a URL that is none raises ValueError here.
    """

    def __init__(self, url: str, timeout: float = 60) -> None:
        parts = urlsplit(url)
        self._path = parts.path if parts.scheme == "unix" else ""
        self._address = (parts.hostname or "", parts.port or DEFAULT_PORT)
        if not (self._path or (parts.scheme == "tcp" and parts.hostname)):
            raise ValueError("the scanner's URL must be tcp://host:port or unix:///path")
        self._timeout = timeout

    def scan(self, file: IO[bytes]) -> Verdict:
        """Have a file scanned, from where it stands to its end. Only the plain reply "OK" means clean."""
        reply = self._ask(b"zINSTREAM\0", file)
        if reply == "stream: OK":
            return Verdict()
        if found := FOUND.fullmatch(reply):
            return Verdict(found["signature"])
        raise ScannerUnavailable(f"clamd answered: {reply}")

    def ping(self) -> None:
        """Make sure that the scanner is there."""
        reply = self._ask(b"zPING\0")
        if reply != "PONG":
            raise ScannerUnavailable(f"clamd answered: {reply}")

    def version(self) -> str:
        """The scanner's version and that of its signatures, such as `ClamAV 1.4.6/27000/Mon …`."""
        return self._ask(b"zVERSION\0")

    def _ask(self, command: bytes, file: IO[bytes] | None = None) -> str:
        try:
            with self._connected() as sock:
                try:
                    sock.sendall(command)
                    if file is not None:
                        _stream(file, sock)
                except ConnectionError as error:
                    # It hung up in the middle, and says why (a file over StreamMaxLength).
                    raise ScannerUnavailable(f"clamd hung up: {_last_words(sock)}") from error
                return _reply(sock)
        except OSError as error:
            raise ScannerUnavailable(f"clamd cannot be reached: {error}") from error

    def _connected(self) -> socket.socket:
        if not self._path:
            return socket.create_connection(self._address, self._timeout)
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(self._timeout)
        try:
            sock.connect(self._path)
        except OSError:
            sock.close()
            raise
        return sock


def _stream(file: IO[bytes], sock: socket.socket) -> None:
    """Send the file in pieces, each behind its length; an empty one ends it."""
    while chunk := file.read(CHUNK):
        sock.sendall(struct.pack(">L", len(chunk)) + chunk)
    sock.sendall(struct.pack(">L", 0))


def _reply(sock: socket.socket) -> str:
    """One reply, which a NUL ends: without it, it may be cut off."""
    reply = b""
    while not reply.endswith(b"\0"):
        piece = sock.recv(MAX_REPLY)
        if not piece or len(reply) > MAX_REPLY:
            raise ScannerUnavailable("clamd's answer is cut off")
        reply += piece
    return reply[:-1].decode(errors="replace").strip()


def _last_words(sock: socket.socket) -> str:
    with suppress(OSError, ScannerUnavailable):
        return _reply(sock)
    return "no reason given"
