"""The product while its services are away: real processes, a Redis that hangs or goes, a PostgreSQL that stops, a
scanner and a mail server that are gone or never answer."""

import json
import os
import pickle
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import redis
from django.urls import URLResolver, get_resolver, reverse
from kombu import Connection, Exchange, Producer, Queue

from documents.tests import clamd_server
from documents.tests.forms import PDF, docs_of
from recoveries.desk.tests.pages import words
from tests.doors import routes
from tests.house import WORKER, House
from tests.services import MISSING, PATIENCE, Postgres, Redis, eventually, free_port, is_open

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(MISSING, reason="apt-get install postgresql redis-server to see outages"),
]

AT_ONCE = 3  # seconds, where the machine is busy


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything up but scanner and mail server, of which nobody listens where they are looked for."""
    data = tmp_path_factory.mktemp("house")
    base = Path(tempfile.mkdtemp())  # Not among pytest's folders, which are root's alone.
    base.chmod(0o711)
    (base / "postgres").mkdir()
    postgres, cache = Postgres(base / "postgres"), Redis(data)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "DATA_DIR": str(data),
        "EMBEDDED": "1",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": cache.url,
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "1",
        "CLAMD_URL": f"unix://{data}/clamd/socket",
        "CLAMD_TIMEOUT": "1",
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "EMAIL_TIMEOUT": "1",
        "METRICS_DIR": str(data / "metrics"),
        "METRICS_PORT": str(free_port()),
    }
    made = House(environment, postgres, cache)
    try:
        made.furnish()
        with made.process("gunicorn", "legalcity.wsgi", log=made.log):
            eventually(lambda: is_open(int(environment["PORT"])), made.log.read_text)
            yield made
    finally:
        cache.kill()
        postgres.stop()
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def hanging(house: House) -> Iterator[None]:
    """A Redis that takes what it is asked and never answers."""
    with house.hanging_redis():
        yield


@pytest.fixture(scope="module")
def worker(house: House) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, which outlives whatever the tests do to the services."""
    log = worker_log(house)
    with house.process(*WORKER, log=log) as process:
        eventually(lambda: "ready." in log.read_text(), log.read_text)
        yield process


def worker_log(house: House) -> Path:
    """What the worker says."""
    return house.log.with_name("worker.log")


@contextmanager
def silent(family: int, address: Any) -> Iterator[socket.socket]:
    """Somebody who lets everybody in and never answers."""
    with socket.socket(family) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen()
        server.settimeout(PATIENCE)
        yield server


# --- who watches -----------------------------------------------------------------------------------------------
def test_each_service_is_told_by_name_and_processes_of_all_kinds_are_counted(house: House, worker: object) -> None:
    def up() -> dict[str, str]:
        return json.loads(house.call("GET", "/readyz")[1])

    logs = [house.log.with_name(name) for name in ("beat.log", "metrics.log")]
    assert up()["beat"] == "away"
    beat = house.process("celery", "-A", "legalcity", "beat", log=logs[0])
    server = house.process("django", "serve_metrics", "--settings", "legalcity.settings", log=logs[1])
    with beat, server:
        eventually(lambda: is_open(int(house.environment["METRICS_PORT"])), logs[1].read_text)
        eventually(lambda: up()["beat"] == up()["worker"] == "ok", logs[0].read_text)
        assert up() == {
            "status": "ready", "database": "ok", "redis": "ok", "worker": "ok", "beat": "ok", "replica": "unused",
            "scanner": "away",
        }  # fmt: skip

        def figures() -> str:
            with urlopen(f"http://127.0.0.1:{house.environment['METRICS_PORT']}/metrics", timeout=30) as answer:
                return answer.read().decode()

        def lists() -> float:
            label = r'legalcity_requests_total\{method="GET",route="recoveries",status="2xx"\} (\S+)'
            found = re.search(label, figures())
            return float(found[1]) if found else 0

        asked = lists()  # By tests that ran before this one.
        house.call("GET", "/api/recoveries", Authorization=house.bearer)
        # The clock has sent it, a child of the worker has done it.
        done = 'legalcity_tasks_total{outcome="success",task="events.tasks.deliver"}'
        eventually(lambda: done in figures(), figures)
        told = figures()
        assert lists() == asked + 1
    for sample in (
        'legalcity_up{service="database"} 1.0',
        'legalcity_up{service="scanner"} 0.0',
        'legalcity_queue_messages{queue="webhooks"}',
        'legalcity_heartbeat_age_seconds{process="beat"}',
        'legalcity_heartbeat_age_seconds{process="worker:webhooks"}',
        "legalcity_measures_missing 0.0",
    ):
        assert f"\n{sample}" in told, told
    assert "client@example.com" not in told


