"""Scenarios on PostgreSQL: a rehearsal of a whole book, what a step costs, a clock with nothing to do, clocks killed.

    benchmarks/scenarios.py [--cases 10000] [--workers 1 2] [--steps 300] [--kills 50] [--enrolments 1000000]

Makes a database of its own on the local PostgreSQL (as `make bench` does) and drops it at the end. *Standard* is
rehearsed for two months over all cases by so many workers, each a process that takes parts (of several numbers one
after the other, compared); with 0 steps, kills and enrolments that is all. Then some cases enter it and their first
steps fall due at once. `kills`: a clock kills itself (`kill -9`) at a line of what it does, another one goes on; no
step is done twice, none is lost.
`enrolments`: so many cases in a scenario, none of them due, are written by SQL for a clock that has nothing to do.
benchmarks/scenarios.md has the last figures.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import machine
from databases import database_url, databases, drop_leftovers
from dying import ended_at

REHEARSAL_GOAL = 0.6  # ms a case: 100,000 in a minute
MEMORY_GOAL = 400  # MB
STEP_GOAL = 60.0  # ms: 10,000 in five minutes of two workers
IDLE_GOAL = 20.0  # ms
OURS = "recoveries/letters"
FIRM: dict[str, Any] = {
    "FIRM_NAME": "Cabinet Morvan",
    "FIRM_ADDRESS": "12 rue de la Paix",
    "FIRM_POSTAL_CODE": "75002",
    "FIRM_CITY": "Paris",
    "FUNDS_IBAN": "FR7630006000011234567890189",
    "CONTACT_DAYS": "1,2,3,4,5,6,7",
    "CONTACT_FROM_HOUR": 0,
    "CONTACT_UNTIL_HOUR": 24,
    "CONTACTS_PER_WEEK": 0,
    "CONTACTS_PER_MONTH": 0,
    "SCENARIOS_RUNNING": True,
}


def said(what: str, value: float, unit: str, goal: float) -> bool:
    """Prints a line; whether the goal is met."""
    print(f"{what:58} {value:9.2f} {unit}, goal {goal:g}: {'met' if value <= goal else 'MISSED'}", flush=True)
    return value <= goal


# Of cases that there are not: a clock with nothing due looks at none.
ENROLLED = """
    INSERT INTO recoveries_enrolment (recovery_id, owner_id, version_id, state, position, entered_at, next_due_at,
        attempts, paused_by_client, why, reason, updated_at)
    SELECT 100000000 + n, 1, %(version)s, CASE WHEN n %% 10 = 0 THEN 'finished' WHEN n %% 10 = 1 THEN 'paused'
        ELSE 'running' END, 0, now(), CASE WHEN n %% 10 > 0 THEN now() + make_interval(secs => 60 + n) END,
        0, FALSE, '', '', now()
    FROM generate_series(1, %(many)s) AS n
