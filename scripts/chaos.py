"""Kill processes and restart services at random, under load, and see that nothing acknowledged is lost or there twice.

    python scripts/chaos.py [--times 50] [--pause 6] [--seed 1]

It makes its own PostgreSQL and Redis in a temporary folder (Debian's packages), and a web server, a worker and a clock
on them, under a supervisor that starts again what has ended. Callers file cases, comment on them and upload documents,
each call with an idempotency key; a call that was not answered, or with 5xx, is sent again with its key until it is, as
a client does.

Afterwards it waits for the sweeps and compares: each acknowledged effect is there once, and none twice that was not;
each case was told by one event; no job waits, no document is unfinished; copies and ledger agree with their sources.
Prints the outcome as JSON and exits with 1 when anything is amiss.
"""

import argparse
import base64
import json
import random
import shutil
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, LiteralString

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from chaos_house import House  # noqa: E402

CALLERS = 4
LONGEST = 30  # seconds for one answer
SETTLED = 240  # seconds within which the sweeps have taken up everything
BOUNDARY = "chaos"
# One black point.
FILE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")

UNFINISHED: dict[str, LiteralString] = {
    "documents": "SELECT count(*) FROM documents_document WHERE state <> 'ready'",
    "messages": "SELECT count(*) FROM recoveries_message WHERE state IN ('queued', 'sending')",
    "events": "SELECT count(*) FROM events_event WHERE fanned_out_at IS NULL",
    "keys": "SELECT count(*) FROM accounts_idempotentrequest WHERE state <> 'done'",
}


