"""Receivers of webhooks on this machine, of every kind, and what tests hang on them."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from accounts.models import User
from events.models import Event
from events.services import Ref, event_record, story
from events.types import event_types
from events.webhooks.endpoints import endpoint_create
from events.webhooks.models import Endpoint

PAID = "recovery.paid"


@dataclass
class Received:
    """A request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """What a receiver got, and how it answers: `answer` is called with the handler."""

    url: str = ""
    port: int = 0
    got: list[Received] = field(default_factory=list)
    answer: Callable[[Any], None] = lambda handler: reply(handler)


def reply(handler: Any, status: int = 200, body: bytes = b"ok", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def drip(handler: Any, head: bytes, piece: bytes, every: float = 0.02) -> None:
    """Send `head`, then pieces until the other side goes away."""
    handler.wfile.write(head)
    for _turn in range(1000):
        time.sleep(every)
        handler.wfile.write(piece)


@contextlib.contextmanager
def receiving(tls: Any = None) -> Iterator[Receiver]:
    """A receiver that listens on 127.0.0.1."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            receiver.got.append(Received({name.lower(): value for name, value in self.headers.items()}, body))
            with contextlib.suppress(OSError):
                receiver.answer(self)
            self.close_connection = True

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign] - a client that goes away
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.port = server.server_port
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/hook?from=legalcity"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def endpoint_at(owner: User, url: str, **values: Any) -> Endpoint:
    """An endpoint of an account, without a look at its address."""
    return endpoint_create(owner=owner, values={"url": url, **values})


def happen(owner: User | None, code: str = PAID, times: int = 1, **more: Any) -> list[Event]:
    """Something that happens to an account, with the example of its type."""
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    declared = event_types()[code]
    with story():
        for _turn in range(times):
            event_record(
                type=declared,
                owner_id=owner.pk if owner else None,
                obj=Ref("recovery", 25),
                data=declared.example,
                **more,
            )
    return list(Event.objects.filter(pk__gt=last).order_by("pk"))