"""


def measured(workers: list[int], steps: int, kills: int, enrolments: int) -> bool:
    """All measures on the database of the environment; whether the goals are met."""
    import django

    django.setup()
    from constance import config

    for name, value in FIRM.items():
        setattr(config, name, value)
    came_of = [_rehearsed(many) for many in workers]
    met = [goal for goals, _what in came_of for goal in goals]
    if len(came_of) > 1:
        is_same = len({what for _goals, what in came_of}) == 1
        print(f"the same lines and sums by {' and '.join(map(str, workers))} workers: {'yes' if is_same else 'NO'}")
        met.append(is_same)
    met += _ticked(steps) if steps else []
    met += [_killed(kills)] if kills else []
    return all([*met, *_idle(enrolments)])


def _rehearsed(workers: int) -> tuple[list[bool], str]:
    """Whether the goals are met, and a fingerprint of the sums and lines."""
    from legalcity.lib.clock import now, today
    from recoveries.ledger.rolling import balances_sweep
    from recoveries.letters.scenarios.rehearsals import lines_of, rehearsal_begin
    from recoveries.models import Rehearsal, ScenarioVersion

    balances_sweep()  # As the night does.
    version = ScenarioVersion.objects.get(scenario__code="standard")
    asked = Rehearsal.objects.create(version=version, until=today() + timedelta(60))
    before = _used()
    begun = time.monotonic()
    rehearsal_begin(rehearsal_id=asked.pk, moment=now())
    parted = _used()
    used = [*_at_once(workers, asked.pk), (parted[0] - before[0], parted[1])]
    took = time.monotonic() - begun
    asked.refresh_from_db()
    result, ours = asked.result or {}, sum(seconds for seconds, _memory in used)
    cases = result["cases"]
    what = sha256(repr((result, list(lines_of(asked)))).encode()).hexdigest()[:12]
    print(
        f"rehearsed {cases} cases by {workers} workers in {took:.1f} s: {result['results']}; fingerprint {what};",
        end=" ",
    )
    print(f"{before[1] // 1024} MB before, {(parted[0] - before[0]) / cases * 1000:.3f} ms a case for making parts")
    met = [
        said("a rehearsed case, on the clock of the wall", took / cases * 1000, "ms", REHEARSAL_GOAL),
        said("a rehearsed case, processor time of ours", ours / cases * 1000, "ms", REHEARSAL_GOAL * 2),
        said("memory of a worker at its peak", max(memory for _seconds, memory in used) / 1024, "MB", MEMORY_GOAL),
    ]
    return met, what


def _used() -> tuple[float, int]:
    """Seconds of the processor and, at its peak, KB of memory of this process."""
    return time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _at_once(workers: int, rehearsal_id: int) -> list[tuple[float, int]]:
    """Have so many processes take the parts of a rehearsal, as those of Celery do; what each has used."""
    from django.db import connections

    connections.close_all()
    pipes = []
    for _worker in range(workers):
        here, there = os.pipe()
        if (pid := os.fork()) == 0:
            try:
                _work(rehearsal_id, there)
            finally:
                os._exit(0)
        os.close(there)
        pipes.append((pid, here))
    told = []
    for pid, here in pipes:
        with os.fdopen(here) as file:
            seconds, memory = file.read().split()
        os.waitpid(pid, 0)
        told.append((float(seconds), int(memory)))
    return told


def _work(rehearsal_id: int, there: int) -> None:
    from legalcity.lib.clock import now
    from recoveries.letters.scenarios.rehearsals import part_carry_out
    from recoveries.models import RehearsalPart

    begun, _memory = _used()
    waiting = RehearsalPart.objects.filter(rehearsal=rehearsal_id).order_by("number")
    for pk in list(waiting.values_list("pk", flat=True)):
        part_carry_out(part_id=pk, moment=now())
    seconds, memory = _used()
    os.write(there, f"{seconds - begun} {memory}".encode())


def _ticked(steps: int) -> list[bool]:
    from legalcity.lib.clock import now
    from recoveries.letters.scenarios.ticking import tick
    from recoveries.models import Enrolment

    entered = _entered(steps)
    Enrolment.objects.filter(pk__in=entered).update(next_due_at=now(), entered_at=now() - timedelta(30))
    begun = time.process_time()
    tick()
    took = time.process_time() - begun
    return [
        said(f"a step, of {len(entered)}, processor time of ours", took / max(len(entered), 1) * 1000, "ms", STEP_GOAL),
    ]


def _idle(many: int) -> list[bool]:
    """A clock with nothing to do, beside so many cases that are in a scenario."""
    from django.db import connection, transaction

    from recoveries.letters.scenarios.ticking import tick
    from recoveries.models import ScenarioVersion

    if not many:
        return []
    version = ScenarioVersion.objects.get(scenario__code="standard")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(ENROLLED, {"version": version.pk, "many": many})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE recoveries_enrolment")
    tick()
    begun = time.process_time()
    took = sorted(_timed(tick) * 1000 for _ in range(50))
    ours = (time.process_time() - begun) / 50 * 1000
    print(f"{many} enrolments; of 50 clocks the quickest {took[0]:.1f} ms, the slowest {took[-1]:.1f}")
    return [said("a clock with nothing due, processor time of ours", ours, "ms", IDLE_GOAL)]


def _timed(work: Any) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _entered(many: int) -> list[int]:
    """Cases that enter *Standard* now: their ids as enrolments."""
    from legalcity.lib.errors import DomainError
    from recoveries.letters.scenarios.switching import case_switch
    from recoveries.models import Enrolment, Recovery, ScenarioVersion

    version = ScenarioVersion.objects.select_related("scenario").get(scenario__code="standard")
    taken = Enrolment.objects.values("recovery")
    done: list[int] = []
    for pk in Recovery.objects.filter(status_id=1).exclude(pk__in=taken).order_by("pk").values_list("pk", flat=True):
        if len(done) == many:
            break
        try:
            done.append(case_switch(recovery_id=pk, version=version, by=None).pk)
        except DomainError:
            continue
    return done


def _killed(times: int) -> bool:
    """Clocks that die at any line of ours; what they left goes on."""
    from legalcity.lib.clock import now
    from recoveries.letters.scenarios.ticking import tick
    from recoveries.models import Enrolment, Message, StepRun

    chance, died = Random(1), Counter[str]()
    entered = _entered(times)
    Enrolment.objects.filter(pk__in=entered).update(next_due_at=now(), entered_at=now() - timedelta(30))
    for _turn in range(times):
        was_killed, told = ended_at(chance.randrange(1, 1500), tick, lambda file: OURS in file)
        line = told if was_killed else None
        died["went through" if line is None else "killed"] += 1
        died[line or ""] += 1
        Enrolment.objects.filter(claimed_until__isnull=False).update(claimed_until=now() - timedelta(1))
    while tick():
        pass
    runs = Counter(StepRun.objects.filter(enrolment__in=entered, step__position=0).values_list("enrolment", flat=True))
    messages = Counter(
        Message.objects.filter(recovery__enrolments__in=entered, kind="relance_1").values_list("recovery", flat=True)
    )
    lost = len(entered) - len(runs)
    doubles = sum(many - 1 for many in (*runs.values(), *messages.values()))
    lines = sum(":" in line for line in died)
    print(f"{died['killed']} of {times} clocks killed, at {lines} lines; {died['went through']} went through:", end=" ")
    print(f"{len(entered)} steps due, {lost} lost, {doubles} twice")
    return lost == doubles == 0


def main() -> int:
    """Make the database, measure, clean up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--enrolments", type=int, default=1_000_000)
    given = parser.parse_args()
    machine.require_services()
    drop_leftovers()
    with tempfile.TemporaryDirectory(prefix="legalcity-bench-") as folder:
        environment = machine.production(Path(folder))
        with databases([given.cases], environment) as names:
            os.environ.update(environment, DATABASE_URL=database_url(names[given.cases]), LOG_LEVEL="ERROR")
            met = measured(given.workers, given.steps, given.kills, given.enrolments)
            from django.db import connections

            connections.close_all()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
