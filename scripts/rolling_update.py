"""Update two web servers one after the other, under load, and see that no caller notices.

    EMBEDDED=1 DATABASE_URL=postgres://… REDIS_URL=redis://… python scripts/rolling_update.py [--seconds 30]

Each server listens on a socket that outlives it, as systemd holds it (deploy/systemd/legalcity-web.socket): who calls
while it is replaced waits in line. Callers file cases with a key each, look them up and list them. Meanwhile the
database is migrated and each server is ended (SIGTERM) and started again, one after the other, as an update does.

What counts is what came of it: every call answered as it should be, every acknowledged case there, once. Prints the
outcome as JSON and exits with 1 when anything is amiss. It needs a migrated database that may be written to.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

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
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Up, with the socket in the place where systemd puts it."""
        command = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
        words = ["sh", "-c", command, "sh", sys.executable, "-m", "gunicorn", "legalcity.wsgi"]
        environment = {**os.environ, "WEB_CONCURRENCY": "1", "RATE_LIMITS_ENABLED": "0"}
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                words,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                pass_fds=[FIRST_FD],
                preexec_fn=lambda: os.dup2(self._socket.fileno(), FIRST_FD),
            )

    def answers(self) -> None:
        """Wait until it does: the next one is not touched before. Raises TimeoutError."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=STARTED)
        try:
            connection.request("GET", "/readyz", headers={"Connection": "close"})
            if connection.getresponse().status != 200:
                raise TimeoutError(f"the server on port {self.port} is not ready")
        finally:
            connection.close()

    def stop(self) -> None:
        """Ended as a supervisor ends it: what is under way is answered."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(ENDED)

    def close(self) -> None:
        """Gone for good."""
        self.stop()
        self._socket.close()


class Load:
    """Callers, until they are told to stop. What they were answered, and what was acknowledged."""

    def __init__(self, nodes: list[Node], token: str) -> None:
        self._nodes, self._token = nodes, token
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
        port, began = self._nodes[turn % len(self._nodes)].port, time.monotonic()
        headers = {"Authorization": f"Bearer {self._token}", "Connection": "close"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
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
    options = parser.parse_args()
    nodes = [Node(options.log), Node(options.log)]
    owner, token = _caller()
    load = Load(nodes, token)
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            node.answers()
        with load.on():
            time.sleep(options.seconds / 3)
            subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
            for node in nodes:
                node.stop()
                node.start()
                node.answers()
                time.sleep(options.seconds / 3)
    finally:
        for node in nodes:
            node.close()
    return _judged(load, owner)


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
