"""Starting the product from outside, as a supervisor does: what is refused, with which sentence and exit code."""

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection

from tests.emptying import KEPT
from tests.services import eventually

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent
# Port 1 of this machine: nobody listens, so a connection is refused at once.
NOBODY = "127.0.0.1:1"
UNREACHABLE = {
    "DATABASE_URL": f"postgres://user:hidden@{NOBODY}/legalcity",
    "REDIS_URL": f"redis://:hidden@{NOBODY}/0",
    "CELERY_BROKER_URL": f"amqp://user:hidden@{NOBODY}//",
}
REFUSED = 3
JSON = {"Content-Type": "application/json"}

Environment = dict[str, str]


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Everything that production asks for, with services that nobody offers."""
    folder = tmp_path_factory.mktemp("production")
    key = folder / "jwt.pem"
    key.write_bytes(
        rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATA_DIR": str(folder),
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEYS": secrets.token_urlsafe(32),
        "JWT_PRIVATE_KEYS": str(key),
        "ALLOWED_HOSTS": "api.example.fr,127.0.0.1",
        "PUBLIC_BASE_URL": "https://api.example.fr",
        "CLAMD_URL": f"tcp://{NOBODY}",
        **UNREACHABLE,
    }


@pytest.fixture(scope="module")
def migrated(production: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the embedded default as its first commands leave it. To be looked at, and copied."""
    data = tmp_path_factory.mktemp("first") / "deep" / "var"
    environment = {**{name: production[name] for name in ("PATH", "HOME")}, "DATA_DIR": str(data), "EMBEDDED": "1"}
    question = "from accounts.keyring import keyring; keyring.keys"
    assert run(environment, "manage.py", "migrate", "--verbosity", "0").returncode == 0
    assert run(environment, "manage.py", "shell", "-c", question).returncode == 0
    return data


