"""HTTP over a socket that goes to a given address, with an end to every wait."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any, cast

from legalcity.lib.web.addresses import IPAddress

INFORMED = 10  # times that a server may say something before it answers


class Deadline:
    """A moment by which everything must be over."""

    def __init__(self, seconds: float) -> None:
        self._moment = time.monotonic() + seconds

    def left(self, most: float) -> float:
        """The seconds that one step may take: what is left, `most` at most. Raises TimeoutError at the end."""
        left = self._moment - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return min(left, most)


class _TimedReader(io.RawIOBase):
    """The reading side of a socket, whose every wait ends at the deadline, and which gives so many bytes at most."""

    def __init__(self, sock: socket.socket, deadline: Deadline, seconds: float, most: int | None) -> None:
        self._sock, self._deadline, self._seconds, self._left = sock, deadline, seconds, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left is not None and self._left <= 0:
            raise ConnectionError("too many bytes")
        self._sock.settimeout(self._deadline.left(self._seconds))
        count = self._sock.recv_into(buffer)
        if self._left is not None:
            self._left -= count
        return count


class _TimedSocket:
    """What http.client asks of a socket. Closing is left to whoever opened it."""

    def __init__(self, sock: socket.socket, deadline: Deadline, seconds: float, most: int | None) -> None:
        self._sock, self._deadline, self._seconds, self._most = sock, deadline, seconds, most

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._deadline, self._seconds, self._most))

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left(self._seconds))
        self._sock.sendall(data)

    def close(self) -> None:
        """Nothing: the response is still to be read when http.client lets go of the socket."""


class _Answer(http.client.HTTPResponse):
    """A server's answer, past what it says before (RFC 9110, 15.2: `103 Early Hints`); http.client knows 100 alone.

    Who changes the protocol (101) has answered, and so has who says too much before.
    """

    def begin(self) -> None:
        for _time in range(INFORMED):
            super().begin()
            if self.status >= http.HTTPStatus.OK or self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                return
            self.headers = None  # type: ignore[assignment]  # As of an answer that has not begun.
        raise http.client.HTTPException("no answer")


@contextmanager
def http_connection(
    ips: Sequence[IPAddress],
    port: int,
    *,
    host: str,
    tls: ssl.SSLContext | None,
    connect_seconds: float,
    read_seconds: float,
    deadline: Deadline,
    most_bytes: int | None = None,
) -> Iterator[http.client.HTTPConnection]:
    """An HTTP connection to `host` at the first of `ips` that answers; over TLS when `tls` is given. Raises OSError.

    After `most_bytes` of its answer the connection counts as broken. The certificate is judged by the host's name,
    whichever address answered. Standard http.client knows no proxies, cookies, .netrc, redirects or decompression, so
    there is nothing of the kind to switch off.
    """
    with ExitStack() as stack:
        sock = stack.enter_context(closing(_dialled(ips, port, connect_seconds, deadline)))
        if tls is not None:
            sock.settimeout(deadline.left(connect_seconds))
            sock = stack.enter_context(closing(tls.wrap_socket(sock, server_hostname=host)))
        connection = http.client.HTTPConnection(host, port)
        connection.default_port = 80 if tls is None else 443
        connection.auto_open = 0  # Never again by name.
        connection.response_class = _Answer
        connection.sock = cast(socket.socket, _TimedSocket(sock, deadline, read_seconds, most_bytes))
        yield connection


def _dialled(ips: Sequence[IPAddress], port: int, seconds: float, deadline: Deadline) -> socket.socket:
    failure = OSError("no address")
    for ip in ips:
        try:
            return socket.create_connection((str(ip), port), timeout=deadline.left(seconds))
        except OSError as error:
            failure = error
    raise failure
