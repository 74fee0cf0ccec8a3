"""What makes a web server's life hard, by turns for several servers in front of the product.

    EMBEDDED=1 DATABASE_URL=postgres://… REDIS_URL=redis://… .venv/bin/python benchmarks/hardships.py \
        [--granian /elsewhere/bin/granian] [--only gunicorn-4]

Slow clients (of headers, of bodies; with and without nginx in front), twenty uploads of 10 MiB at once, headers and
bodies beyond every limit, a reload (SIGHUP) and a killed worker process under load. gunicorn as the product has it,
with four threads a process and with one; granian from an environment of its own, which need not have the product's
libraries. Two processes each. Wants a migrated database that may be written to, and no workers; prints a table
(benchmarks/hardships.md).
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from ssl import _create_unverified_context
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

from calls import complete  # noqa: E402
from load import ask  # noqa: E402
from uploads import BOUNDARY, _noisy_pdf, children  # noqa: E402

from tests.proxy import proxied  # noqa: E402
from tests.services import free_port  # noqa: E402

PROCESSES = 2
SLOW = 40  # clients
UPLOADS = 20
CALLERS = 4
SECONDS = 8  # of each load
PATIENCE = 10  # seconds for one answer
LIST = "/api/recoveries?per_page=5"
MIB = 2**20
Row = tuple[str, str]  # what was done, and what came of it


def contenders(granian: str | None) -> dict[str, list[str]]:
    """The command of each, by name."""
    ours = [sys.executable, "-m", "gunicorn", "--workers", str(PROCESSES), "legalcity.wsgi"]
    found = {f"gunicorn-{threads}": [*ours, "--threads", str(threads)] for threads in (4, 1)}
    if granian:
        theirs = [granian, "--interface", "wsgi", "--workers", str(PROCESSES), "--respawn-failed-workers"]
        found |= {
            f"granian-{threads}": [*theirs, "--blocking-threads", str(threads), "legalcity.wsgi:application"]
            for threads in (4, 1)
        }
    return found


class Server:
    """One of them, running, and a token to call it with."""

    def __init__(self, command: list[str], token: str) -> None:
        self.port, self.token = free_port(), token
        libraries = ":".join(path for path in sys.path if path.endswith("site-packages"))
        ours = {"PORT": str(self.port), "GRANIAN_PORT": str(self.port), "PYTHONPATH": f"{libraries}:{ROOT}"}
        ours |= {"RATE_LIMITS_ENABLED": "0", "WAITING_REQUESTS": "1", "LOG_LEVEL": "ERROR"}
        ours |= {"CELERY_BROKER_URL": "memory://", "HOST": "127.0.0.1"}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **ours}, stdout=quiet, stderr=quiet)
        while self.asked(LIST)[0] != 200:
            if self.process.poll() is not None:
                raise SystemExit(f"bench: {command[0]} does not start")
            time.sleep(0.2)

    def asked(self, path: str, tls: int | None = None) -> tuple[int, float]:
        """Status and seconds of one call over a connection of its own; 0 for no answer. `tls`: the proxy's port."""
        began = time.monotonic()
        window = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        if tls:
            window = HTTPSConnection("127.0.0.1", tls, timeout=PATIENCE, context=_create_unverified_context())
        try:
            window.request("GET", path, headers={"Authorization": f"Bearer {self.token}", "Connection": "close"})
            answer = window.getresponse()
            answer.read()
            status = answer.status
        except (OSError, HTTPException):
            status = 0
        finally:
            window.close()
        return status, time.monotonic() - began

    def workers(self) -> list[int]:
        """The processes that answer: the large ones of its children."""
        return sorted(children(self.process.pid), key=memory)[-PROCESSES:]

    def memory(self) -> float:
        """MiB of all its processes; what they share is counted once."""
        return sum(map(memory, [self.process.pid, *children(self.process.pid)]))

    def stop(self) -> float:
        """Seconds until SIGTERM was heeded; it is killed after a minute."""
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            for pid in children(self.process.pid):
                os.kill(pid, signal.SIGKILL)
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began


