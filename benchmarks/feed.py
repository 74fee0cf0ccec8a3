"""The feed of events as it grows, and what recording an event costs, on PostgreSQL.

    .venv/bin/python benchmarks/feed.py [--sizes 10k,1M,10M] > benchmarks/feed.md

Makes a database of its own, drops it. A page of fifty events is asked of the product and of the ceiling by turns, from
the beginning and from the middle. Recording is timed within one process, a transaction for each event, beside the same
transaction without: with nothing waiting, then with a million events not yet handed on and a million deliveries due.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import machine
from databases import HERE, ROOT, connect, database_url, databases, drop_leftovers
from load import Call, ask
from measuring import Pace, Target, by_turns
from run import size_of
from servers import running

CASES = 1_000
SIZES = [10_000, 1_000_000, 10_000_000]
PAGE = 50
PACE = Pace(rounds=9, seconds=0.5, write_seconds=0)
RECORDED = 2_000
WAITING = 1_000_000
BIG, SMALL = 1, 2  # the account that three in ten events belong to, and one without any

# Few transactions, that the horizon lies behind all.
EVENTS = """
INSERT INTO events_event (xact, owner_id, type, object_type, object_id, recovery_id, audience, data, door, request_id,
    idempotency_key, effective_at, recorded_at, fanned_out_at)
SELECT 1 + %(before)s / 100000, CASE WHEN g %% 10 < 3 THEN 1 ELSE 3 + g %% 150 END, 'payment.recorded', 'payment',
    g::text, g / 8 + 1, 1, jsonb_build_object('object', jsonb_build_object('type', 'payment', 'id', g), 'recovery',
        jsonb_build_object('id', g / 8 + 1, 'recovery_reference', 'LP-2026-' || lpad(g::text, 8, '0'), 'external_id',
        null), 'amount', '125.50', 'date', '2026-11-02', 'method', 'transfer', 'balance', '1250.00'),
    'api', md5(g::text), '', at, at, CASE WHEN %(handed)s THEN at END
FROM (SELECT g, timestamptz '2026-01-01' + g * interval '2 seconds' AS at
      FROM generate_series(%(before)s::bigint + 1, %(after)s) g) AS made ORDER BY g
