"""The product while its services are away: real processes, a Redis that hangs or goes, a PostgreSQL that stops."""

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from kombu import Connection, Exchange, Producer, Queue

from documents.tests.forms import MULTIPART, PDF, docs_of, form
from tests.services import MISSING, Postgres, Redis, eventually, free_port, is_open

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(MISSING, reason="apt-get install postgresql redis-server to see outages"),
]

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "tulipe sur le port"
Environment = dict[str, str]


class House:
    """A server of one process, on services of this module alone."""

    def __init__(self, environment: Environment, postgres: Postgres, cache: Redis) -> None:
        self.environment, self.postgres, self.cache = environment, postgres, cache
        self.log = Path(environment["DATA_DIR"]) / "server.log"

    def run(self, *words: str) -> str:
        """A command of manage.py; what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True, timeout=120
        )
        return done.stdout

    @contextmanager
    def process(self, *words: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product, ended with the test."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[HTTPResponse, bytes, float]:
        """An answer, its body, and the seconds it took."""
        caller = HTTPConnection("127.0.0.1", int(self.environment["PORT"]), timeout=30)
        is_form = isinstance(body, str)
        sent = body if is_form or body is None else json.dumps(body)
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        began = time.monotonic()
        caller.request(method, path, sent, {"Content-Type": kind, **headers})
        answer = caller.getresponse()
        content = answer.read()
        caller.close()
        return answer, content, time.monotonic() - began

    def come_in(self) -> str:
        """The cookies of a chief who has logged in to the back-office."""
        form, page, _ = self.call("GET", "/admin/login/")
        cookies = SimpleCookie(form.headers["Set-Cookie"])
        token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        sent = {"username": "chief@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token[1].decode()}
        held = f"csrftoken={cookies['csrftoken'].value}"
        answer, *_ = self.call("POST", "/admin/login/", urlencode({**sent, "next": "/admin/"}), Cookie=held)
        assert answer.status == 302
        given = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
        return f"sessionid={given['sessionid'].value}"

    def token(self) -> str:
        """The header of a client who has logged in to the API."""
        name = f"client{time.monotonic_ns()}@example.com"
        names = ("--email", name, "--first-name", "A", "--last-name", "B")
        made = json.loads(self.run("create_api_user", *names, "--json"))
        _answer, content, _ = self.call("POST", "/api/auth/login", {"email": name, "key": made["api_key"]})
        return f"Bearer {json.loads(content)['data']['token']}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything up; a manager and superuser may come in."""
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
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    made = House(environment, postgres, cache)
    try:
        made.run("migrate", "--verbosity", "0")
        names = ("--email", "chief@example.com", "--first_name", "Ada", "--last_name", "Chief")
        made.run("createsuperuser", "--noinput", *names)
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
    house.cache.signal(signal.SIGSTOP)
    yield
    house.cache.signal(signal.SIGCONT)
    time.sleep(5.5)  # Until the server asks it again.


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


def test_pages_and_lists_are_answered_at_once_while_redis_hangs(house: House, hanging: None) -> None:
    cookie = house.come_in()
    for path in ("/admin/", "/admin/portfolio/", "/admin/"):
        answer, _page, seconds = house.call("GET", path, Cookie=cookie)
        assert answer.status == 200, path
        assert seconds < 3, path
    took = [house.call("GET", "/api/health")[2] for _ in range(10)]
    assert sum(took) < 2


def test_a_login_is_counted_while_redis_hangs(house: House, hanging: None) -> None:
    wrong = {"email": "nobody@example.com", "key": "wrong"}
    statuses = [house.call("POST", "/api/auth/login", wrong)[0].status for _ in range(7)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_an_upload_is_acknowledged_within_seconds_while_redis_hangs(house: House) -> None:
    bearer = house.token()
    body = {"recovery_service_object": "x", "recovery_due_date": "2026-01-05"}
    _answer, content, _ = house.call("POST", "/api/recoveries", body, Authorization=bearer)
    case = json.loads(content)["data"]["id"]
    sent = form(PDF, "a.pdf", name="Contract")
    house.cache.signal(signal.SIGSTOP)
    try:
        caller = HTTPConnection("127.0.0.1", int(house.environment["PORT"]), timeout=30)
        began = time.monotonic()
        caller.request("POST", docs_of(case), sent, {"Content-Type": MULTIPART, "Authorization": bearer})
        answer = caller.getresponse()
        answer.read()
        seconds = time.monotonic() - began
        caller.close()
    finally:
        house.cache.signal(signal.SIGCONT)
        time.sleep(5.5)
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


def test_a_worker_works_on_after_redis_went_and_came_back(house: House, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    words = ("celery", "-A", "legalcity", "worker", "--loglevel", "INFO", "--concurrency", "1")
    ask = "from accounts.tasks import purge_tokens; purge_tokens.delay()"
    with house.process(*words, log=log) as worker:
        eventually(lambda: "ready." in log.read_text(), log.read_text)
        for _round in range(2):
            house.cache.kill()
            time.sleep(1)
            house.cache.start()
            done = log.read_text().count("purge_tokens")
            house.run("shell", "--no-imports", "-c", ask)
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


# --- PostgreSQL -------------------------------------------------------------------------------------------------
def test_without_a_database_callers_are_told_to_come_back(house: House) -> None:
    bearer, cookie = house.token(), house.come_in()
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
        assert house.call("GET", "/readyz")[0].status == 503
    finally:
        house.postgres.start()
    assert house.call("GET", "/api/recoveries", Authorization=bearer)[0].status == 200
    assert house.call("GET", "/admin/", Cookie=cookie)[0].status == 200
