"""What `deploy/` holds, as far as a machine without containers can try it: units, proxy, image, compose file."""

import json
import os
import re
import runpy
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPMessage, HTTPSConnection
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from scripts.check_deploy import production
from tests.proxy import NGINX, proxied, proxy_written

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.is_file())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yml").read_text())
PRODUCT = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "legalcity"}
READERS = [
    ROOT / "gunicorn.conf.py",
    ROOT / "legalcity" / "settings.py",
    *(ROOT / "legalcity" / "lib" / "settings").glob("*.py"),
]
READ_BY_US = "\n".join(path.read_text() for path in READERS)
QUEUES = {queue.name for queue in settings.CELERY_TASK_QUEUES}
PYTHON = "/opt/legalcity/.venv/bin/python"
OF_THE_UNIT = {"PYTHONUNBUFFERED", "WORKER_CONCURRENCY", "QUEUES"}
SOCKETS = {"database": 5432, "redis": 6379, "scanner": 3310, "mail": 1025, "storage": 9000}


def is_read(name: str) -> bool:
    """Whether a setting of this name is read somewhere."""
    return f'"{name}"' in READ_BY_US


# --- systemd ---------------------------------------------------------------------------------------------------
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="apt-get install systemd to check units")
def test_systemd_understands_the_units_and_finds_them_hardened(tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PYTHON, sys.executable))
    names = [str(tmp_path / unit.name.replace("@.", "@bulk.")) for unit in UNITS]
    shutil.copy(tmp_path / "legalcity-worker@.service", tmp_path / "legalcity-worker@bulk.service")
    told = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True)
    assert [line for line in told.stderr.splitlines() if "legalcity" in line] == []
    for name in (name for name in names if name.endswith(".service")):
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", name]
        assert subprocess.run(command, capture_output=True).returncode == 0, f"{name} is too open"


def test_units_run_commands_that_are_there_with_settings_that_are_read() -> None:
    for unit in UNITS:
        text = unit.read_text()
        for command in re.findall(r"manage\.py (\w+)", text):
            assert command in get_commands(), unit.name
        for line in re.findall(r"^Environment=(.+)$", text, re.M):
            names = {pair.partition("=")[0] for pair in line.split()}
            assert all(map(is_read, names - OF_THE_UNIT)), unit.name
        if unit.suffix == ".service":
            assert "User=legalcity" in text
            assert "ProtectSystem=strict" in text


def test_the_stand_in_runs_what_the_web_server_runs_at_the_same_port() -> None:
    web, stand_in = ((DEPLOY / "systemd" / f"legalcity-{name}.service").read_text() for name in ("web", "standin"))
    lines = [{line for line in text.splitlines() if "=" in line and line[0] != "#"} for text in (web, stand_in)]
    only = sorted(line.partition("=")[0] for line in lines[0] ^ lines[1])
    assert only == ["Description", "Description", "ExecReload", "Restart", "RestartSec", "Sockets", "WantedBy"]
    assert "Sockets=legalcity-web.socket" in lines[1]


def test_the_pages_files_are_for_others_than_who_built_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")  # As where it is run.
    folder = tmp_path / "static" / "admin"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "base.css.gz").touch(mode=0o600)
    runpy.run_path(str(ROOT / "scripts" / "build_static.py"))["open_to_readers"](tmp_path / "static")
    assert [path.stat().st_mode & 0o777 for path in (folder.parent, folder, *folder.iterdir())] == [0o755, 0o755, 0o644]


# --- the proxy -------------------------------------------------------------------------------------------------
needs_nginx = pytest.mark.skipif(NGINX is None, reason="apt-get install nginx-light to check the proxy")


