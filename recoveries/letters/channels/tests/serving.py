"""A server of one carrier on this machine, while a test needs it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar


class Carrier(Protocol):
    """What is served, and is reached by its `url`."""

    url: str


Served = TypeVar("Served", bound=Carrier)


class Answering(BaseHTTPRequestHandler):
    """Answers for `carrier`, what the server is and was asked."""

    protocol_version = "HTTP/1.1"

    @property
    def carrier(self) -> Any:
        """The carrier of the server."""
        return self.server.carrier  # type: ignore[attr-defined]

    def say(self, status: int, told: Any) -> None:
        """Answer with bytes as they are, anything else as JSON."""
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: Any) -> None:
        """Nothing."""


@contextmanager
def serving(carrier: Served, handler: type[Answering]) -> Iterator[Served]:
    """The carrier, which has a `url` from now on."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.carrier = carrier  # type: ignore[attr-defined]
        carrier.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield carrier
        finally:
            server.shutdown()