"""
# An endpoint that is down: its deliveries wait for their next try, and a million events have not been handed on.
WAIT = (
    """
    INSERT INTO events_delivery (public_id, endpoint_id, event_id, state, is_replay, created_at, due_at, attempts)
    SELECT gen_random_uuid(), %(endpoint)s, id, 'waiting', false, now(), now() + interval '1 hour', 1
    FROM events_event ORDER BY id LIMIT %(many)s
    """,
    "UPDATE events_event SET fanned_out_at = NULL WHERE id IN (SELECT id FROM events_event ORDER BY id LIMIT %(many)s)",
    "VACUUM (ANALYZE) events_event",
    "VACUUM (ANALYZE) events_delivery",
)


def say(text: str) -> None:
    """Progress, apart from the result."""
    print(f"feed {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def grow(name: str, before: int, after: int) -> None:
    """Load the events from the one number to the other; indexes are made again where that is quicker."""
    with connect(name) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        made: list[str] = []
        if after > 100_000:
            found = connection.execute(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
                "WHERE indrelid = 'events_event'::regclass AND NOT indisprimary"
            ).fetchall()
            for index, definition in found:
                connection.execute(f"DROP INDEX {index}")
                made.append(definition)
        connection.execute("SET session_replication_role = replica")
        connection.execute(EVENTS, {"before": before, "after": after, "handed": True})
        for definition in made:
            connection.execute(definition)
        connection.execute("VACUUM (ANALYZE) events_event")


def inside(environment: dict[str, str], *words: str) -> Any:
    """What a process of the product finds on the database."""
    settings = {**environment, "PYTHONPATH": f"{ROOT}:{HERE}", "LOG_LEVEL": "ERROR"}
    done = subprocess.run([sys.executable, "-P", *words], cwd=ROOT, env=settings, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def pages(sizes: list[int], name: str, environment: dict[str, str], folder: Path) -> Iterator[str]:
    """A row of the table for each number of events."""
    token = inside(environment, str(HERE / "inside.py"), "prepare")["big"]["token"]
    with ExitStack() as stack:
        product = stack.enter_context(running("product", environment, folder))
        ceiling = stack.enter_context(running("ceiling_feed", environment, folder))
        before = 0
        for size in sizes:
            say(f"loading {size:,} events")
            grow(name, before, size)
            before = size
            first = Call(f"/api/events?limit={PAGE}", token)
            middle = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1767225600 + size))
            told = ask(product.port, Call(f"/api/events?limit={PAGE}&since={middle}", token))["data"]
            assert len(told["items"]) == PAGE
            deep = Call(f"/api/events?limit={PAGE}&after={told['next']}", token)
            targets = {
                "first": Target(product, first),
                "deep": Target(product, deep),
                "ceiling": Target(ceiling, first),
            }
            say("measuring")
            turns = by_turns(targets, PACE)
            for where in ("first", "deep"):
                yield (
                    f"| page of {PAGE}, {where}, {size:,} events | {turns.median(where):.0f}/s, ceiling "
                    f"{turns.median('ceiling'):.0f}/s | {turns.ratio('ceiling', where):.2f} by CPU, database included "
                    f"| ≥ 0.40, flat |"
                )


# --- recording, in a process of the product --------------------------------------------------------------------------
def recording(owner: int) -> dict[str, Any]:
    """Milliseconds (p50) of a transaction with an event and without, by turns, and the statements of the event."""
    import django

    django.setup()
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from events.services import Ref, event_record
    from events.types import event_types

    kind = event_types()["payment.recorded"]

    def once(told: bool) -> float:
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_current_xact_id()"
            )  # Stories write: they have a number, and wait for their commit.
            if told:
                event_record(type=kind, owner_id=owner, obj=Ref("payment", 1), data=kind.example, recovery_id=1)
        return (time.perf_counter() - began) * 1000

    def statements(told: bool) -> int:
        with CaptureQueriesContext(connection) as seen:
            once(told)
        return len(seen)

    for told in (True, False) * 200:
        once(told)
    pairs = [(once(True), once(False)) for _ in range(RECORDED)]
    with_event, without = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"with": with_event, "without": without, "statements": statements(True) - statements(False)}


def listening() -> str:
    """An endpoint of the account; its id."""
    import django

    django.setup()
    from events.webhooks.models import Endpoint

    return str(Endpoint.objects.create(owner_id=BIG, url="https://client.example/hook", secret="unused").pk)


def recordings(name: str, environment: dict[str, str]) -> Iterator[str]:
    """Rows of the table: with nothing waiting, with millions, and in an account that listens to webhooks."""
    me = str(Path(__file__).resolve())
    yield _recorded("nothing waits", inside(environment, me, "--recording", str(SMALL)))
    endpoint = inside(environment, me, "--listening")
    say(f"letting {WAITING:,} wait")
    with connect(name) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in WAIT:
            connection.execute(statement, {"endpoint": endpoint, "many": WAITING} if "%(" in statement else None)
    waiting = f"{WAITING:,} events and {WAITING:,} deliveries wait"
    yield _recorded(waiting, inside(environment, me, "--recording", str(SMALL)))
    yield _recorded(f"{waiting}, workers told after the commit", inside(environment, me, "--recording", str(BIG)))


def _recorded(when: str, found: dict[str, Any]) -> str:
    cost = found["with"] - found["without"]
    return (
        f"| recording an event, {when} | +{found['statements']} statement | {cost:.2f} ms p50 "
        f"({found['with']:.2f} beside {found['without']:.2f}) | ≤ 0.25 ms, +1 |"
    )


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description="Measure the feed of events, and what recording one costs.")
    parser.add_argument("--sizes", type=lambda text: sorted(map(size_of, text.split(","))), default=SIZES)
    parser.add_argument("--recording", type=int, help="within a measured process: of which account")
    parser.add_argument("--listening", action="store_true", help="within a measured process")
    given = parser.parse_args()
    if given.recording or given.listening:
        print(json.dumps(recording(given.recording) if given.recording else listening()))
        return
    machine.require_services()
    load = machine.load()
    drop_leftovers()
    with tempfile.TemporaryDirectory(prefix="legalcity-bench-") as folder_name:
        folder = Path(folder_name)
        environment = machine.production(folder)
        say("making a database")
        try:
            with databases([CASES], environment) as names:
                name = names[CASES]
                environment["DATABASE_URL"] = database_url(name)
                rows = [*pages(given.sizes, name, environment, folder), *recordings(name, environment)]
        finally:
            machine.forget_counters()
    print("# The feed of events, measured by `benchmarks/feed.py`\n")
    print("\n".join(f"- {line}" for line in machine.description(load)))
    print("\n| what | measured | to the ceiling | goal |\n|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