# --- Redis -----------------------------------------------------------------------------------------------------
def test_what_a_stranger_planted_in_the_cache_is_not_loaded(house: House, tmp_path: Path) -> None:
    class Planted:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    cookie = house.come_in()
    assert house.call("GET", "/admin/", Cookie=cookie)[0].status == 200
    with redis.Redis.from_url(house.cache.url) as client:
        keys = list(client.scan_iter("*home:*"))
        assert keys
        for key in keys:
            client.set(key, pickle.dumps(Planted()))
    assert house.call("GET", "/admin/", Cookie=cookie)[0].status == 200
    assert not (tmp_path / "ran").exists()


def test_every_page_and_call_is_answered_at_once_while_redis_hangs(house: House) -> None:
    client, chief = {"Authorization": house.bearer}, {"Cookie": house.come_in()}
    asked = {**dict.fromkeys(_calls(house), client), **dict.fromkeys(_pages(), chief)}
    next(house.call("GET", call, **client) for call in asked if call.endswith(".pdf"))  # Its library is read once.
    with house.hanging_redis():
        answers = {address: house.call("GET", address, **who) for address, who in asked.items()}
        took = [house.call("GET", "/api/health")[2] for _ in range(10)]
    told = [answer.status for answer, *_ in answers.values()]
    assert set(told) == {200, 302, 403, 404, 405}  # Forms that nobody fills in, and things that there are not.
    assert told.count(200) > 100
    assert {address: seconds for address, (*_, seconds) in answers.items() if seconds > AT_ONCE} == {}
    assert sum(took) < 2


def _calls(house: House) -> Iterator[str]:
    """Every call that reads, about things that there are or are not."""
    case = house.case()
    ids: dict[str, Any] = {
        "recovery_id": case["recovery"]["id"],
        "company_id": case["customer"]["id"],
        "invoice_id": case["invoices"][0]["id"],
        "side": "both",
    }
    others = ("comment_id", "document_id", "protected_id", "order_id", "event_id", "endpoint_id", "delivery_id")
    ids |= dict.fromkeys((*others, "identifier", "message_id", "number", "rehearsal_id"), 1)
    for route in routes().values():
        if "GET" in route.methods and route.name != "fallback":
            yield route.at(ids)


