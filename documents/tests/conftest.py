"""What tests of documents share: a storage, a web, a scanner, and tasks that run in the process."""

import ipaddress
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from documents.tests.clamd_server import Clamd, real_clamd  # noqa: F401 - a fixture
from legalcity.celery import app
from legalcity.lib.web.fetching import Fetcher, Policy

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
# What is sent for a path: status, headers, body.
Sent = tuple[int, dict[str, str], bytes]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The folder of the private storage."""
    place = tmp_path / "documents"
    own = settings.STORAGES["documents"]
    settings.STORAGES = {**settings.STORAGES, "documents": {**own, "OPTIONS": {**own["OPTIONS"], "location": place}}}
    return place


@pytest.fixture
def in_process() -> Iterator[None]:
    """Tasks run where they are queued, also where a broker is set up."""
    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def development(settings: Settings, folder: Path, in_process: None) -> None:
    """The embedded default: no scanner."""
    settings.EMBEDDED = True
    settings.CLAMD_URL = ""


@pytest.fixture
def without_scanner(settings: Settings, folder: Path, in_process: None, system_setting: Callable[..., None]) -> None:
    """Production, and a scanner that is not there."""
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    system_setting(DOCUMENT_WAIT_SECONDS=0)


@dataclass
class Web:
    """A web server of the neighbourhood. `pages` is what it sends, `asked` the paths that were asked for."""

    port: int
    pages: dict[str, Sent | Callable[[], Sent]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Serve `body` at `path`; returns the address."""
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        return f"http://127.0.0.1:{self.port}{path}"


def _answer(handler: BaseHTTPRequestHandler, web: Web) -> None:
    web.asked.append(handler.path)
    page: Any = web.pages.get(handler.path.partition("?")[0], (404, {}, b""))
    status, headers, body = page() if callable(page) else page
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server on this machine, which the fetcher may reach as an exception to its policy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, served)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Web(server.server_port)
        policy = Policy(ports=frozenset({served.port, 80, 443}), exempt=(LOOPBACK,))
        monkeypatch.setattr("documents.services.pipeline.configured", lambda: Fetcher(policy))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture
def clamd(real_clamd: Clamd) -> str:  # noqa: F811
    """The address of a real clamd that knows the EICAR string."""
    return str(real_clamd.unix)