def run(environment: Environment, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end; one that goes on for minutes fails the test."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that tells the operator, without a traceback."""
    assert "Traceback" not in result.stderr, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("legalcity: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


class TestSettings:
    def test_a_complete_production_environment_passes_the_deployment_check(self, production: Environment) -> None:
        result = run(production, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
        assert result.returncode == 0, result.stderr

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("SECRET_KEY", "50 random characters"),
            ("ENCRYPTION_KEYS", "32 characters or more"),
            ("JWT_PRIVATE_KEYS", "openssl genrsa"),
            ("ALLOWED_HOSTS", "name the hosts"),
            ("PUBLIC_BASE_URL", "such as https://api.example.fr"),
            ("DATABASE_URL", "postgres://user:password@host:5432/name"),
            ("REDIS_URL", "rediss://user:password@host:6379/0"),
        ],
    )
    def test_a_setting_that_is_missing_is_named_with_what_to_do(
        self, production: Environment, name: str, hint: str
    ) -> None:
        result = run({**production, name: ""}, "manage.py", "check")
        assert result.returncode == 1
        assert sentence(result).startswith(f"legalcity: {name} is not set and only EMBEDDED=1 does without: ")
        assert hint in sentence(result)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("SECRET_KEY", "embedded-development-key"),
            ("SECRET_KEY", "change-me-" * 6),
            ("SECRET_KEY", "django-insecure-kq2x7vnd0aw5mzt9c4hyu8sebj1rgf3lpoi6Q"),
            ("ENCRYPTION_KEYS", "short"),
            ("ENCRYPTION_KEYS", "0" * 40),
            ("ALLOWED_HOSTS", "*"),
            ("PUBLIC_BASE_URL", "http://api.example.fr"),
            ("DATABASE_URL", "sqlite:////tmp/never-made.sqlite3"),
            ("REDIS_URL", "redis://cache.example:6379/0"),
            ("REDIS_URL", "redis://:hidden@cache.example:6379/0"),
            ("REDIS_URL", "rediss://192.0.2.7:6379/0"),
            ("CELERY_BROKER_URL", "redis://queue.example:6379/0"),
        ],
    )
    def test_a_setting_that_is_not_safe_is_named_and_not_shown(
        self, production: Environment, name: str, value: str
    ) -> None:
        result = run({**production, name: value}, "manage.py", "check")
        assert result.returncode == 1
        assert sentence(result).startswith(f"legalcity: {name} is not safe and only EMBEDDED=1 does without: ")
        assert value == "*" or value not in result.stderr

    @pytest.mark.parametrize(
        "url", ["redis://localhost:6379/0", "redis://[::1]:6379/0", "rediss://user:hidden@cache.example:6379/0"]
    )
    def test_a_redis_of_this_machine_or_behind_a_password_and_tls_will_do(
        self, production: Environment, url: str
    ) -> None:
        assert run({**production, "REDIS_URL": url}, "manage.py", "check").returncode == 0

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("DEBUG", "perhaps", "DEBUG='perhaps' is neither yes nor no: set it to 1 or 0."),
            ("TRUSTED_PROXIES", "٥", "set it to a whole number from 0 to 10"),
            ("TRUSTED_PROXIES", "11", "set it to a whole number from 0 to 10"),
            ("DATABASE_URL", "mysql://user:hidden@host/name", "begins with postgres://"),
            ("DATABASE_URL", "postgres://user:hidden@host:5432", "names no database"),
            ("DATABASE_URL", "postgres://user:hidden@host:port/name", "its port is no number"),
            ("REDIS_URL", "http://user:hidden@host", "begins with redis://"),
            ("REDIS_URL", "redis://user:hidden@host:66379/0", "its port is no number"),
            ("PUBLIC_BASE_URL", "https://", "names neither a host nor a path"),
            ("ALLOWED_HOSTS", "https://api.example.fr", "lists 'https://api.example.fr', which no request names"),
            ("ALLOWED_HOSTS", "api.example.fr, api.example.fr:443", "lists 'api.example.fr:443'"),
            ("SENTRY_DSN", "https://hidden@errors.example", "write https://key@host/number"),
            (
                "DATABASE_URL",
                "sqlite:////dev/null/never-made",
                "set DATA_DIR (or DATABASE_URL) to a place that this user may write to",
            ),
            ("CLAMD_URL", "tcp://:3310", "names neither a host nor a path"),
            ("WEBHOOK_PORTS", "https", "list of whole numbers between 1 and 65535"),
        ],
    )
    def test_nonsense_is_refused_in_development_too(
        self, production: Environment, name: str, value: str, told: str
    ) -> None:
        result = run({**production, "DEBUG": "1", name: value}, "manage.py", "check")
        assert result.returncode == 1
        assert told in sentence(result)
        assert "hidden" not in result.stderr

    def test_nothing_but_the_switch_is_needed_to_try_it(self, production: Environment) -> None:
        bare = {name: production[name] for name in ("PATH", "HOME", "DATA_DIR")}
        assert run({**bare, "EMBEDDED": "1"}, "manage.py", "check").returncode == 0

    def test_with_nothing_set_it_is_production_and_asks_for_its_secret(self, production: Environment) -> None:
        bare = {name: production[name] for name in ("PATH", "HOME", "DATA_DIR")}
        result = run(bare, "manage.py", "check")
        assert result.returncode == 1
        assert sentence(result).startswith("legalcity: SECRET_KEY is not set and only EMBEDDED=1 does without: ")

    def test_what_looks_at_the_code_alone_needs_nothing(self, production: Environment) -> None:
        bare = {name: production[name] for name in ("PATH", "HOME", "DATA_DIR")}
        result = run(bare, "manage.py", "makemigrations", "--check", "--dry-run")
        assert (result.returncode, result.stdout.strip()) == (0, "No changes detected")
        result = run({**bare, "REDIS_URL": "redis://127.0.0.1:1/0"}, "manage.py", "makemigrations", "--check")
        assert sentence(result).startswith("legalcity: SECRET_KEY is not set")

    def test_make_takes_who_names_nothing_for_one_who_tries_it(self, production: Environment) -> None:
        def told(target: str, **more: str) -> str:
            bare = {name: production[name] for name in ("PATH", "HOME")}
            made = subprocess.run(
                ["make", "-n", target], cwd=ROOT, env={**bare, **more}, capture_output=True, text=True, check=True
            )
            return made.stdout

        for target in ("serve", "worker", "beat", "migrate"):
            assert "EMBEDDED=1" in told(target)
            for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "DEBUG"):
                assert "EMBEDDED=1" not in told(target, **{name: "0"})

    def test_what_it_writes_is_for_its_own_user(self, migrated: Path) -> None:
        written = [migrated.parent, *migrated.parent.rglob("*")]
        assert any(path.name.startswith("legalcity.sqlite3") for path in written)
        assert any(path.suffix == ".pem" for path in written)
        assert [path for path in written if path.stat().st_mode & 0o077] == []

    @pytest.mark.django_db
    @pytest.mark.same_everywhere
    @pytest.mark.skipif(connection.vendor != "sqlite", reason="the embedded default is SQLite")
    def test_the_database_of_tests_is_the_one_that_migrate_makes(self, migrated: Path) -> None:
        everything = "SELECT type, name, tbl_name, sql FROM sqlite_master"
        with closing(sqlite3.connect(migrated / "legalcity.sqlite3")) as made, connection.cursor() as cursor:
            tables = set(made.execute(everything))
            assert {row for row in cursor.execute(everything) if not row[2].startswith(KEPT)} == tables
            for name in (row[1] for row in tables if row[0] == "table" and not row[1].startswith("sqlite_")):
                count = f"SELECT count(*) FROM {name}"
                assert cursor.execute(count).fetchone() == made.execute(count).fetchone(), name

    def test_a_database_that_others_could_read_is_shut(self, production: Environment, tmp_path: Path) -> None:
        old = tmp_path / "legalcity.sqlite3"
        old.touch()
        old.chmod(0o644)
        environment = {**{name: production[name] for name in ("PATH", "HOME")}, "DATA_DIR": str(tmp_path)}
        assert run({**environment, "EMBEDDED": "1"}, "manage.py", "check").returncode == 0
        assert old.stat().st_mode & 0o777 == 0o600


