"""What an idempotency key costs `complete`, on PostgreSQL.

    .venv/bin/python benchmarks/keys.py

Makes a database of its own, drops it. Within one process cases with three invoices are filed by turns, with a key of
their own and without: processor time of both sides, and the time it takes, which tells something on a quiet machine.
"""

import argparse
import json
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import machine
from databases import database_url, databases, drop_leftovers
from feed import CASES, inside, say

PAIRS = 300
INVOICES = 3


class Cost(NamedTuple):
    """Milliseconds of one call: processor time of this process and of PostgreSQL's, and how long it took."""

    web: float
    database: float
    took: float


def keyed() -> dict[str, Any]:
    """Medians of what a key adds, of PAIRS that were measured side by side, and its statements."""
    from inside import captured, prepare

    token = prepare()["big"]["token"]

    from calls import complete
    from django.db import connection
    from django.test import Client
    from servers import used_by

    client = Client(headers={"authorization": f"Bearer {token}", "host": "127.0.0.1"})
    call = complete(token, INVOICES)

    def file(with_key: bool) -> None:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if with_key else {}
        answer = client.post(call.path, call.body, "application/json", headers=headers)
        if answer.status_code != call.status:
            raise SystemExit(f"bench: complete answers {answer.status_code}")

    def once(with_key: bool) -> Cost:
        backend = connection.connection.info.backend_pid
        web, database, began = time.thread_time(), used_by(backend), time.perf_counter()
        file(with_key)
        took, web = time.perf_counter() - began, time.thread_time() - web
        return Cost(web * 1000, (used_by(backend) - database) * 1000, took * 1000)

    def statements(with_key: bool) -> int:
        with captured() as seen:
            file(with_key)
        return len(seen)

    for with_key in (True, False) * 20:
        file(with_key)
    pairs = [(once(True), once(False)) for _ in range(PAIRS)]
    added = [Cost(*(one - other for one, other in zip(*pair, strict=True))) for pair in pairs]
    medians = Cost(*map(statistics.median, zip(*added, strict=True)))
    return {**medians._asdict(), "statements": statements(True) - statements(False)}


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description="Measure what an idempotency key costs.")
    parser.add_argument("--keyed", action="store_true", help="within a measured process")
    if parser.parse_args().keyed:
        print(json.dumps(keyed()))
        return
    machine.require_services()
    load = machine.load()
    drop_leftovers()
    with tempfile.TemporaryDirectory(prefix="legalcity-bench-") as folder_name:
        environment = machine.production(Path(folder_name))
        say("making a database")
        try:
            with databases([CASES], environment) as names:
                environment["DATABASE_URL"] = database_url(names[CASES])
                found = inside(environment, str(Path(__file__).resolve()), "--keyed")
        finally:
            machine.forget_counters()
    cpu = found["web"] + found["database"]
    print("\n".join(f"- {line}" for line in machine.description(load)))
    print(
        f"\nAn idempotency key adds to `complete` with {INVOICES} invoices: {found['statements']} statements, "
        f"{cpu:.2f} ms of processor time ({found['web']:.2f} of the process, {found['database']:.2f} of PostgreSQL; "
        f"medians of {PAIRS} pairs), {found['took']:.2f} ms in all. Goal: 2 statements, 0.5 ms."
    )


if __name__ == "__main__":
    main()