def _pages(patterns: Any = None, prefix: str = "/") -> Iterator[str]:
    """Every page of the back-office that is about no one thing, but the way out."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, address)
        elif address.startswith("/admin/") and "<" not in address and address != reverse("admin:logout"):
            yield address.removesuffix("$")


def test_a_login_is_counted_while_redis_hangs(house: House, hanging: None) -> None:
    wrong = {"email": "nobody@example.com", "key": "wrong"}
    statuses = [house.call("POST", "/api/auth/login", wrong)[0].status for _ in range(7)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_an_upload_is_acknowledged_within_seconds_while_redis_hangs(house: House) -> None:
    case = house.case()["recovery"]["id"]
    with house.hanging_redis():
        answer, _content, seconds = house.upload(case)
    assert answer.status in (201, 202)
    assert seconds < 5


def test_what_was_asked_of_the_workers_is_acknowledged_while_redis_hangs(house: House, hanging: None) -> None:
    script = (
        "import time; from accounts.tasks import purge_tokens; began = time.monotonic()\n"
        "try: purge_tokens.delay()\n"
        "except Exception: pass\n"
        "print(time.monotonic() - began)"
    )
    assert float(house.run("shell", "--no-imports", "-c", script).split()[-1]) < 3


def test_a_worker_works_on_after_redis_went_and_came_back(house: House, worker: subprocess.Popen[bytes]) -> None:
    log = worker_log(house)
    for _round in range(2):
        house.cache.kill()
        time.sleep(1)
        house.cache.start()
        done = log.read_text().count("purge_tokens")
        house.ask("accounts.tasks.purge_tokens")
        eventually(lambda done=done: log.read_text().count("purge_tokens") > done, log.read_text)
        assert worker.poll() is None


def test_a_task_that_ends_after_redis_went_ends_no_worker(house: House) -> None:
    with Connection(house.cache.url) as broker:
        channel = broker.default_channel
        queue = Queue("half-done", Exchange("half-done"), "half-done", channel=channel)
        queue.declare()
        Producer(channel).publish({}, exchange="half-done", routing_key="half-done")
        held = queue.get()
        assert held is not None
        house.cache.kill()
        channel._disconnect_pools()
        broker.transport.client = None  # As the library leaves what it has given up.
        with pytest.raises(broker.connection_errors):  # Which a worker makes anew; any other error ends it.
            held.ack()
        broker.maybe_close_channel(channel)
        house.cache.start()


# --- scanner and mail server -----------------------------------------------------------------------------------
@pytest.mark.skipif(clamd_server.PROGRAM is None, reason="apt-get install clamav-daemon to see the scanner away")
def test_a_document_waits_for_a_scanner_that_is_gone_or_silent(house: House, worker: object) -> None:
    case, cookie = house.case()["recovery"]["id"], house.come_in()
    answer, content, seconds = house.upload(case)
    shown = json.loads(content)["data"]
    assert (answer.status, shown["state"], shown["reason"]) == (202, "scanning", "scanner unavailable")
    assert seconds < AT_ONCE
    address = f"{docs_of(case)}/{shown['id']}"
    page = reverse("admin:documents_document_change", args=[shown["id"]])
    folder = Path(house.environment["CLAMD_URL"].removeprefix("unix://")).parent

    def waits() -> bool:
        rows = house.rows(f"SELECT state, claimed_until FROM documents_document WHERE id = {shown['id']}")
        return rows == [("scanning", None)]

    folder.mkdir()
    with silent(socket.AF_UNIX, f"{folder}/socket") as scanner:
        house.ask("documents.tasks.process", shown["id"])
        with scanner.accept()[0]:
            assert house.data("GET", address)["state"] == "scanning"
            assert house.call("GET", f"{address}/download", Authorization=house.bearer)[0].status == 404
            told, content, seconds = house.call("GET", page, Cookie=cookie)
            assert (told.status, b"scanner unavailable" in content, seconds < AT_ONCE) == (200, True, True)
            eventually(waits)
    shutil.rmtree(folder)
    folder.mkdir()
    with clamd_server.running(folder):
        house.rows("UPDATE documents_document SET due_at = now()")
        house.ask("documents.tasks.sweep")
        eventually(lambda: house.data("GET", address).get("state", "ready") == "ready", worker_log(house).read_text)
        assert house.call("GET", f"{address}/download", Authorization=house.bearer)[1] == PDF


def test_a_letter_waits_for_a_mail_server_that_is_gone_or_silent_then_failed_is_told(
    house: House, worker: object
) -> None:
    case, cookie = house.case()["recovery"]["id"], house.come_in()
    address = reverse("admin:recoveries_recovery_action", args=[case, "send-reminder"])
    answer, content, seconds = house.act(cookie, address, kind="relance_1", channel="email", to="debtor@example.com")
    assert (answer.status, seconds < AT_ONCE) == (302, True), content
    [[letter]] = house.rows("SELECT max(id) FROM recoveries_message")

    def stands(*row: object) -> None:
        query = f"SELECT state, attempts, error, claimed_until FROM recoveries_message WHERE id = {letter}"
        eventually(lambda: house.rows(query) == [(*row, None)], lambda: str(house.rows(query)))

    stands("queued", 1, "ConnectionRefusedError")
    with silent(socket.AF_INET, ("127.0.0.1", int(house.environment["EMAIL_URL"].rpartition(":")[2]))):
        house.ask("recoveries.tasks.send_email", letter)
        stands("queued", 2, "SMTPServerDisconnected")
    for attempt in (3, 4, 5):
        house.ask("recoveries.tasks.send_email", letter)
        stands("queued", attempt, "ConnectionRefusedError")
    house.ask("recoveries.tasks.send_email", letter)
    stands("failed", 6, "ConnectionRefusedError")
    page = house.call("GET", reverse("admin:recoveries_recovery_change", args=[case]), Cookie=cookie)[1].decode()
    assert "échec debtor@example.com (ConnectionRefusedError)" in words(page)
    told = house.data("GET", f"/api/events?recovery_id={case}")["items"]
    assert [event["type"] for event in told] == ["recovery.created", "message.failed"]


# --- PostgreSQL -------------------------------------------------------------------------------------------------
def test_without_a_database_callers_are_told_to_come_back(house: House) -> None:
    bearer, cookie = house.bearer, house.come_in()
    house.postgres.stop()
    try:
        for method, path, body in (
            ("GET", "/api/recoveries", None),
            ("POST", "/api/recoveries", {}),
            ("POST", "/api/auth/login", {"email": "a@example.com", "key": "x"}),
            ("POST", "/api/auth/refresh", None),
        ):
            answer, content, seconds = house.call(method, path, body, Authorization=bearer)
            assert (answer.status, json.loads(content)) == (
                503, {"success": False, "message": "Service temporarily unavailable", "code": "unavailable"},
            ), path  # fmt: skip
            assert int(answer.headers["Retry-After"]) > 0
            assert seconds < 6
        for path in ("/admin/", "/injonction/none"):
            answer, page, _ = house.call("GET", path, Cookie=cookie)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "10"), path
            assert "De retour dans un instant" in page.decode()
            assert b"Traceback" not in page
        assert house.call("GET", "/healthz")[0].status == 200
        answer, told, _ = house.call("GET", "/readyz")
        states = json.loads(told)
        assert (answer.status, states["status"], states["database"]) == (503, "no database", "away")
        assert states["redis"] == "ok"
    finally:
        house.postgres.start()
    assert house.call("GET", "/api/recoveries", Authorization=bearer)[0].status == 200
    assert house.call("GET", "/admin/", Cookie=cookie)[0].status == 200
