"""The server under load: the supervisor is always answered, and no request queues where another thread is free."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from django.db import connection

from documents.models import Document
from documents.tests.forms import MULTIPART, PDF, docs_of, form
from legalcity.api.system import busy_answer
from tests.factories import Api, case_id
from tests.slow_application import LET_GO, WAITS
from tests.test_startup import free_port

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30  # seconds
AT_ONCE = 1.0  # seconds: nobody has waited, on a machine that does much else


@contextmanager
def serving(folder: Path, application: str, *flags: str, **settings: str) -> Iterator[str]:
    """gunicorn with the product's configuration, unless flags name another; gives its address."""
    port, log = free_port(), folder / "log"
    environment = {**os.environ, "EMBEDDED": "1", "HOST": "127.0.0.1", "PORT": str(port), **settings}
    command = [sys.executable, "-m", "gunicorn", *flags, "--bind", f"127.0.0.1:{port}", application]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        give_up = time.monotonic() + PATIENCE
        while not _answers(f"{address}/healthz"):
            assert server.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < give_up, log.read_text()[-3000:]
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(PATIENCE)


class Slow(NamedTuple):
    """A server whose `/slow` waits until it is let go."""

    address: str
    folder: Path

    def works_on(self, count: int) -> None:
        """Wait until threads are at work on so many requests."""
        _wait_until(lambda: len(list(self.folder.glob(f"*{WAITS}"))) == count)

    def let_go(self) -> None:
        """Have what waits answered, and what comes."""
        (self.folder / LET_GO).touch()


@contextmanager
def serving_slowly(folder: Path, *, processes: int, threads: int, line: int = 64) -> Iterator[Slow]:
    """The server alone, under an application that needs no database. What waits is let go at the end."""
    configuration = folder / "gunicorn.conf.py"
    configuration.write_text(
        f"workers, threads = {processes}, {threads}\n"
        "worker_class = 'legalcity.lib.web.gunicorn_worker.AttentiveWorker'\n"
        "control_socket_disable = True\n"
        f"def post_worker_init(worker): worker.may_wait = {line}\n"
    )
    flags = ("--config", str(configuration))
    with serving(folder, "tests.slow_application", *flags, SLOW_FOLDER=str(folder)) as address:
        slow = Slow(address, folder)
        try:
            yield slow
        finally:
            slow.let_go()


def _wait_until(happened: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        return bool(asked(url)[0] == 200)
    except OSError:
        return False


def asked(url: str, **options: Any) -> tuple[int, float]:
    """The status of an answer over a connection of its own, and how long it took."""
    began = time.monotonic()
    with urlopen(Request(url, **options), timeout=PATIENCE) as answer:
        answer.read()
        return answer.status, time.monotonic() - began


def _wait_for_processes(url: str, count: int) -> None:
    """Until so many have answered: they are not ready at the same moment."""
    seen, give_up = set(), time.monotonic() + PATIENCE
    while len(seen) < count:
        assert time.monotonic() < give_up
        with urlopen(url, timeout=PATIENCE) as answer:
            seen.add(answer.read())


def test_the_supervisor_is_answered_while_all_threads_work(tmp_path: Path) -> None:
    with (
        ThreadPoolExecutor(4) as pool,
        serving_slowly(tmp_path, processes=1, threads=2) as slow,
    ):
        working = [pool.submit(asked, f"{slow.address}/slow") for _ in range(4)]
        slow.works_on(2)
        assert [asked(f"{slow.address}/healthz")[0] for _ in range(5)] == [200] * 5
        assert not any(future.done() for future in working)
        slow.let_go()
        assert [future.result()[0] for future in working] == [200] * 4


def test_a_busy_process_leaves_requests_to_one_that_is_not(tmp_path: Path) -> None:
    with (
        ThreadPoolExecutor(1) as pool,
        serving_slowly(tmp_path, processes=2, threads=1) as slow,
    ):
        _wait_for_processes(f"{slow.address}/quick", 2)
        working = pool.submit(asked, f"{slow.address}/slow")
        slow.works_on(1)
        assert [asked(f"{slow.address}/quick")[0] for _ in range(20)] == [200] * 20
        assert not working.done()
        slow.let_go()
        assert working.result()[0] == 200


def test_ten_times_the_load_is_refused_at_once_and_forgotten_at_once(tmp_path: Path) -> None:
    with (
        ThreadPoolExecutor(40) as pool,
        serving_slowly(tmp_path, processes=1, threads=2, line=2) as slow,
    ):
        calls = [pool.submit(refused_or_answered, f"{slow.address}/slow") for _ in range(40)]
        slow.works_on(2)
        _wait_until(lambda: sum(call.done() for call in calls) == 36)  # While nothing moves on
        assert Counter(call.result() for call in calls if call.done()) == {(503, "2"): 36}
        assert asked(f"{slow.address}/healthz")[0] == 200
        slow.let_go()
        assert Counter(call.result() for call in calls) == {(200, ""): 4, (503, "2"): 36}
        assert refused_or_answered(f"{slow.address}/quick") == (200, "")


def refused_or_answered(url: str) -> tuple[int, str]:
    """Status and `Retry-After`."""
    try:
        with urlopen(url, timeout=PATIENCE) as answer:
            answer.read()
            return answer.status, ""
    except HTTPError as error:
        return error.code, error.headers["Retry-After"]


@pytest.mark.parametrize(("path", "kind"), [("/api/", "application/json"), ("/", "text/html; charset=utf-8")])
def test_who_is_refused_hears_it_as_when_a_service_is_away(path: str, kind: str) -> None:
    head, _, body = busy_answer(path).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 503 Service Unavailable"
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert (headers["Content-Type"], headers["Retry-After"], headers["Connection"]) == (kind, "2", "close")
    assert int(headers["Content-Length"]) == len(body)
    if path == "/api/":
        assert json.loads(body)["code"] == "unavailable"
        assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="another process sees PostgreSQL's rows only")
def test_uploads_without_workers_leave_threads_for_everybody_else(owner: Api, tmp_path: Path) -> None:
    case = case_id(owner)
    server = urlsplit(os.environ["DATABASE_URL"])
    settings = {
        "DATABASE_URL": f"{server.scheme}://{server.netloc}/{connection.settings_dict['NAME']}",
        "CELERY_BROKER_URL": "memory://",  # Takes tasks, and has no workers.
        "DOCUMENTS_DIR": str(tmp_path / "documents"),
        "RATE_LIMITS_ENABLED": "0",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": "4",
    }
    headers = {"Authorization": f"Bearer {owner.token}"}
    sent = {"data": form(PDF, name="a"), "headers": {**headers, "Content-Type": MULTIPART}, "method": "POST"}
    with (
        serving(tmp_path, "legalcity.wsgi", **settings) as address,
        ThreadPoolExecutor(12) as pool,
    ):
        uploads = [pool.submit(asked, f"{address}{docs_of(case)}", **sent) for _ in range(12)]
        time.sleep(1)
        for path in ("/healthz", "/api/recoveries", f"/api/recoveries/{case}") * 3:
            status, took = asked(f"{address}{path}", headers=headers)
            assert (status, took < 2 * AT_ONCE) == (200, True), path
        answers = [future.result() for future in uploads]
    assert Counter(status for status, _took in answers) == {202: 12}
    # Half of the four threads may wait; the others are answered at once.
    assert sum(took > 8 for _status, took in answers) == 2
    assert Document.objects.filter(state="scanning").count() == 12
