"""Update two web servers one after the other, under load, and see that no caller notices.

    EMBEDDED=1 DATABASE_URL=postgres://… REDIS_URL=redis://… python scripts/rolling_update.py \
        [--seconds 30] [--nodes 2] [--proxy]

Each server listens on a socket that outlives it, as systemd holds it (deploy/systemd/legalcity-web.socket), and while
it is replaced a stand-in answers there (legalcity-standin.service). With `--proxy` callers speak TLS to nginx, which
has the servers behind it as deploy/nginx/legalcity.conf says. Callers file cases with a key each, look them up and list
them. Meanwhile the database is migrated and each server is ended (SIGTERM) and started again, one after the other, as
docs/ops.md says.

What counts is what came of it: every call answered as it should be, every acknowledged case there, once. Prints the
outcome as JSON and exits with 1 when anything is amiss. It needs a migrated database that may be written to.
"""

import argparse
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

from tests.proxy import proxied  # noqa: E402 - the project's root is not on the path of a script

Door = Callable[[], HTTPConnection]  # a new connection to whoever answers
CALLERS = 4
LONGEST = 120  # seconds for one answer: the line before a server that starts on a busy machine
STARTED = 180  # seconds for a server to start
ENDED = 60
FIRST_FD = 3  # where a server that was handed a socket finds it


