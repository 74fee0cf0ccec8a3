"""Real workers, killed in the middle of their work."""

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import F

from documents.models import Document, StoredFile
from documents.services.pipeline import Outcome, document_process
from documents.tests.conftest import Web
from documents.tests.forms import PDF, blobs
from documents.tests.samples import pdf
from legalcity.lib.clock import now
from tests.factories import Api, case_id

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.long,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="another process sees PostgreSQL's rows only"),
    pytest.mark.skipif(not django_settings.REDIS_URL, reason="a queue between processes needs Redis (REDIS_URL)"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

PATIENCE = 30  # seconds


def eventually(happened: Callable[[], bool], log: Path) -> None:
    """Wait for something, but not for ever."""
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up, log.read_text()[-3000:]
        time.sleep(0.05)


class SlowScanner(socketserver.ThreadingTCPServer):
    """A clamd that hears its first question, and never answers it; the others are clean."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ScannerTalk)
        self.asked = 0
        self.closed = threading.Event()


class ScannerTalk(socketserver.StreamRequestHandler):
    """One connection: the file is read to its end."""

    server: SlowScanner

    def handle(self) -> None:
        """Answer, unless this is the first question."""
        assert self.rfile.read(len(b"zINSTREAM\0")) == b"zINSTREAM\0"
        while length := int.from_bytes(self.rfile.read(4), "big"):
            self.rfile.read(length)
        self.server.asked += 1
        if self.server.asked == 1:
            self.server.closed.wait(PATIENCE)
        else:
            self.wfile.write(b"stream: OK\0")


@pytest.fixture
def slow_scanner() -> Iterator[SlowScanner]:
    """A running one."""
    with SlowScanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.closed.set()
        server.shutdown()
        thread.join()


class Workers:
    """Starts and kills workers of this test alone, and sends them tasks."""

    def __init__(self, folder: Path, log: Path, **environment: str) -> None:
        database = connection.settings_dict
        server = urlsplit(os.environ["DATABASE_URL"])
        self.log = log
        self.prefix = f"legalcity-test-{uuid.uuid4().hex}:"
        self._environment = {
            **os.environ,
            **environment,
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "legalcity.settings",
            "DATABASE_URL": f"{server.scheme}://{server.netloc}/{database['NAME']}",
            "DOCUMENTS_DIR": str(folder),
            "TEST_KEY_PREFIX": self.prefix,
        }
        self._sender = Celery("sender", broker=django_settings.CELERY_BROKER_URL, set_as_current=False)
        self._sender.conf.broker_transport_options = {"global_keyprefix": self.prefix}

    def send(self, task: str, *args: int) -> None:
        """Queue a task of the documents."""
        self._sender.send_task(f"documents.tasks.{task}", args)

    @contextmanager
    def running(self) -> Iterator[None]:
        """A worker with its child, both killed at the end: nothing is told to them."""
        command = ["-m", "celery", "-A", "documents.tests.worker", "worker", "--pool", "prefork", "--concurrency", "1"]
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *command, "--loglevel", "INFO"],
                cwd=django_settings.BASE_DIR,
                env=self._environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def clean(self) -> None:
        """Leave nothing in Redis."""
        self._sender.close()
        with redis.Redis.from_url(django_settings.CELERY_BROKER_URL) as client:
            for key in client.scan_iter(f"{self.prefix}*"):
                client.delete(key)


@pytest.fixture
def workers(tmp_path: Path, folder: Path, web: Web, slow_scanner: SlowScanner) -> Iterator[Workers]:
    """Workers that fetch from `web` and ask the slow scanner."""
    scanner = f"tcp://127.0.0.1:{slow_scanner.server_address[1]}"
    crew = Workers(folder, tmp_path / "workers.log", FETCH_PORTS=str(web.port), CLAMD_URL=scanner)
    yield crew
    crew.clean()


def _time_passes() -> None:
    """Nobody waits ten minutes here: what the rows say of time is moved back instead."""
    ago = timedelta(minutes=10)
    Document.objects.filter(claimed_until__isnull=False).update(claimed_until=F("claimed_until") - ago)
    Document.objects.update(due_at=F("due_at") - ago)


def _state(document: Document) -> str:
    document.refresh_from_db()
    return document.state


def _assert_ready_once(document: Document, folder: Path) -> None:
    document.refresh_from_db()
    assert (document.state, document.scan, document.reason, document.claimed_until) == ("ready", "clean", "", None)
    assert document.file is not None
    assert [path.read_bytes() for path in blobs(folder)] == [PDF]
    assert [file.key for file in StoredFile.objects.all()] == [str(blobs(folder)[0].relative_to(folder))]


def test_a_worker_killed_while_it_fetches(
    owner: Api, workers: Workers, web: Web, slow_scanner: SlowScanner, folder: Path
) -> None:
    slow_scanner.asked = 1  # Not slow today.
    killed = threading.Event()

    def slowly() -> tuple[int, dict[str, str], bytes]:
        if len(web.asked) == 1:
            killed.wait(PATIENCE)
            return 200, {}, pdf(pages=2)
        return 200, {"Content-Length": str(len(PDF))}, PDF

    url = web.put("/a.pdf", b"")
    web.pages["/a.pdf"] = slowly
    document = Document.objects.create(recovery_id=case_id(owner), name="Facture", source_url=url)
    workers.send("process", document.pk)
    with workers.running():
        eventually(lambda: bool(web.asked), workers.log)
    assert _state(document) == "fetching"
    killed.set()

    # Its claim still stands, though not for long: a second delivery of the same task changes nothing.
    assert document.claimed_until is not None
    assert document.claimed_until < now() + timedelta(seconds=26)
    assert document_process(document_id=document.pk, moment=now()) is Outcome.NOT_MINE

    _time_passes()
    workers.send("sweep")
    with workers.running():
        eventually(lambda: _state(document) == "ready", workers.log)
    _assert_ready_once(document, folder)
    assert web.asked == ["/a.pdf", "/a.pdf"]


def test_a_worker_killed_while_it_scans(
    owner: Api, workers: Workers, web: Web, slow_scanner: SlowScanner, folder: Path
) -> None:
    document = Document.objects.create(recovery_id=case_id(owner), name="Facture", source_url=web.put("/a.pdf", PDF))
    workers.send("process", document.pk)
    with workers.running():
        eventually(lambda: slow_scanner.asked == 1, workers.log)
    assert _state(document) == "scanning"
    assert len(blobs(folder)) == 1

    _time_passes()
    workers.send("sweep")
    with workers.running():
        eventually(lambda: _state(document) == "ready", workers.log)
    _assert_ready_once(document, folder)
    assert web.asked == ["/a.pdf"]
