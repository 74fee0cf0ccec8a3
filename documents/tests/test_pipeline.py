"""The way of a document: one worker at a time, cut short anywhere, begun again, ended."""

import gc
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from types import FrameType
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections
from pytest_django import Settings

from documents.models import Document, StoredFile
from documents.services import documents as writes
from documents.services import pipeline, storage
from documents.services.pipeline import JOB, Outcome, document_process
from documents.services.storage import folder_due, orphans_remove, private_storage
from documents.tasks import process, sweep
from documents.tests.conftest import Web
from documents.tests.forms import PDF, blobs, docs_of, upload
from documents.tests.samples import eicar, image, pdf
from legalcity.lib import claims
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@pytest.fixture
def case(owner: Api, folder: Path, in_process: None) -> int:
    """A case."""
    return case_id(owner)


@pytest.fixture
def scanned(settings: Settings, clamd: str) -> None:
    """A real scanner."""
    settings.CLAMD_URL = clamd


def announced(case: int, url: str) -> Document:
    """A document to fetch that nobody has begun with."""
    return Document.objects.create(recovery_id=case, name="Facture", source_url=url)


def assert_ready(document: Document, folder: Path, content: bytes = PDF) -> None:
    """The document can be served, and its bytes are there once."""
    document.refresh_from_db()
    assert (document.state, document.scan, document.reason, document.claimed_until) == ("ready", "clean", "", None)
    assert document.file is not None
    assert (document.file.key, document.file.size) == (document.key, len(content))
    assert StoredFile.objects.filter(key=document.key).count() == 1
    kept = [path for path in blobs(folder) if path.name.startswith(Path(document.key).name)]
    assert [path.read_bytes() for path in kept] == [content]


def assert_nothing_left(folder: Path) -> None:
    """No bytes, no row of them."""
    assert (blobs(folder), StoredFile.objects.count()) == ([], 0)


