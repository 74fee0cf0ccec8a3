"""A server of the product in processes of its own, as those who call it see it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from celery import Celery

from documents.tests.forms import MULTIPART, PDF, docs_of, form
from tests.factories import complete_body
from tests.letters import FREE
from tests.services import Postgres, Redis

ROOT = Path(__file__).resolve().parent.parent
CHIEF, PASSWORD = "chief@example.com", "tulipe sur le port"
BREAKER = 5.5  # seconds after which the server asks its Redis again
WORKER = ("celery", "-A", "legalcity", "worker", "--loglevel", "INFO", "--concurrency", "1")
START = 600  # seconds that a command may take where the machine is busy
FURNISH = f"""
from accounts.models import User
from constance import config
User.objects.create_superuser("{CHIEF}", "{PASSWORD}", first_name="Ada", last_name="Chief")
for name, value in {FREE!r}.items():
    setattr(config, name, value)
"""
Environment = dict[str, str]
Answer = tuple[HTTPResponse, bytes, float]


class House:
    """A server of one process, on services of its own. A manager and superuser may come in, and one client."""

    def __init__(self, environment: Environment, postgres: Postgres, cache: Redis) -> None:
        self.environment, self.postgres, self.cache = environment, postgres, cache
        self.log = Path(environment["DATA_DIR"]) / "server.log"

    def furnish(self) -> None:
        """Tables, the chief, and a firm that may write to debtors."""
        self.run("migrate", "--verbosity", "0")
        self.run("shell", "--no-imports", "-c", FURNISH)

    def run(self, *words: str) -> str:
        """A command of manage.py; what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True, timeout=START
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

    # --- what is behind it -------------------------------------------------------------------------------------------
    @contextmanager
    def hanging_redis(self) -> Iterator[None]:
        """A Redis that takes what it is asked and never answers."""
        self.cache.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.cache.signal(signal.SIGCONT)
            time.sleep(BREAKER)

    def ask(self, task: str, *args: Any) -> None:
        """Ask the workers for something, as the clock or a message that comes back does."""
        # Not the current application: the tasks of the tests that follow would go to this Redis too, when it is gone.
        with Celery(broker=self.cache.url, set_as_current=False) as programs:
            programs.send_task(task, args)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement gives, if anything."""
        with psycopg.connect(self.postgres.url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    # --- those who call it -------------------------------------------------------------------------------------------
    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """An answer, its body, and the seconds it took. Bytes are sent as they are, texts as a form of a page."""
        caller = HTTPConnection("127.0.0.1", int(self.environment["PORT"]), timeout=30)
        sent = body if isinstance(body, (str, bytes)) or body is None else json.dumps(body)
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.monotonic()
        caller.request(method, path, sent, {"Content-Type": kind, **given})
        answer = caller.getresponse()
        content = answer.read()
        caller.close()
        return answer, content, time.monotonic() - began

    def come_in(self) -> str:
        """The cookies of the chief, who has logged in to the back-office."""
        form, page, _ = self.call("GET", "/admin/login/")
        cookies = SimpleCookie(form.headers["Set-Cookie"])
        sent = {"username": CHIEF, "password": PASSWORD, "next": "/admin/", **_hidden(page, "csrfmiddlewaretoken")}
        held = f"csrftoken={cookies['csrftoken'].value}"
        answer, *_ = self.call("POST", "/admin/login/", urlencode(sent), Cookie=held)
        assert answer.status == 302
        given = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
        return "; ".join(f"{name}={given[name].value}" for name in ("sessionid", "csrftoken"))

    def act(self, cookie: str, address: str, **data: str) -> Answer:
        """Carry out an act of staff on its page."""
        page = self.call("GET", address, Cookie=cookie)[1]
        sent = {**_hidden(page, "csrfmiddlewaretoken"), **_hidden(page, "form_token"), **data}
        return self.call("POST", address, urlencode(sent), Cookie=cookie)

    @cached_property
    def bearer(self) -> str:
        """The header of a client who has logged in to the API."""
        name = "client@example.com"
        names = ("--email", name, "--first-name", "A", "--last-name", "B")
        made = json.loads(self.run("create_api_user", *names, "--json"))
        given = self.data("POST", "/api/auth/login", {"email": name, "key": made["api_key"]}, Authorization="")
        return f"Bearer {given['token']}"

    def data(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The `data` of a call of the client that must succeed."""
        headers = headers or {"Authorization": self.bearer}
        answer, content, _ = self.call(method, path, body, **headers)
        assert answer.status in (200, 201, 202), content
        return json.loads(content)["data"]

    def case(self) -> dict[str, Any]:
        """A complete case of the client."""
        return dict(self.data("POST", "/api/recoveries/complete", complete_body()))

    def upload(self, case: int) -> Answer:
        """Upload a document to a case of the client."""
        body = form(PDF, "a.pdf", name="Contract")
        return self.call("POST", docs_of(case), body, Content_Type=MULTIPART, Authorization=self.bearer)


def _hidden(page: bytes, name: str) -> dict[str, str]:
    """The hidden field of that name."""
    found = re.search(rf'name="{name}" value="([\w-]+)"'.encode(), page)
    assert found is not None, page
    return {name: found[1].decode()}
