"""A load generator: a few keep-alive connections that repeat one request for a fraction of a second.

Plain sockets, because a client library costs more time than the server that is measured.
"""

import json
import re
import socket
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any

CONNECTIONS = 4
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """One request and the status that answers it."""

    path: str
    token: str
    body: Any = None
    status: int = 200

    @property
    def raw(self) -> bytes:
        """The request as it is sent."""
        body = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [f"{'GET' if self.body is None else 'POST'} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines.append(f"Authorization: Bearer {self.token}")
        if self.body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass
class Slice:
    """What a fraction of a second gave: how long each request took, and the processor time (seconds) of the server
    (`web`), of its connections to the database, and of asking.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0
    asking: float = 0.0

    @property
    def cpu_each(self) -> float:
        """Processor time of a request, in milliseconds."""
        return (self.web + self.database) / len(self.latencies) * 1000

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    @property
    def p50(self) -> float:
        """The median time of a request, in milliseconds."""
        return statistics.median(self.latencies) * 1000


class UnexpectedAnswer(Exception):
    """A server answered with another status than the one measured."""


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, raw: bytes, status: int) -> bytes:
        """The body of the answer. Raises UnexpectedAnswer."""
        self.socket.sendall(raw)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        match = LENGTH.search(received, 0, end)
        length = int(match[1]) if match else 0
        while len(received) < end + 4 + length:
            received += self._more()
        if int(received[9:12]) != status:
            raise UnexpectedAnswer(received[:1500].decode(errors="replace"))
        return received[end + 4 :]

    def _more(self) -> bytes:
        chunk = self.socket.recv(1 << 20)
        if not chunk:
            raise UnexpectedAnswer("the server closed the connection")
        return chunk


def ask(port: int, call: Call) -> Any:
    """The JSON of one answer."""
    connection = Connection(port)
    try:
        return json.loads(connection.ask(call.raw, call.status))
    finally:
        connection.socket.close()


def measure(port: int, call: Call, seconds: float, connections: int = CONNECTIONS) -> Slice:
    """Repeat a call on every connection for that long. Raises UnexpectedAnswer."""
    result, raw, failures = Slice(), call.raw, []
    opened = [Connection(port) for _ in range(connections)]
    deadline = time.perf_counter() + seconds

    def repeat(connection: Connection) -> None:
        latencies = []
        try:
            before = time.perf_counter()
            while before < deadline:
                connection.ask(raw, call.status)
                after = time.perf_counter()
                latencies.append(after - before)
                before = after
        except (UnexpectedAnswer, OSError) as error:
            failures.append(error)
        result.latencies.extend(latencies)

    began, used = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=repeat, args=[connection], daemon=True) for connection in opened]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        result.seconds, result.asking = time.perf_counter() - began, time.process_time() - used
    finally:
        for connection in opened:
            connection.socket.close()
    if failures:
        raise failures[0]
    return result