# --- who works on it -------------------------------------------------------------------------------------------
def _seam(monkeypatch: pytest.MonkeyPatch, name: str, happening: Callable[[], Any]) -> None:
    """Have something happen once, right before the pipeline calls `name`."""
    original = getattr(pipeline, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(pipeline, name, original)
        happening()
        return original(*args, **kwargs)

    monkeypatch.setattr(pipeline, name, call)


def test_what_somebody_works_on_is_not_begun_again(
    case: int, web: Web, scanned: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = announced(case, web.put("/a.pdf", PDF))
    others: list[Outcome] = []
    for name in ("inspect", "scan"):
        _seam(monkeypatch, name, lambda: others.append(document_process(document_id=document.pk, moment=now())))
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    assert others == [Outcome.NOT_MINE, Outcome.NOT_MINE]
    assert web.asked == ["/a.pdf"]
    assert_ready(document, folder)
    assert document_process(document_id=document.pk, moment=now()) is Outcome.NOT_MINE


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two connections at once need PostgreSQL")
def test_of_ten_workers_at_once_one_wins(case: int, web: Web, scanned: None, folder: Path) -> None:
    document = announced(case, web.put("/a.pdf", PDF))
    barrier = Barrier(10, timeout=30)

    def work(_number: int) -> Outcome:
        try:
            connection.ensure_connection()
            barrier.wait()
            return document_process(document_id=document.pk, moment=now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(work, range(10)))
    assert outcomes == {Outcome.DONE: 1, Outcome.NOT_MINE: 9}
    assert web.asked == ["/a.pdf"]
    assert_ready(document, folder)


@pytest.mark.parametrize("seam", ["configured", "inspect", "file_row", "_keep", "stored_file_scan", "scan"])
def test_who_is_overtaken_changes_nothing_any_more(
    case: int, web: Web, scanned: None, folder: Path, monkeypatch: pytest.MonkeyPatch, seam: str
) -> None:
    """A worker stands still until its claim has run out; another takes over, and is given other bytes."""
    first, second = pdf(pages=1), pdf(pages=2)
    contents = iter([second, first] if seam == "configured" else [first, second])
    url = web.put("/a.pdf", b"")
    web.pages["/a.pdf"] = lambda: (200, {}, next(contents))
    document = announced(case, url)
    taken_over: list[Outcome] = []
    _seam(
        monkeypatch,
        seam,
        lambda: taken_over.append(document_process(document_id=document.pk, moment=now() + HOUR)),
    )
    document_process(document_id=document.pk, moment=now())
    assert taken_over == [Outcome.DONE]
    assert_ready(document, folder, first if seam in ("stored_file_scan", "scan") else second)


# --- cut short -------------------------------------------------------------------------------------------------
class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture
def buried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What dies gives no sign of life and does not tidy up: the files that it left open are closed before the next."""
    monkeypatch.setattr(claims.Claim, "_keep", lambda *_: None)
    yield
    gc.collect()


def dying(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test in which workers die."""
    quiet = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    return quiet(pytest.mark.usefixtures("buried")(test))


# What a worker runs of its own: each of its lines may be its last.
OWN = {os.path.abspath(module.__file__) for module in (pipeline, storage, claims)}


@contextmanager
def killed_at(line: int) -> Iterator[list[int]]:
    """End the block before the `line`-th line of OWN that it comes to; yields how many it came to."""
    seen = [0]

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        if frame.f_code.co_filename not in OWN:
            return None
        if event == "line":
            seen[0] += 1
            if seen[0] == line:
                raise Killed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    except Killed:
        _lose_connection()
    finally:
        sys.settrace(before)


def _lose_connection() -> None:
    """What the database does when a client is gone: a transaction that it had open is rolled back.

    A trace function that raises at the end of a `with` leaves it without its `__exit__`, as a real death would.
    """
    if connection.in_atomic_block:
        connection.in_atomic_block = connection.needs_rollback = False
        connection.savepoint_ids.clear()
        connection.atomic_blocks.clear()
        connection.run_on_commit.clear()
        connection.rollback()
        connection.set_autocommit(True)


def _lines(document: Document) -> int:
    with killed_at(-1) as seen:
        document_process(document_id=document.pk, moment=now())
    return seen[0]


@dying
def test_a_fetch_cut_short_at_any_line_is_begun_again(case: int, web: Web, scanned: None, folder: Path) -> None:
    url = web.put("/a.pdf", PDF)
    lines = _lines(announced(case, url))
    assert lines > 80
    for line in range(1, lines + 1):
        document = announced(case, url)
        with killed_at(line) as seen:
            document_process(document_id=document.pk, moment=now())
        assert seen == [line]
        document_process(document_id=document.pk, moment=now() + HOUR)
        assert_ready(document, folder)
    assert len(blobs(folder)) == StoredFile.objects.count() == Document.objects.count()


@dying
def test_a_fetch_cut_short_twice_is_begun_again(case: int, web: Web, scanned: None, folder: Path) -> None:
    url = web.put("/a.pdf", PDF)
    for line in range(10, _lines(announced(case, url)), 10):
        document = announced(case, url)
        for hours in range(2):
            with killed_at(line):
                document_process(document_id=document.pk, moment=now() + hours * HOUR)
        document_process(document_id=document.pk, moment=now() + 2 * HOUR)
        assert_ready(document, folder)


@dying
@pytest.mark.same_everywhere
def test_a_refusal_cut_short_at_any_line_is_begun_again(
    case: int, web: Web, folder: Path, settings: Settings, clamd: str
) -> None:
    url = web.put("/a.pdf", pdf(("a.com", eicar())))

    def fetched() -> Document:
        settings.CLAMD_URL = ""
        document = announced(case, url)
        assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
        settings.CLAMD_URL = clamd
        return document

    lines = _lines(fetched())
    assert lines > 40
    for line in range(1, lines + 1):
        document = fetched()
        with killed_at(line):
            document_process(document_id=document.pk, moment=now())
        document_process(document_id=document.pk, moment=now() + HOUR)
        document.refresh_from_db()
        assert (document.state, document.scan, document.file_id) == ("rejected", "found", None)
    # What died between the row and the bytes is the orphans' sweep to clean.
    orphans_remove(moment=now() + 2 * DAY)
    assert_nothing_left(folder)


@dying
def test_what_kills_each_of_its_workers_ends(case: int, web: Web, scanned: None, folder: Path) -> None:
    document = announced(case, web.put("/a.pdf", PDF))
    for hours in range(3):
        with killed_at(40):
            document_process(document_id=document.pk, moment=now() + hours * HOUR)
    document.refresh_from_db()
    assert document.state == "fetching"
    assert document_process(document_id=document.pk, moment=now() + 4 * HOUR) is Outcome.DONE
    document.refresh_from_db()
    assert (document.state, document.reason) == ("failed", "interrupted")
    assert_nothing_left(folder)


@dying
def test_attempts_at_fetching_are_not_held_against_the_scan(case: int, web: Web, scanned: None, folder: Path) -> None:
    document = announced(case, web.put("/a.pdf", b"", status=503))
    for _attempt in range(2):
        assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
    web.put("/a.pdf", PDF)
    with killed_at(_lines(announced(case, f"http://127.0.0.1:{web.port}/a.pdf")) - 20):
        document_process(document_id=document.pk, moment=now())
    document.refresh_from_db()
    assert document.state == "scanning"
    document_process(document_id=document.pk, moment=now() + HOUR)
    assert_ready(document, folder)


@dying
def test_an_upload_cut_short_leaves_nothing_for_long(
    owner: Api, case: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(writes.StoredFile, "save", killed)
        with pytest.raises(Killed):
            upload(owner, case)
    assert (len(blobs(folder)), Document.objects.count()) == (1, 0)
    assert orphans_remove(moment=now()) == 0
    assert orphans_remove(moment=now() + DAY - HOUR) == 0
    assert orphans_remove(moment=now() + DAY + HOUR) == 1
    assert_nothing_left(folder)


# --- deleted meanwhile -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("seam", ["configured", "inspect", "file_row", "_keep", "stored_file_scan", "scan"])
def test_what_is_deleted_meanwhile_leaves_nothing(
    case: int, web: Web, scanned: None, folder: Path, monkeypatch: pytest.MonkeyPatch, seam: str
) -> None:
    document = announced(case, web.put("/a.pdf", PDF))
    _seam(monkeypatch, seam, lambda: writes.document_delete(document=Document.objects.get(pk=document.pk), by=None))
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    assert not Document.objects.exists()
    assert_nothing_left(folder)
    assert document_process(document_id=document.pk, moment=now()) is Outcome.NOT_MINE


# --- what is temporary, and what is not ------------------------------------------------------------------------
def test_a_server_that_fails_is_asked_again_and_then_given_up(case: int, web: Web, folder: Path) -> None:
    document = announced(case, web.put("/a.pdf", b"", status=503))
    assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
    document.refresh_from_db()
    assert (document.state, document.reason, document.claimed_until) == ("fetching", "http_503", None)
    assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    document.refresh_from_db()
    assert (document.state, document.reason, len(web.asked)) == ("failed", "http_503", 3)
    assert_nothing_left(folder)


def test_the_task_comes_back_by_itself(case: int, web: Web, scanned: None, folder: Path) -> None:
    answers = iter([(503, {}, b""), (429, {}, b""), (200, {"Content-Length": str(len(PDF))}, PDF)])
    url = web.put("/a.pdf", b"")
    web.pages["/a.pdf"] = lambda: next(answers)
    document = announced(case, url)
    process.delay(document.pk)
    assert_ready(document, folder)
    process.delay(document.pk)
    assert len(web.asked) == 3


def test_a_task_in_the_process_does_not_come_back_for_ever(owner: Api, case: int, web: Web, settings: Settings) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    document = announced(case, web.put("/a.pdf", PDF))
    process.delay(document.pk)
    document.refresh_from_db()
    assert (document.state, document.reason, len(web.asked)) == ("scanning", "scanner unavailable", 1)


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/none.pdf", "http_404"), ("/page.pdf", "type"), ("/large.pdf", "too_large"), ("/away.pdf", "address")],
)
def test_what_is_refused_for_good_is_asked_for_once(case: int, web: Web, folder: Path, path: str, reason: str) -> None:
    web.put("/page.pdf", b"<html>")
    web.put("/large.pdf", b"", Content_Length="99999999")
    web.put("/away.pdf", b"", status=302, Location="http://10.0.0.1/")
    document = announced(case, f"http://127.0.0.1:{web.port}{path}")
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    document.refresh_from_db()
    assert (document.state, document.reason, document.claimed_until) == ("rejected", reason, None)
    assert web.asked == [path]
    assert_nothing_left(folder)


def test_a_storage_that_fails_is_waited_for(
    case: int, web: Web, scanned: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> Any:
        raise OSError(28, "No space left on device")

    document = announced(case, web.put("/a.pdf", PDF))
    for method in ("_save", "_open"):
        with monkeypatch.context() as failing:
            failing.setattr(FileSystemStorage, method, full)
            for _attempt in range(5):
                assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
        document.refresh_from_db()
        assert (document.reason, document.claimed_until) == ("storage unavailable", None)
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    assert_ready(document, folder)


def test_a_scanner_is_waited_for_without_end(case: int, web: Web, folder: Path, settings: Settings, clamd: str) -> None:
    settings.CLAMD_URL = "unix:///nowhere/clamd.sock"
    document = announced(case, web.put("/a.pdf", PDF))
    for _attempt in range(10):
        assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
    document.refresh_from_db()
    assert (document.state, document.scan, document.reason) == ("scanning", "waiting", "scanner unavailable")
    settings.CLAMD_URL = clamd
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    assert_ready(document, folder)
    assert len(web.asked) == 1


def test_a_document_whose_bytes_are_lost_ends(case: int, web: Web, settings: Settings, clamd: str) -> None:
    settings.CLAMD_URL = ""
    document = announced(case, web.put("/a.pdf", PDF))
    document_process(document_id=document.pk, moment=now())
    document.refresh_from_db()
    private_storage().delete(document.key)
    settings.CLAMD_URL = clamd
    document_process(document_id=document.pk, moment=now())
    document.refresh_from_db()
    assert (document.state, document.reason, document.file_id) == ("failed", "file missing", None)
    assert not StoredFile.objects.exists()


def test_how_long_it_has_been_in_a_state_is_not_forgotten(case: int, web: Web, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    document = announced(case, web.put("/a.pdf", PDF))
    document_process(document_id=document.pk, moment=now())
    document.refresh_from_db()
    since = document.state_since
    document_process(document_id=document.pk, moment=now())
    document.refresh_from_db()
    assert (document.state, document.state_since) == ("scanning", since)


# --- the sweep -------------------------------------------------------------------------------------------------
def _aged(document: Document, **ago: timedelta) -> None:
    Document.objects.filter(pk=document.pk).update(**{name: now() - age for name, age in ago.items()})


def test_a_sweep_begins_again_what_was_left_behind(case: int, web: Web, scanned: None, folder: Path) -> None:
    url = web.put("/a.pdf", PDF)
    never_begun, cut_short, worked_on, young = (announced(case, url) for _ in range(4))
    _aged(never_begun, due_at=HOUR)
    _aged(cut_short, due_at=HOUR, claimed_until=timedelta(seconds=1))
    _aged(worked_on, due_at=HOUR, claimed_until=-timedelta(minutes=1))
    ended = announced(case, url)
    Document.objects.filter(pk=ended.pk).update(state="failed", due_at=now() - HOUR)
    assert claims.left_behind(JOB, moment=now()) == [never_begun.pk, cut_short.pk]
    assert sweep() == 2
    for document in (never_begun, cut_short):
        assert_ready(document, folder)
    states = Document.objects.filter(pk__in=[worked_on.pk, young.pk, ended.pk]).order_by("id")
    assert list(states.values_list("state", flat=True)) == ["pending", "pending", "failed"]


def test_the_queue_may_be_down_when_a_document_comes(
    owner: Api, case: int, scanned: None, folder: Path, monkeypatch: pytest.MonkeyPatch, system_setting: Any
) -> None:
    def down(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("no broker")

    system_setting(DOCUMENT_WAIT_SECONDS=0)
    with monkeypatch.context() as broken:
        broken.setattr(process, "delay", down)
        answer = upload(owner, case)
    assert (answer.status_code, answer.json()["data"]["state"]) == (202, "scanning")
    document = Document.objects.get()
    _aged(document, due_at=HOUR)
    sweep()
    assert_ready(document, folder)
    assert owner.get(f"{docs_of(case)}/{document.pk}").status_code == 200


def _put(folder: Path, name: str, age: timedelta) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    then = (now() - age).timestamp()
    os.utime(path, (then, then))
    return path


def test_orphans_go_after_a_day_and_nothing_else_goes(
    owner: Api, case: int, web: Web, scanned: None, folder: Path
) -> None:
    served = announced(case, web.put("/a.png", image("PNG")))
    process.delay(served.pk)
    on_its_way = announced(case, web.put("/b.pdf", PDF))
    kept = [
        _put(folder, on_its_way.key, 2 * DAY),
        _put(folder, "ab/cd/" + "a" * 32, DAY - HOUR),
        _put(folder, "notes.txt", 9 * DAY),
        _put(folder, "ab/cd/" + "b" * 32 + ".part", 9 * DAY),
        _put(folder, "photos/2024/" + "c" * 32, 9 * DAY),
    ]
    served.refresh_from_db()
    os.utime(folder / served.key, (0, 0))
    failed = announced(case, "http://example.com/")
    Document.objects.filter(pk=failed.pk).update(state="failed")
    orphans = [
        _put(folder, "ab/cd/" + "d" * 32, DAY + HOUR),
        _put(folder, "ff/00/" + "e" * 32, 9 * DAY),
        _put(folder, failed.key, 2 * DAY),
    ]
    assert orphans_remove(moment=now()) == len(orphans)
    assert not any(path.exists() for path in orphans)
    assert all(path.exists() for path in kept)
    assert (folder / served.key).exists()


def test_a_sweep_looks_for_orphans_bit_by_bit(folder: Path, db: None) -> None:
    orphan = _put(folder, "ab/cd/" + "d" * 32, 2 * DAY)
    start = now()
    due = [start + timedelta(minutes=5 * number) for number in range(256)]
    assert sorted(map(folder_due, due)) == [f"{number:02x}" for number in range(256)]
    for moment in due:
        removed = orphans_remove(moment=moment, folder=folder_due(moment))
        assert removed == (folder_due(moment) == "ab")
    assert not orphan.exists()


def test_files_that_lost_their_documents_by_another_way_go_too(
    owner: Api, case: int, web: Web, scanned: None, folder: Path
) -> None:
    process.delay(announced(case, web.put("/a.pdf", PDF)).pk)
    Document.objects.all().delete()
    assert orphans_remove(moment=now()) == 0
    assert len(blobs(folder)) == 1
    orphans_remove(moment=now() + DAY + HOUR)
    assert_nothing_left(folder)