class Node:
    """A web server, and the socket that stays when it is replaced."""

    def __init__(self, log: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port: int = self._socket.getsockname()[1]
        self._log = log
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """A server of the version that is there now, once it is ready (`systemctl start`). Raises TimeoutError."""
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(f"{folder}/notify")
            told.settimeout(STARTED)
            process = self._process(NOTIFY_SOCKET=f"{folder}/notify")
            self._running.append(process)
            while b"READY=1" not in told.recv(4096):
                pass
        return process

    def _process(self, **environment: str) -> subprocess.Popen[bytes]:
        """With the socket in the place where systemd puts it."""
        command = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
        words = ["sh", "-c", command, "sh", sys.executable, "-m", "gunicorn", "legalcity.wsgi"]
        settings = {"WEB_CONCURRENCY": "1", "RATE_LIMITS_ENABLED": "0", **environment}
        with self._log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603
                words,
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=output,
                stderr=output,
                pass_fds=[FIRST_FD],
                preexec_fn=lambda: os.dup2(self._socket.fileno(), FIRST_FD),
            )

    def door(self) -> HTTPConnection:
        """A connection to this server itself."""
        return HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)

    def answers(self) -> None:
        """See that it does: the next one is not touched before. Raises TimeoutError."""
        with closing(self.door()) as connection:
            connection.request("GET", "/readyz", headers={"Connection": "close"})
            if connection.getresponse().status != 200:
                raise TimeoutError(f"the server on port {self.port} is not ready")

    def replace(self) -> None:
        """A stand-in comes, the server goes, its successor comes, the stand-in goes."""
        [before] = self._running
        stand_in = self.start()
        self._stop(before)
        self.start()
        self._stop(stand_in)

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ended as a supervisor ends it: what is under way is answered."""
        process.terminate()
        process.wait(ENDED)
        self._running.remove(process)

    def close(self) -> None:
        """Gone for good."""
        for process in [*self._running]:
            self._stop(process)
        self._socket.close()


class Load:
    """Callers, until they are told to stop. What they were answered, and what was acknowledged."""

    def __init__(self, doors: Sequence[Door], token: str) -> None:
        self._doors, self._token = doors, token
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.answers: Counter[str] = Counter()
        self.filed: list[int] = []
        self.longest = 0.0
        self._threads = [threading.Thread(target=self._call, args=(n,)) for n in range(CALLERS)]

    @contextmanager
    def on(self) -> Iterator[None]:
        """Callers call as long as the block runs."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()

    def _call(self, caller: int) -> None:
        turn = caller
        while not self._over.is_set():
            turn += 1
            case = self._ask(turn, "POST", "/api/recoveries/complete", body=_a_case())
            if case is not None:
                with self._lock:
                    self.filed.append(case["recovery"]["id"])
                self._ask(turn, "GET", f"/api/recoveries/{case['recovery']['id']}")
            self._ask(turn, "GET", "/api/recoveries?per_page=5")
            time.sleep(0.05)

    def _ask(self, turn: int, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The data of an answer; None, and counted, where there is none."""
        connection, began = self._doors[turn % len(self._doors)](), time.monotonic()
        headers = {"Authorization": f"Bearer {self._token}", "Connection": "close"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        data = None
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            content = answer.read()
            outcome = f"{method} {answer.status}"
            if answer.status < 300:
                data = json.loads(content)["data"]
        except OSError as error:
            outcome = f"{method} {type(error).__name__}"
        finally:
            connection.close()
        with self._lock:
            self.answers[outcome] += 1
            self.longest = max(self.longest, time.monotonic() - began)
        return data


def _a_case() -> dict[str, Any]:
    """The least that a case needs."""
    number = uuid.uuid4().hex[:12]
    party = {"company_type": "particular", "company_legalrep_firstname": "A", "company_legalrep_lastname": "B"}
    invoice = {"invoice_number": number, "invoice_date": "2025-12-31", "invoice_due_date": "2026-01-31"}
    return {
        "recovery": {"recovery_service_object": "Website", "recovery_due_date": "2026-01-31"},
        "customer": party,
        "debtor": party,
        "invoices": [{**invoice, "invoice_amount": "100.00"}],
    }


def _caller() -> tuple[Any, str]:
    """An account of this run, and a token of it."""
    import django

    django.setup()
    from accounts.models import User
    from accounts.services import key_issue, login

    email = f"rolling-{uuid.uuid4().hex[:8]}@example.com"
    user = User.objects.create_user(email, first_name="A", last_name="B")
    return login(email=email, key=key_issue(user=user))


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="of load before, between and after")
    parser.add_argument("--log", type=Path, default=Path(os.devnull), help="where the servers log")
    parser.add_argument("--nodes", type=int, default=2, help="how many servers")
    parser.add_argument("--proxy", action="store_true", help="call by nginx, which has to be installed")
    options = parser.parse_args()
    owner, token = _caller()
    with ExitStack() as house:
        nodes = [Node(options.log) for _ in range(options.nodes)]
        for node in nodes:
            house.callback(node.close)
            node.start()
        for node in nodes:
            node.answers()
        doors = [house.enter_context(_proxied(nodes))] if options.proxy else [node.door for node in nodes]
        load = Load(doors, token)
        with load.on():
            _update(nodes, options.seconds / 3)
    return _judged(load, owner)


def _update(nodes: Sequence[Node], pause: float) -> None:
    """One after the other, as docs/ops.md says; `pause`: seconds of load before, between and after."""
    time.sleep(pause)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    for node in nodes:
        node.replace()
        node.answers()
        time.sleep(pause)


@contextmanager
def _proxied(nodes: Sequence[Node]) -> Iterator[Door]:
    """nginx in front of them. Its certificate is of this run, so nobody has signed it."""
    nobody = ssl._create_unverified_context()  # noqa: S323
    with tempfile.TemporaryDirectory() as folder, proxied(Path(folder), [node.port for node in nodes]) as port:
        yield partial(HTTPSConnection, "127.0.0.1", port, timeout=LONGEST, context=nobody)


def _judged(load: Load, owner: Any) -> int:
    """Print the outcome; 1 where a call failed, or a case is missing or there that nobody was told of."""
    from recoveries.models import Recovery

    there = Recovery.objects.filter(owner=owner, pk__in=load.filed).count()
    in_all = Recovery.objects.filter(owner=owner).count()
    errors = {outcome: n for outcome, n in load.answers.items() if outcome not in ("GET 200", "POST 201")}
    lost, doubled = len(load.filed) - there, in_all - there
    outcome = {"answers": dict(load.answers), "filed": len(load.filed), "lost": lost, "not acknowledged": doubled}
    sys.stdout.write(json.dumps({**outcome, "longest": round(load.longest, 2), "errors": errors}) + "\n")
    return int(bool(errors or lost or doubled or not load.filed))


if __name__ == "__main__":
    sys.exit(main())