class TestServices:
    @pytest.mark.parametrize(
        "command",
        [
            pytest.param(("-m", "gunicorn", "legalcity.wsgi"), id="gunicorn"),
            pytest.param(("-m", "legalcity.lib.startup", "worker"), id="worker"),
            pytest.param(("-m", "celery", "-A", "legalcity", "worker"), id="celery worker"),
            pytest.param(("-m", "celery", "-A", "legalcity", "beat", "-s", "{folder}/schedule"), id="celery beat"),
        ],
    )
    def test_what_cannot_be_reached_is_told_once_and_ends_the_start(
        self, production: Environment, command: tuple[str, ...]
    ) -> None:
        words = [word.format(folder=production["DATA_DIR"]) for word in command]
        result = run({**production, "PORT": str(free_port())}, *words)
        assert result.returncode == REFUSED
        assert "Traceback" not in result.stderr
        assert "Booting worker" not in result.stderr
        told = [line for line in result.stderr.splitlines() if " cannot be reached" in line]
        assert len(told) == 3
        for line, name, advice in zip(told, UNREACHABLE, ("start it", "start Redis", "start its broker"), strict=True):
            assert f"of {name} cannot be reached" in line
            assert advice in line
        assert "hidden" not in result.stderr

    def test_migrations_of_a_database_that_is_away_are_given_up_with_a_sentence(self, production: Environment) -> None:
        result = run(production, "manage.py", "migrate")
        assert result.returncode == 1
        assert "the database of DATABASE_URL cannot be reached: start it" in result.stderr
        assert "Traceback" not in result.stderr
        assert "hidden" not in result.stderr

    def test_a_database_without_its_tables_is_refused(self, production: Environment, tmp_path: Path) -> None:
        bare = {name: production[name] for name in ("PATH", "HOME")}
        fresh = {**bare, "EMBEDDED": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.sqlite3'}"}
        result = run(fresh, "-m", "legalcity.lib.startup")
        assert result.returncode == REFUSED
        assert "migrations: run `python manage.py migrate` first." in result.stderr

    def test_pages_without_their_files_are_refused(self, production: Environment, tmp_path: Path) -> None:
        result = run({**production, "STATIC_DIR": str(tmp_path / "none")}, "-m", "legalcity.lib.startup")
        assert result.returncode == REFUSED
        assert f"legalcity: the pages' static files are not in {tmp_path / 'none'}" in result.stderr
        assert "static files" not in run(production, "-m", "legalcity.lib.startup", "worker").stderr

    def test_a_signing_key_that_cannot_be_read_is_refused(self, production: Environment, tmp_path: Path) -> None:
        broken = tmp_path / "broken.pem"
        broken.write_text("no key at all")
        environment = {**production, "JWT_PRIVATE_KEYS": str(broken), "PORT": str(free_port())}
        result = run(environment, "-m", "gunicorn", "legalcity.wsgi")
        assert result.returncode == REFUSED
        assert f"JWT_PRIVATE_KEYS names {broken}" in sentence(result)

    @pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("PORT", "70000"), ("WEB_CONCURRENCY", "0")])
    def test_the_servers_own_settings_are_checked(self, production: Environment, name: str, value: str) -> None:
        result = run({**production, name: value}, "-m", "gunicorn", "legalcity.wsgi")
        assert result.returncode == REFUSED
        assert sentence(result).startswith(f"legalcity: {name}='{value}' does not do")

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("HOST", "0.0.0.0", "HOST=0.0.0.0 lets other machines in and EMBEDDED=1 is for this one alone"),
            ("HOST", "::", "HOST=:: lets other machines in and EMBEDDED=1 is for this one alone"),
            ("WEB_CONCURRENCY", "2", "WEB_CONCURRENCY='2' does not do: set it to a whole number from 1 to 1"),
        ],
    )
    def test_the_embedded_default_is_one_process_for_this_machine_alone(
        self, production: Environment, name: str, value: str, told: str
    ) -> None:
        bare = {each: production[each] for each in ("PATH", "HOME", "DATA_DIR")}
        result = run({**bare, "EMBEDDED": "1", name: value}, "-m", "gunicorn", "legalcity.wsgi")
        assert result.returncode == REFUSED
        assert told in sentence(result)

    @pytest.mark.skipif(os.geteuid() != 0, reason="who runs the tests is not root")
    def test_a_server_of_root_is_warned(self, production: Environment) -> None:
        assert "legalcity: this runs as root" in run(production, "-m", "legalcity.lib.startup").stderr

    @pytest.mark.parametrize("command", ["legalcity.lib.startup worker", "celery -A legalcity worker"])
    def test_a_worker_without_a_queue_is_refused_in_the_embedded_default_too(
        self, production: Environment, command: str
    ) -> None:
        bare = {name: production[name] for name in ("PATH", "HOME", "DATA_DIR")}
        result = run({**bare, "EMBEDDED": "1"}, "-m", *command.split())
        assert result.returncode == REFUSED
        assert "Set REDIS_URL (or CELERY_BROKER_URL) for a worker." in sentence(result)