def memory(pid: int) -> float:
    """MiB of a process, shared ones in parts; 0 of one that has gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0


# --- load --------------------------------------------------------------------------------------------------------
class Load:
    """Callers of a list, one call after the other: what they were answered, and how soon."""

    def __init__(self, server: Server, tls: int | None = None) -> None:
        self.answers: Counter[int] = Counter()
        self.took, self.probes = [0.0], [0.0]
        self._server, self._tls, self._over = server, tls, threading.Event()

    @contextmanager
    def on(self) -> Iterator[None]:
        """While the block lasts."""
        threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        threads.append(threading.Thread(target=self._probe))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _call(self) -> None:
        while not self._over.is_set():
            status, took = self._server.asked(LIST, self._tls)
            self.answers[status] += 1
            self.took.append(took)

    def _probe(self) -> None:
        while not self._over.wait(0.5):
            self.probes.append(self._server.asked("/healthz", self._tls)[1])

    def told(self) -> str:
        """In a cell of the table."""
        bad = {status or "none": number for status, number in self.answers.items() if status != 200}
        figures = f"{self.answers[200] / SECONDS:.0f}/s, p50 {1000 * median(self.took):.0f} ms"
        return f"{figures}, worst {max(self.took):.1f} s, probe {max(self.probes):.1f} s; {bad or 'no error'}"


def slow(server: Server, begin: bytes, tls: int | None) -> str:
    """Others are called while many clients send a byte now and then, and never come to an end."""
    over, sockets = threading.Event(), [_connected(server, tls) for _ in range(SLOW)]
    for one in sockets:
        one.sendall(begin)

    def drip() -> None:
        while not over.wait(0.5):
            for one in sockets:
                with suppress(OSError):
                    one.sendall(b"a")

    dripping = threading.Thread(target=drip)
    dripping.start()
    load = Load(server, tls)
    time.sleep(1)
    with load.on():
        time.sleep(SECONDS)
    over.set()
    dripping.join()
    for one in sockets:
        one.close()
    return load.told()


def _connected(server: Server, tls: int | None) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", tls or server.port))
    return _create_unverified_context().wrap_socket(plain) if tls else plain


# --- what is too large -------------------------------------------------------------------------------------------
def beyond(server: Server, head: bytes, body: int = 0) -> str:
    """The status of what is too large, and whether it came in the contract's form."""
    with _connected(server, None) as one:
        one.settimeout(PATIENCE)
        with suppress(OSError):
            one.sendall(head)
            for _ in range(body // MIB):
                one.sendall(b" " * MIB)
        answer = b""
        with suppress(OSError):
            while chunk := one.recv(65536):
                answer += chunk
    form = "in the contract's form" if b'"success":false' in answer.replace(b" ", b"") else "bare"
    return f"{answer[9:12].decode()}, {form}" if answer else "no answer"


def uploads(server: Server, case: int) -> str:
    """Twenty documents of 10 MiB at once: how long, how much memory, what was answered."""
    content, answers, idle = _noisy_pdf(), Counter[int](), server.memory()
    lines = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n\r\nA\r\n--{BOUNDARY}']
    lines.append('Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n')
    body = "\r\n".join(lines).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Authorization": f"Bearer {server.token}"}
    headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"

    def upload() -> None:
        window = HTTPConnection("127.0.0.1", server.port, timeout=120)
        try:
            window.request("POST", f"/api/recoveries/{case}/docs", body, headers)
            answers[window.getresponse().status] += 1
        except (OSError, HTTPException):
            answers[0] += 1
        finally:
            window.close()

    threads, began, peak = [threading.Thread(target=upload) for _ in range(UPLOADS)], time.monotonic(), idle
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, server.memory())
        time.sleep(0.1)
    took = time.monotonic() - began
    return f"{dict(answers)} in {took:.0f} s; {idle:.0f} MiB idle, {peak:.0f} at the peak, {server.memory():.0f} after"


# --- reload, death -----------------------------------------------------------------------------------------------
def while_called(server: Server, happens: Callable[[], Any]) -> str:
    """What callers hear of something that happens to the server."""
    load = Load(server)
    with load.on():
        time.sleep(SECONDS / 4)
        happens()
        time.sleep(SECONDS * 3 / 4)
    return load.told()


def measured(command: list[str], token: str) -> Iterator[Row]:
    """All rows of one server."""
    server = Server(command, token)
    case = ask(server.port, complete(token, 1))["data"]["recovery"]["id"]
    post = b"POST /api/recoveries HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    post += f"Authorization: Bearer {token}\r\n".encode()
    get = b"GET /api/info HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    drips: Mapping[str, bytes] = {"headers": get + b"X-A: ", "bodies": post + b"Content-Length: 100000\r\n\r\n"}
    yield "nothing hard", while_called(server, bool)
    with tempfile.TemporaryDirectory() as folder, proxied(Path(folder), [server.port]) as tls:
        for name, begin in drips.items():
            yield f"{SLOW} slow {name}", slow(server, begin, None)
            yield f"{SLOW} slow {name}, behind nginx", slow(server, begin, tls)
    yield f"{UPLOADS} uploads of 10 MiB", uploads(server, case)
    for size in (16_000, 1_000_000):
        yield f"a header of {size:,} bytes", beyond(server, get + b"X-A: " + b"a" * size + b"\r\n\r\n")
    address = get.replace(b"/info", b"/info?" + b"a" * 20_000)
    yield "an address of 20,000 bytes", beyond(server, address + b"\r\n")
    for size in (6 * MIB, 64 * MIB):
        head = post + f"Content-Length: {size}\r\n\r\n".encode()
        yield f"a body of {size // MIB} MiB", beyond(server, head, size)
    yield "reload", while_called(server, lambda: server.process.send_signal(signal.SIGHUP))
    time.sleep(PATIENCE)
    yield "`kill -9` of a process", while_called(server, lambda: os.kill(server.workers()[-1], signal.SIGKILL))
    yield "ended by SIGTERM after", f"{server.stop():.1f} s"


def _token() -> str:
    """That of a new account."""
    import django

    django.setup()
    from accounts.models import User
    from accounts.services import key_issue, login

    email = f"hardships-{uuid.uuid4().hex[:8]}@example.com"
    user = User.objects.create_user(email, first_name="A", last_name="B")
    return login(email=email, key=key_issue(user=user))[1]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--granian")
    parser.add_argument("--only")
    given = parser.parse_args()
    token = _token()
    for name, command in contenders(given.granian).items():
        if given.only in (None, name):
            sys.stdout.write(f"\n| {name}, load {os.getloadavg()[0]:.0f} | |\n|---|---|\n")
            for what, told in measured(command, token):
                print(f"| {what} | {told} |", flush=True)


if __name__ == "__main__":
    main()