class Load:
    """Callers who do not give up."""

    def __init__(self, house: House, token: str) -> None:
        self._house, self._token = house, token
        self._over, self._lock = threading.Event(), threading.Lock()
        self.answers: Counter[str] = Counter()
        self.cases: dict[str, int] = {}  # number of the invoice → case
        self.comments: dict[str, int] = {}
        self.documents: dict[str, int] = {}
        self.refused: list[str] = []

    @contextmanager
    def on(self) -> Iterator[None]:
        """Callers call as long as the block runs, and end what they have begun."""
        threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
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
            mark = uuid.uuid4().hex
            case = self._until_answered("/api/recoveries/complete", json.dumps(_a_case(mark)).encode())
            if case is None:
                continue
            self.cases[mark] = pk = case["recovery"]["id"]
            said = self._until_answered(f"/api/recoveries/{pk}/comments", json.dumps({"comment": mark}).encode())
            if said is not None:
                self.comments[mark] = said["id"]
            sent = self._until_answered(f"/api/recoveries/{pk}/docs", _a_document(mark), form=True)
            if sent is not None:
                self.documents[mark] = sent["id"]

    def _until_answered(self, path: str, body: bytes, *, form: bool = False) -> dict[str, Any] | None:
        """The data of the answer. None where the call was refused, which none is."""
        kind = f"multipart/form-data; boundary={BOUNDARY}" if form else "application/json"
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind, "Idempotency-Key": str(uuid.uuid4())}
        while True:
            status, content = self._asked(path, body, headers)
            with self._lock:
                self.answers[str(status)] += 1
            if 200 <= status < 300:
                return dict(json.loads(content)["data"])
            if status in (0, 409, 429) or status >= 500:
                time.sleep(0.3)
                continue
            self.refused.append(f"{path} {status} {content[:200]!r}")
            return None

    def _asked(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body; 0 for no answer."""
        connection = HTTPConnection("127.0.0.1", self._house.port, timeout=LONGEST)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()


def _a_case(mark: str) -> dict[str, Any]:
    """The least that a case needs; the number of its invoice tells it from all others."""
    party = {"company_type": "particular", "company_legalrep_firstname": "A", "company_legalrep_lastname": "B"}
    invoice = {"invoice_number": mark, "invoice_date": "2025-12-31", "invoice_due_date": "2026-01-31"}
    return {
        "recovery": {"recovery_service_object": "Website", "recovery_due_date": "2026-01-31"},
        "customer": party,
        "debtor": party,
        "invoices": [{**invoice, "invoice_amount": "100.00"}],
    }


def _a_document(mark: str) -> bytes:
    """A file, uploaded under the mark as its name."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    named = f'{head}"name"\r\n\r\n{mark}\r\n{head}"file"; filename="a.png"\r\n\r\n'
    return named.encode() + FILE + f"\r\n--{BOUNDARY}--\r\n".encode()


def _token(house: House) -> str:
    """What a client of this run logs in to."""
    made = house.manage(
        "create_api_user", "--email", "c@example.com", "--first-name", "A", "--last-name", "B", "--json"
    )
    key = json.loads(made.stdout)["api_key"]
    body, give_up = json.dumps({"email": "c@example.com", "key": key}).encode(), time.monotonic() + SETTLED
    while time.monotonic() < give_up:
        try:
            connection = HTTPConnection("127.0.0.1", house.port, timeout=LONGEST)
            connection.request("POST", "/api/auth/login", body, {"Content-Type": "application/json"})
            return str(json.loads(connection.getresponse().read())["data"]["token"])
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the server did not start")


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="how often something is killed or restarted")
    parser.add_argument("--pause", type=float, default=6, help="seconds between two times, at most")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    house = House(folder)
    try:
        if (made := house.manage("migrate", "--verbosity", "0")).returncode:
            raise RuntimeError(made.stderr)
        with house.open():
            load = Load(house, _token(house))
            done: Counter[str] = Counter()
            with load.on():
                for _ in range(options.times):
                    time.sleep(chance.uniform(options.pause / 3, options.pause))
                    name, torment = chance.choice(sorted(house.torments().items()))
                    torment()
                    done[name] += 1
                time.sleep(options.pause)
            return _judged(house, load, done)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _judged(house: House, load: Load, done: Counter[str]) -> int:
    """Print the outcome; 1 where anything is amiss."""
    began = time.monotonic()
    with psycopg.connect(house.postgres.url, autocommit=True) as connection:
        stuck = _stuck(connection)
        while stuck and time.monotonic() - began < SETTLED:
            time.sleep(2)
            stuck = _stuck(connection)
        amiss = {
            "cases": _amiss(connection, load.cases, "SELECT invoice_number, recovery_id FROM invoicing_invoice"),
            "comments": _amiss(
                connection, load.comments, "SELECT substring(html FROM '[0-9a-f]{32}'), id FROM recoveries_comment"
            ),
            "documents": _amiss(connection, load.documents, "SELECT name, id FROM documents_document"),
            "events": _one(
                connection,
                "SELECT count(*) FROM (SELECT r.id FROM recoveries_recovery r LEFT JOIN events_event e"
                " ON e.recovery_id = r.id AND e.type = 'recovery.created' GROUP BY r.id HAVING count(e.id) <> 1) odd",
            ),
        }
    checks = {name: house.manage(name).returncode for name in ("check_copies", "check_ledger")}
    outcome = {
        "done": dict(done),
        "acknowledged": {"cases": len(load.cases), "comments": len(load.comments), "documents": len(load.documents)},
        "answers": dict(load.answers),
        "refused": load.refused[:5],
        "lost or doubled": amiss,
        "stuck": stuck,
        "settled after": round(time.monotonic() - began, 1),
        "checks": checks,
    }
    sys.stdout.write(json.dumps(outcome) + "\n")
    return int(bool(load.refused or any(amiss.values()) or stuck or any(checks.values()) or not load.cases))


def _amiss(connection: psycopg.Connection[Any], acknowledged: dict[str, int], statement: LiteralString) -> int:
    """How many marks are missing, under another id than was told, or there twice. Each is told on standard error."""
    there: dict[str, list[int]] = {}
    for mark, pk in connection.execute(statement):
        there.setdefault(mark, []).append(pk)
    wrong = [mark for mark, pk in acknowledged.items() if there.get(mark) != [pk]]
    wrong += [mark for mark, pks in there.items() if mark not in acknowledged and len(pks) > 1]
    for mark in wrong:
        sys.stderr.write(f"{mark}: told as {acknowledged.get(mark)}, there as {there.get(mark, [])}\n")
    return len(wrong)


def _stuck(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """What is not finished, and how much of it."""
    found = {name: _one(connection, statement) for name, statement in UNFINISHED.items()}
    return {name: number for name, number in found.items() if number}


def _one(connection: psycopg.Connection[Any], statement: LiteralString) -> int:
    [(number,)] = connection.execute(statement).fetchall()
    return int(number)


if __name__ == "__main__":
    sys.exit(main())