class TestServer:
    @pytest.fixture(scope="class")
    def embedded(
        self, production: Environment, migrated: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> Environment:
        """The embedded default, its database ready."""
        return {
            **{name: production[name] for name in ("PATH", "HOME")},
            "DATA_DIR": str(shutil.copytree(migrated, tmp_path_factory.mktemp("embedded") / "var")),
            "EMBEDDED": "1",
            "RATE_LIMITS_ENABLED": "0",  # These tests log in more often than anybody may.
        }

    @pytest.fixture(scope="class")
    def left_behind(self, embedded: Environment) -> str:
        """The number of an order that a process took before it was killed; a chief is logged in, too."""
        who = ("--email", "client@example.com", "--first-name", "A", "--last-name", "B")
        assert run(embedded, "manage.py", "create_api_user", *who).returncode == 0
        order = """
from datetime import timedelta
from accounts.models import User
from legalcity.lib.clock import now
from scoring.models import ScoringOrder
ScoringOrder.objects.create(
    order_id="SCR-2026-001", user=User.objects.get(), company_id=1, company_name="ACME", solvency_report=True,
    surveillance=False, created_at=now(), estimated_delivery=now(), status="processing", attempts=1,
    claimed_until=now() - timedelta(hours=1),
)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
chief = User.objects.create_superuser("chief@example.com", "tulipe sur le port", first_name="A", last_name="B")
known = {
    SESSION_KEY: str(chief.pk),
    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
    HASH_SESSION_KEY: chief.get_session_auth_hash(),
}
Session.objects.create(
    session_key="the-session-of-the-chief", session_data=SessionStore().encode(known),
    expire_date=now() + timedelta(hours=1),
)
"""
        written = run(embedded, "manage.py", "shell", "--no-imports", "-c", order)
        assert written.returncode == 0, written.stderr
        return "SCR-2026-001"

    @pytest.fixture(scope="class")
    def server(self, embedded: Environment, left_behind: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        """The embedded default under the production server, answering; it ends when it is told to."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "legalcity.wsgi"]
        with (Path(embedded["DATA_DIR"]) / "server.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env={**embedded, "PORT": str(port)}, stdout=log, stderr=log)
        try:
            _wait_until_ready(port, process)
            yield process, port
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            process.wait()

    def test_it_answers(self, server: tuple[subprocess.Popen[bytes], int], production: Environment) -> None:
        with urlopen(f"http://127.0.0.1:{server[1]}/readyz", timeout=10) as answer:
            told = json.load(answer)
        assert (told["status"], told["database"], told["worker"]) == ("ready", "ok", "unused")
        assert not (Path(production["HOME"]) / ".gunicorn").exists()

    def test_what_a_killed_process_left_behind_is_done_without_worker_and_beat(
        self, server: tuple[subprocess.Popen[bytes], int], embedded: Environment, left_behind: str
    ) -> None:
        def state() -> tuple[str, int]:
            with closing(sqlite3.connect(Path(embedded["DATA_DIR"]) / "legalcity.sqlite3")) as database:
                found = database.execute(
                    "SELECT status, attempts FROM scoring_scoringorder WHERE order_id = ?", [left_behind]
                ).fetchone()
            return found[0], found[1]

        deadline = time.monotonic() + 60
        while state()[0] == "processing" and time.monotonic() < deadline:
            time.sleep(0.2)
        assert state() == ("completed", 2)
        assert "uncaught" not in (Path(embedded["DATA_DIR"]) / "server.log").read_text()

    def test_a_page_is_read_while_somebody_writes_and_who_looked_is_kept(
        self, server: tuple[subprocess.Popen[bytes], int], embedded: Environment
    ) -> None:
        page = Request(
            f"http://127.0.0.1:{server[1]}/admin/accounts/user/1/change/",
            headers={"Cookie": "sessionid=the-session-of-the-chief"},
        )
        file = Path(embedded["DATA_DIR"]) / "legalcity.sqlite3"
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with urlopen(page, timeout=60) as answer:
                assert "client@example.com" in answer.read().decode()
            assert time.monotonic() - began < 10
            database.execute("ROLLBACK")
            looked = "SELECT actor_email FROM accounts_auditevent WHERE action = 'viewed'"
            eventually(lambda: database.execute(looked).fetchall() == [("chief@example.com",)])

    def test_bodies_without_a_length_are_read(self, server: tuple[subprocess.Popen[bytes], int]) -> None:
        bodies: list[tuple[list[bytes], int]] = [
            ([b'{"email": "nobody@example.fr", ', b'"key": "wrong"}'], 401),
            ([b'{"email": "nobody@exa'], 400),
            ([], 422),
            ([b" " * 60_000] * 100, 413),
        ]
        for chunks, status in bodies:
            caller = HTTPConnection("127.0.0.1", server[1], timeout=30)
            caller.request("POST", "/api/auth/login", iter(chunks), JSON, encode_chunked=True)
            answer = caller.getresponse()
            assert (answer.status, json.load(answer)["success"]) == (status, False)
            caller.close()
        head = "\r\n".join(f"{name}: {value}" for name, value in {**JSON, "Transfer-Encoding": "chunked"}.items())
        with socket.create_connection(("127.0.0.1", server[1]), timeout=30) as torn:
            torn.sendall(f"POST /api/auth/login HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            torn.sendall(b"2\r\n{}\r\nno length\r\n")
            assert torn.recv(64).startswith(b"HTTP/1.1 400 ")

    def test_a_walk_that_fails_names_its_step(
        self, server: tuple[subprocess.Popen[bytes], int], production: Environment
    ) -> None:
        nobody = {"PATH": production["PATH"], "LEGALCITY_EMAIL": "nobody@example.fr", "LEGALCITY_API_KEY": "wrong"}
        result = run(nobody, "scripts/walk.py", f"http://127.0.0.1:{server[1]}")
        assert result.returncode == 1
        assert "Step 2 failed" in result.stderr
        assert "expected status 200, got 401" in result.stderr


class TestDemo:
    def test_it_walks_the_main_job_shows_the_ways_in_and_ends_on_ctrl_c(
        self, production: Environment, migrated: Path, tmp_path: Path
    ) -> None:
        # The shell's own settings are not the demonstration's: these services are not there.
        environment = {**production, "DATA_DIR": str(shutil.copytree(migrated, tmp_path / "var"))}
        command = [sys.executable, "scripts/run_demo.py", "--port", str(free_port()), "--cases", "5"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        lines = []
        try:
            for line in process.stdout:
                lines.append(line)
                if "Server log" in line:
                    break
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=30)
        finally:
            process.kill()
        shown = "".join([*lines, rest])
        assert process.returncode == 0, shown
        for step in ("logs in", "files an unpaid case", "finds", "follows", "adds an invoice", "comments", "reads"):
            assert step in shown
        assert "verified with the secret of the endpoint" in shown
        assert "delivered after 1 try" in shown
        for way_in in ("/api ", "/docs", "/admin/", "key ", "password "):
            assert way_in in shown
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(command[3]))) != 0

    def test_a_port_that_is_taken_is_said_before_anything_is_done(
        self, production: Environment, tmp_path: Path
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            environment = {**production, "DATA_DIR": str(tmp_path / "data")}
            result = run(environment, "scripts/run_demo.py", "--port", str(port))
        assert result.returncode == 1
        assert f"port {port} of 127.0.0.1 cannot be had" in result.stderr
        assert not (tmp_path / "data").exists()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server did not start")
