"""Requests that wait for workers: few at a time on a machine, none in vain, and the supervisor is always answered."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from kombu.exceptions import OperationalError as NoQueue
from pytest_django import Settings

from documents.models import Document
from documents.services.pipeline import document_process
from documents.tests.conftest import folder  # noqa: F401 - a fixture
from documents.tests.forms import docs_of, upload
from legalcity.lib import places
from legalcity.lib.clock import now
from legalcity.lib.places import Server, most, place
from recoveries.court.tests.transfers import transfer_path, transferable
from recoveries.models import TransferRequest
from tests.factories import Api, case_id

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30  # seconds
AT_ONCE = 1.0  # seconds: nobody has waited, on a machine that does much else
in_rows = pytest.mark.django_db(transaction=True, serialized_rollback=True)


# --- places ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def machine(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of this test alone, with a server that nothing is known of."""
    settings.DATA_DIR, settings.WAITING_REQUESTS = tmp_path, 0
    monkeypatch.setattr(Server, "threads", None)
    monkeypatch.setattr(Server, "has_others", False)
    return tmp_path


@pytest.mark.parametrize(
    ("threads", "wanted", "expected"),
    [(1, 0, 0), (2, 0, 1), (3, 0, 1), (12, 0, 6), (12, 3, 3), (12, 100, 11), (1, 5, 0)],
)
def test_half_of_the_threads_may_wait_and_never_the_last_one(
    machine: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, threads: int, wanted: int, expected: int
) -> None:
    monkeypatch.setattr(Server, "threads", threads)
    settings.WAITING_REQUESTS = wanted
    assert most() == expected
    with ExitStack() as held:
        assert [held.enter_context(place()) for _ in range(expected + 2)] == [True] * expected + [False] * 2
    with place() as is_free:
        assert is_free == (expected > 0)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [({"wsgi.multithread": True}, 1), ({"wsgi.multiprocess": True}, 1), ({"wsgi.multithread": False}, 0)],
)
def test_of_an_unknown_server_one_thread_waits_where_it_is_not_the_only_one(
    machine: Path, flags: dict[str, Any], expected: int
) -> None:
    places._seen(environ=flags)
    assert most() == expected


def test_places_are_counted_over_all_processes_and_come_back_from_one_that_is_killed(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "threads", 2)
    code = (
        "import sys, time; from django.conf import settings; settings.configure(DATA_DIR=sys.argv[1], "
        "WAITING_REQUESTS=0); from legalcity.lib import places; places.server_has(2)\n"
        "with places.place() as is_free: print(is_free, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(machine)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with place() as is_free:
            assert not is_free
        other.kill()
        other.wait()
    with place() as is_free:
        assert is_free


def test_where_places_cannot_be_kept_nobody_waits(machine: Path, settings: Settings) -> None:
    settings.WAITING_REQUESTS = 5
    (machine / "waiting").write_text("in the way")
    with place() as is_free:
        assert not is_free


# --- waiting in vain -------------------------------------------------------------------------------------------------
@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:  # noqa: F811
    """Tasks are queued, and no worker takes them."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *_args, **_options: None)


@pytest.fixture
def no_queue(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:  # noqa: F811
    """There is no queue to take a task."""

    def refused(*args: Any, **options: Any) -> None:
        raise NoQueue("nobody listens")

    monkeypatch.setattr("celery.app.task.Task.apply_async", refused)


def seconds_of(call: Callable[[], Any]) -> tuple[int, float]:
    """The status of an answer, and how long it took."""
    began = time.monotonic()
    status = int(call().status_code)
    return status, time.monotonic() - began


@in_rows
def test_who_could_queue_nothing_does_not_wait(owner: Api, no_queue: None) -> None:
    case = transferable(owner)
    for call in (lambda: upload(owner, case), lambda: owner.post(transfer_path(case))):
        status, took = seconds_of(call)
        assert (status, took < AT_ONCE) == (202, True)


@in_rows
def test_who_finds_no_place_does_not_wait(
    owner: Api, nobody_works: None, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "threads", 1)
    case = transferable(owner)
    for call in (lambda: upload(owner, case), lambda: owner.post(transfer_path(case))):
        status, took = seconds_of(call)
        assert (status, took < AT_ONCE) == (202, True)


@in_rows
def test_nobody_waits_for_a_scanner_that_is_away(
    owner: Api,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    folder: Path,  # noqa: F811
) -> None:
    def worked_on_once(_task: Any, args: tuple[int], *_more: Any, **_options: Any) -> None:
        document_process(document_id=args[0], moment=now())

    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    monkeypatch.setattr("celery.app.task.Task.apply_async", worked_on_once)
    case = case_id(owner)
    status, took = seconds_of(lambda: upload(owner, case))
    assert (status, took < AT_ONCE) == (202, True)
    assert Document.objects.get().reason == "scanner unavailable"


@contextmanager
def database_lost_soon() -> Iterator[None]:
    """The server hangs up on this connection while the block runs."""
    parts = connection.settings_dict
    given = {"host": parts["HOST"], "port": parts["PORT"], "user": parts["USER"], "password": parts["PASSWORD"]}
    connection.ensure_connection()
    own = connection.connection.info.backend_pid

    def hang_up() -> None:
        rows = {"documents_document": 1, "recoveries_transferrequest": 1}
        with psycopg.connect(dbname=parts["NAME"], **{key: value for key, value in given.items() if value}) as other:
            give_up = time.monotonic() + PATIENCE
            while time.monotonic() < give_up and rows:
                rows = {} if any(other.execute(f"SELECT 1 FROM {table}").fetchone() for table in rows) else rows
                other.commit()
                time.sleep(0.05)
            other.execute("SELECT pg_terminate_backend(%s)", [own])

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(hang_up)
        yield
        done.result()
    connection.close()


@in_rows
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a database that hangs up is PostgreSQL")
@pytest.mark.parametrize("what", ["upload", "address", "transfer"])
def test_what_is_written_down_is_accepted_though_the_database_goes_away(
    owner: Api, nobody_works: None, what: str
) -> None:
    case = transferable(owner)
    calls: dict[str, Callable[[], Any]] = {
        "upload": lambda: upload(owner, case, file_type=1),
        "address": lambda: owner.post(docs_of(case), {"name": "Bon", "pathinfo": "https://example.com/a.pdf"}),
        "transfer": lambda: owner.post(transfer_path(case)),
    }
    with database_lost_soon():
        answer = calls[what]()
    assert answer.status_code == 202, answer.content
    data = answer.json()["data"]
    assert data["state"] in ("scanning", "pending")
    if what == "transfer":
        assert TransferRequest.objects.get().state == "pending"
    else:
        assert Document.objects.get().pk == data["id"]