@needs_nginx
def test_nginx_understands_the_proxy(tmp_path: Path) -> None:
    whole = proxy_written(tmp_path)
    told = subprocess.run([str(NGINX), "-t", "-q", "-c", str(whole)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


@pytest.fixture
def hanging_up() -> Iterator[int]:
    """The port of a server that takes each request and closes without an answer."""

    class HangUp(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)

    with ThreadingTCPServer(("127.0.0.1", 0), HangUp) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def proxy(tmp_path: Path, hanging_up: int) -> Iterator[int]:
    """The port of the proxy in front of it."""
    with proxied(tmp_path, [hanging_up]) as port:
        yield port


def asked_through(port: int, method: str, path: str) -> tuple[int, HTTPMessage, bytes]:
    """Status, headers and body of an answer of the proxy."""
    window = HTTPSConnection("127.0.0.1", port, timeout=10, context=ssl._create_unverified_context())
    with closing(window):
        window.request(method, path, body=b"{}" if method == "POST" else None)
        answer = window.getresponse()
        return answer.status, answer.headers, answer.read()


@needs_nginx
def test_the_proxy_promises_nothing_of_a_request_that_it_passed_on(proxy: int) -> None:
    status, headers, body = asked_through(proxy, "POST", "/api/recoveries")
    assert (status, headers["Access-Control-Allow-Origin"]) == (502, "*")
    assert json.loads(body)["code"] == "no_answer"
    status, headers, body = asked_through(proxy, "GET", "/admin/")
    assert (status, headers["Content-Type"]) == (502, "text/html")


@needs_nginx
def test_no_log_of_the_proxy_has_the_address_of_a_calendar(proxy: int, tmp_path: Path) -> None:
    assert asked_through(proxy, "GET", "/calendar/secret.ics")[0] == 502
    assert asked_through(proxy, "GET", "/admin/")[0] == 502
    logs = (tmp_path / "access.log").read_text() + (tmp_path / "log").read_text()
    assert "/admin/" in logs
    assert "secret" not in logs


# --- containers ------------------------------------------------------------------------------------------------
def filled(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a service, with what `.env` gives."""
    given = {"ALLOWED_HOSTS": "api.example.fr", "PUBLIC_BASE_URL": "https://api.example.fr"}

    def value(found: re.Match[str]) -> str:
        name, otherwise = found["name"], found["otherwise"]
        return given.get(name) or (
            otherwise if otherwise is not None else f"{name.lower()}-4f9a1c7e2b8d60351a2b3c4d5e6f7080a1b2c3d4"
        )

    variable = re.compile(r"\$\{(?P<name>\w+)(?::(?:\?|-(?P<otherwise>[^}]*)))?\}")
    return {name: variable.sub(value, text) for name, text in environment.items()}


def test_the_product_starts_with_the_settings_of_the_compose_file(tmp_path: Path) -> None:
    for environment in {str(one["environment"]): one["environment"] for one in PRODUCT.values()}.values():
        assert [name for name in environment if not is_read(name)] == []
        kept = {name: production(tmp_path)[name] for name in ("JWT_PRIVATE_KEYS", "DATA_DIR")}
        ours = {"PATH": os.environ["PATH"], **filled(environment), **kept}
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        told = subprocess.run(command, cwd=ROOT, env=ours, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr


def test_whoever_is_asked_for_is_a_service_at_the_port_where_it_listens() -> None:
    for environment in (one["environment"] for one in PRODUCT.values()):
        asked = [urlsplit(url) for url in filled(environment).values() if "://" in url and "example.fr" not in url]
        assert {parts.hostname: parts.port for parts in asked} == SOCKETS
    assert set(SOCKETS) <= set(COMPOSE["services"])
    redis = COMPOSE["services"]["redis"]["command"]
    assert redis[redis.index("--tls-port") + 1] == "6379"
    assert "--requirepass" in redis
    assert COMPOSE["services"]["pooler"]["environment"]["DB_HOST"] == "database"


def test_every_queue_has_a_worker() -> None:
    served = {
        queue
        for one in PRODUCT.values()
        if "--queues" in one.get("command", [])
        for queue in one["command"][one["command"].index("--queues") + 1].split(",")
    }
    assert served == QUEUES
    # And by systemd: a worker of each, as docs/ops.md has them started.
    drop_in = (DEPLOY / "systemd" / "legalcity-worker@bulk.service.d" / "queues.conf").read_text()
    started = set(re.findall(r"legalcity-worker@(\w+)", (ROOT / "docs" / "ops.md").read_text()))
    assert started | set(drop_in.strip().rpartition("QUEUES=")[2].split(",")) == QUEUES


def test_nothing_of_the_product_writes_to_its_image_or_has_more_rights_than_it_needs() -> None:
    for one in PRODUCT.values():
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
    for service in COMPOSE["services"].values():
        assert "privileged" not in service
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert ":latest" not in service["image"]


def test_all_that_must_be_given_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "container" / "compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (DEPLOY / "container" / "env.example").read_text(), re.M))
    assert asked <= offered


def test_the_steps_of_the_image_are_carried_out_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")  # As where it is run.
    steps = runpy.run_path(str(ROOT / "scripts" / "image_steps.py"))
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
    assert {name for name, _rest in steps["instructions"]()} <= known
    (tmp_path / "base").mkdir()
    stage = steps["Stage"](tmp_path / "last", tmp_path / "base")
    for name, rest in (("WORKDIR", "/opt/a"), ("COPY", ". ."), ("ENV", "PATH=/x:$PATH A=b"), ("USER", "10001")):
        stage.carry_out(name, rest, {})
    inside = tmp_path / "last" / "opt" / "a"
    assert (inside / "manage.py").read_text() == (ROOT / "manage.py").read_text()
    assert not any((inside / name).exists() for name in (".git", ".venv"))
    assert (stage.user, stage.environment["A"], stage.environment["PATH"][:3]) == ("10001", "b", "/x:")


def test_the_image_has_the_libraries_that_setup_installs_and_a_user_of_its_own() -> None:
    image = (DEPLOY / "container" / "Containerfile").read_text()
    wanted = re.findall(r'missing="\$missing ([\w.-]+)"', (ROOT / "scripts" / "setup.sh").read_text())
    assert len(wanted) >= 4
    assert [package for package in wanted if package not in image] == []
    assert image.rindex("USER 10001") < image.rindex("CMD [")
    named = re.findall(r"(?<=[ \"])(?:scripts|deploy)/[\w./]+\.py", image)
    assert len(named) == 2
    assert [source for source in named if not (ROOT / source).exists()] == []
