"""How large a web process grows while many clients upload and download the largest documents at once.

    .venv/bin/python benchmarks/uploads.py [--clients 20] [--rounds 3]

A production server (gunicorn, 2 processes of 4 threads) on PostgreSQL and Redis, with a worker and a real clamd, all
on 127.0.0.1 and gone at the end. Each client uploads a file of 10 MiB, waits until it is served and downloads it
again, round after round. Prints a Markdown table and appends it to benchmarks/uploads.md.
"""

import argparse
import http.client
import io
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import calls
import machine
from databases import HERE, PREFIX, ROOT, connect, database_url, drop, migrate
from load import Call, ask
from PIL import Image
from servers import _free_port, _wait

from documents.tests import clamd_server
from documents.tests.samples import docx, pdf

MEBIBYTE = 1024 * 1024
SIZE = 10 * MEBIBYTE
PROCESSES, THREADS = 2, 4
GOAL = 150  # MiB above idle
BOUNDARY = "bench-boundary"
PATIENCE = 120  # seconds for one answer, and for one document to be served


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the memory of web processes under large documents.")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


# --- files -----------------------------------------------------------------------------------------------------
def _noisy_pdf() -> bytes:
    made = pdf(("noise.bin", secrets.token_bytes(SIZE - 10_000)), compressed=False)
    return made + b"\n" * (SIZE - len(made))


def _noisy_docx() -> bytes:
    noise = secrets.token_bytes(SIZE - 10_000)
    return docx(("word/media/noise.png", noise), compression=zipfile.ZIP_STORED)


def _noisy_picture(form: str, side: int, **options: int) -> bytes:
    made = io.BytesIO()
    Image.frombytes("RGB", (side, side), secrets.token_bytes(3 * side * side)).save(made, form, **options)
    return made.getvalue()


def files() -> dict[str, bytes]:
    """A file of nearly 10 MiB of several kinds, by name."""
    made = {
        "noise.pdf": _noisy_pdf(),
        "noise.docx": _noisy_docx(),
        "noise.png": _noisy_picture("PNG", 1850),
        "noise.jpg": _noisy_picture("JPEG", 2800, quality=95),
    }
    for name, content in made.items():
        if not 0.8 * SIZE < len(content) <= SIZE:
            raise SystemExit(f"bench: {name} has {len(content):,} bytes")
    return made


# --- memory ----------------------------------------------------------------------------------------------------
def _status(pid: int, name: str) -> float:
    """A line of /proc/PID/status, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


@dataclass(frozen=True)
class Growth:
    """What a process weighed at rest, at most, and afterwards (MiB, resident)."""

    idle: float
    peak: float
    after: float

    @property
    def above(self) -> float:
        """At most, above idle."""
        return self.peak - self.idle


class Scale:
    """Weighs processes: what they weigh when it is made is their idle size."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.idle = {pid: _status(pid, "VmRSS") for pid in pids}
        for pid in pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak begins anew.

    def growths(self) -> list[Growth]:
        """The growth of each, until now."""
        return [Growth(idle, _status(pid, "VmHWM"), _status(pid, "VmRSS")) for pid, idle in self.idle.items()]


# --- servers ---------------------------------------------------------------------------------------------------
@contextmanager
def process(name: str, command: Sequence[str], environment: dict[str, str], folder: Path) -> Iterator[int]:
    """A Python process of the project while the block lasts; its id."""
    with (folder / f"{name}.log").open("wb") as log:
        started = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        if "PORT" in environment and name == "web":
            _wait(int(environment["PORT"]), started, folder / f"{name}.log")
        yield started.pid
    finally:
        started.terminate()
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def database(environment: dict[str, str]) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    name = f"{PREFIX}{os.getpid()}_documents"
    with connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        migrate(name, environment)
        yield database_url(name)
    finally:
        drop(name)


def children(pid: int) -> list[int]:
    """Ids of a process's children."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


# --- clients ---------------------------------------------------------------------------------------------------
class Client:
    """Uploads a file, waits until it is served, downloads it, and makes sure that it is the same."""

    def __init__(self, port: int, token: str, case: int) -> None:
        self.port, self.path = port, f"/api/recoveries/{case}/docs"
        self.headers = {"Authorization": f"Bearer {token}"}

    def _ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {**self.headers, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def upload(self, name: str, content: bytes) -> int:
        """The id of the new document."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n\r\nBench\r\n--{BOUNDARY}\r\n'
        head += f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        status, answer = self._ask("POST", self.path, body, **{"Content-Type": kind})
        if status not in (201, 202):
            raise SystemExit(f"bench: {name}: {status} {answer[:300]!r}")
        return int(json.loads(answer)["data"]["id"])

    def download(self, document: int) -> bytes:
        """The bytes of a document, once it is served."""
        give_up = time.monotonic() + PATIENCE
        while True:
            status, content = self._ask("GET", f"{self.path}/{document}/download")
            if status == 200:
                return content
            if status != 404 or time.monotonic() > give_up:
                raise SystemExit(f"bench: document {document}: {status} {content[:300]!r}")
            time.sleep(0.5)

    def walk(self, name: str, content: bytes) -> None:
        """There and back."""
        if self.download(self.upload(name, content)) != content:
            raise SystemExit(f"bench: {name} came back as something else")


def at_once(clients: Sequence[Client], rounds: int, contents: dict[str, bytes]) -> float:
    """Have all clients walk at once, each round with the next kind of file; the seconds that it took."""
    failures: list[BaseException] = []
    named = list(contents.items())

    def walk(number: int, client: Client) -> None:
        try:
            for turn in range(rounds):
                client.walk(*named[(number + turn) % len(named)])
        except (SystemExit, OSError) as error:
            failures.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=walk, args=each) for each in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"bench: {len(failures)} clients failed: {failures[0]!r}")
    return time.monotonic() - began


def token_of_new_user(port: int, environment: dict[str, str]) -> str:
    """A token of a user made for this run."""
    command = [sys.executable, "manage.py", "create_api_user", "--email", "bench@example.com"]
    command += ["--first-name", "Ben", "--last-name", "Chmark", "--json"]
    made = json.loads(subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    login = Call("/api/auth/login", "", {"email": made["email"], "key": made["api_key"]})
    return str(ask(port, login)["data"]["token"])


# --- the whole -------------------------------------------------------------------------------------------------
def measured(stack: ExitStack, folder: Path, given: argparse.Namespace) -> tuple[list[Growth], float]:
    """The growth of each web process, and the seconds of the load."""
    environment = machine.production(folder)
    clamd = stack.enter_context(clamd_server.running(folder))
    port = _free_port()
    environment |= {"CLAMD_URL": clamd.unix, "RATE_LIMITS_ENABLED": "0", "HOST": "127.0.0.1", "PORT": str(port)}
    environment |= {"WEB_CONCURRENCY": str(PROCESSES), "WEB_THREADS": str(THREADS)}
    environment["DATABASE_URL"] = stack.enter_context(database(environment))
    web = ["-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "legalcity.wsgi:application"]
    worker = ["-m", "celery", "-A", "legalcity", "worker", "--concurrency", "2", "--loglevel", "WARNING"]
    master = stack.enter_context(process("web", web, environment, folder))
    stack.enter_context(process("worker", worker, environment, folder))
    token = token_of_new_user(port, environment)
    case = ask(port, calls.complete(token, 1))["data"]["recovery"]["id"]
    for _ in range(20 * PROCESSES):
        ask(port, Call(f"/api/recoveries/{case}/docs", token))
    time.sleep(1)
    pids = children(master)
    if len(pids) != PROCESSES:
        raise SystemExit(f"bench: {len(pids)} web processes")
    contents = files()
    scale = Scale(pids)
    seconds = at_once([Client(port, token, case) for _ in range(given.clients)], given.rounds, contents)
    return scale.growths(), seconds


def table(growths: Sequence[Growth], seconds: float, load: float, given: argparse.Namespace) -> str:
    """The findings in Markdown."""
    walks = given.clients * given.rounds
    lines = [f"- {line}" for line in machine.description(load)]
    lines += [
        f"- {given.clients} clients at once, {walks} files of 10 MiB up and down in {seconds:.0f} s",
        f"- gunicorn, {PROCESSES} processes of {THREADS} threads; goal: less than {GOAL} MiB above idle",
        "",
        "| web process | idle, MiB | peak, MiB | after, MiB | above idle, MiB | verdict |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for number, growth in enumerate(growths, 1):
        verdict = "met" if growth.above < GOAL else "**missed**"
        cells = f"{growth.idle:.0f} | {growth.peak:.0f} | {growth.after:.0f} | {growth.above:.0f}"
        lines.append(f"| {number} | {cells} | {verdict} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, append."""
    given = arguments()
    machine.require_services()
    load = machine.load()
    if clamd_server.PROGRAM is None:
        raise SystemExit("bench: clamd is not installed: apt-get install clamav-daemon")
    with tempfile.TemporaryDirectory(prefix="legalcity-bench-") as name, ExitStack() as stack:
        stack.callback(machine.forget_counters)
        result = table(*measured(stack, Path(name), given), load, given)
    print(result)
    page = HERE / "uploads.md"
    title = "" if page.exists() else "# Memory of web processes under large documents\n"
    with page.open("a", encoding="utf-8") as out:
        out.write(f"{title}\n{result}")


if __name__ == "__main__":
    main()
