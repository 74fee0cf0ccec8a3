"""Webhooks on PostgreSQL and Redis: deliveries a second by workers, from commit to the first try, workers killed.

    DATABASE_URL=… REDIS_URL=… python benchmarks/webhooks.py speed|beside|slow|kills
    EMBEDDED=1 DATA_DIR=… python benchmarks/webhooks.py embedded|embedded-beside

The database is made (`<name>_webhooks`) and dropped. `speed`: workers of the queue, as `make worker` starts them, send
to receivers that answer after 20 ms; then events one by one, each timed from its commit to its arrival. `embedded`: the
same by the clock's thread of the process. `beside`: events one by one of an account, while another one has ten
endpoints that never answer, and a backlog for each. `slow`: the same beside five accounts whose ten endpoints each take
every event, after twelve seconds. `kills`: a worker kills itself at a line of what it does, a
different one each time; then what arrived is compared with what happened.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from dying import NEVER_REACHED, ended_at

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NEVER = "/never"  # the path at which nothing is answered
SLOW = "/slow"  # the path at which the answer takes long
SLOW_ANSWER = 12  # seconds
SLOW_ACCOUNTS = 5
ANSWER_AFTER = 0.020  # seconds
ENDPOINTS = 10
EVENTS = 600  # of the rate, each to all endpoints of one account
SINGLE = 60  # of the latency
KILLS = 50
WORKERS = 2
BACKLOG = 100  # events of an account whose endpoints never answer
MINE = (
    "events/webhooks/delivering.py",
    "events/webhooks/post.py",
    "events/webhooks/claiming.py",
    "events/webhooks/lanes.py",
    "events/webhooks/sending.py",
)


def is_mine(file: str) -> bool:
    """Whether a file is of what delivers."""
    return file.endswith(MINE)


class Arrivals:
    """What receivers got: the moment and the id of each."""

    def __init__(self) -> None:
        self.got: list[tuple[float, str]] = []
        arrivals = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.startswith(NEVER):
                    time.sleep(3600)
                if not self.path.startswith(SLOW):
                    arrivals.got.append((time.time(), self.headers["webhook-id"] + self.path))
                time.sleep(SLOW_ANSWER if self.path.startswith(SLOW) else ANSWER_AFTER)
                self.send_response(204)
                self.end_headers()
                self.close_connection = True

            def log_message(self, *_words: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        server = Server(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def until(self, many: int, seconds: float) -> None:
        """Wait for so many different ones."""
        end = time.time() + seconds
        while len({told for _at, told in self.got}) < many and time.time() < end:
            time.sleep(0.02)


def settings(arrivals: Arrivals) -> None:
    """The environment of this process and of all that it starts."""
    os.environ.update(DEBUG="1", WEBHOOK_LOOPBACK="1", WEBHOOK_PORTS=str(arrivals.port), LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "legalcity.settings"


@contextmanager
def database(of: str = "webhooks") -> Iterator[None]:
    """A database of its own."""
    import psycopg

    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"{url.path.strip('/')}_{of}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{name}"))
    try:
        begin()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(urlunsplit(url), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def begin() -> None:
    """Django, and its tables."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def account(arrivals: Arrivals, endpoints: int, path: str = "") -> Any:
    """An account with endpoints, whose addresses begin with a path."""
    from accounts.models import User
    from events.webhooks.endpoints import endpoint_create

    user = User.objects.create_user(f"erp{time.time_ns()}@example.com", first_name="A", last_name="B")
    for number in range(endpoints):
        endpoint_create(owner=user, values={"url": f"http://127.0.0.1:{arrivals.port}{path}/{number}"})
    return user


def happen(user: Any, times: int = 1) -> float:
    """So many events in one transaction; the moment of its commit."""
    from events.services import Ref, event_record, story
    from events.types import event_types

    declared = event_types()["recovery.paid"]
    with story():
        for _turn in range(times):
            event_record(type=declared, owner_id=user.pk, obj=Ref("recovery", 25), data=declared.example)
    return time.time()


@contextmanager
def workers(many: int) -> Iterator[list[int]]:
    """Workers of the queue, one process each, and the clock; the ids of the former."""
    command = [sys.executable, "-m", "celery", "-A", "legalcity"]
    beat = ["beat", "--schedule", f"/tmp/beat-{os.getpid()}", "--pidfile="]
    started = [
        subprocess.Popen([*command, *part, "--loglevel", "ERROR"], cwd=ROOT)
        for part in (
            *[["worker", "--queues", "webhooks", "--concurrency", "1", "-n", f"w{n}"] for n in range(many)],
            beat,
        )
    ]
    time.sleep(15)
    try:
        yield [process.pid for process in started[:many]]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def speed(arrivals: Arrivals) -> None:
    """By workers of the queue: how many deliveries a second, and from commit to the first try when idle."""
    with database(), workers(WORKERS) as pids:
        rate(arrivals, pids)
        measured(arrivals, f"{WORKERS} workers")


def beside(arrivals: Arrivals) -> None:
    """By workers of the queue, beside receivers that never answer."""
    with database(), workers(WORKERS):
        hold(arrivals)
        measured(arrivals, f"{WORKERS} workers beside {ENDPOINTS} endpoints that never answer")


def slow(arrivals: Arrivals) -> None:
    """By workers of the queue, beside receivers that take everything, after a while."""
    with database(), workers(WORKERS):
        for _turn in range(SLOW_ACCOUNTS):
            happen(account(arrivals, ENDPOINTS, SLOW), BACKLOG)
        time.sleep(1)
        which = f"{SLOW_ACCOUNTS} accounts of {ENDPOINTS} endpoints that answer after {SLOW_ANSWER} s"
        measured(arrivals, f"{WORKERS} workers beside {which}")


def hold(arrivals: Arrivals) -> None:
    """Have an account whose endpoints never answer, with a backlog, and leave it a moment."""
    happen(account(arrivals, ENDPOINTS, NEVER), BACKLOG)
    time.sleep(3)


class Meter:
    """Seconds that workers with their children use, and the server's processes of their database, which come and go."""

    def __init__(self, pids: list[int]) -> None:
        self._pids, self._used, self._began = pids, dict[int, float](), dict[int, float]()
        self.look()
        self._began = {**self._used}

    def look(self) -> None:
        """To be called often: what a process has used since goes with it."""
        from django.db import connection
        from servers import used_by

        for pid in self._pids:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            self._used |= {each: used_by(each) for each in [pid, *map(int, children)]}
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            self._used |= {-pid: used_by(pid) for (pid,) in cursor.fetchall()}

    def used(self) -> tuple[float, float]:
        """Of the workers, and of the server."""
        since = {pid: used - self._began.get(pid, 0) for pid, used in self._used.items()}
        return sum(used for pid, used in since.items() if pid > 0), sum(used for pid, used in since.items() if pid < 0)


def rate(arrivals: Arrivals, pids: list[int]) -> None:
    """How many deliveries a second, and what each costs."""
    user = account(arrivals, ENDPOINTS)
    happen(user)
    arrivals.until(ENDPOINTS, 30)
    arrivals.got.clear()
    meter = Meter(pids)
    until = time.time() + 180
    for _part in range(EVENTS // 50):
        happen(user, 50)
    while len(arrivals.got) < EVENTS * ENDPOINTS and time.time() < until:
        time.sleep(0.2)
        meter.look()
    used = [seconds / len(arrivals.got) * 1000 for seconds in meter.used()]
    moments = sorted(at for at, _told in arrivals.got)
    seconds = moments[-1] - moments[0]
    doubles = len(moments) - len({told for _at, told in arrivals.got})
    print(f"{len(moments)} deliveries to {ENDPOINTS} endpoints by {WORKERS} workers in {seconds:.1f} s:", end=" ")
    print(f"{len(moments) / seconds:.0f} a second; {doubles} came twice;", end=" ")
    print(f"processor time of each: {used[0]:.2f} ms of the workers, {used[1]:.2f} ms of PostgreSQL", flush=True)


def embedded(arrivals: Arrivals) -> None:
    """By the clock's thread of the process: from commit to the first try when idle."""
    begin_with_clock()
    measured(arrivals, "the embedded default")


def embedded_beside(arrivals: Arrivals) -> None:
    """By the clock's thread of the process, beside receivers that never answer."""
    begin_with_clock()
    hold(arrivals)
    measured(arrivals, f"the embedded default beside {ENDPOINTS} endpoints that never answer")


def begin_with_clock() -> None:
    """Django, its tables, and the clock of the process."""
    begin()
    from legalcity.lib import embedded_clock

    embedded_clock.BEFORE_THE_FIRST_ROUND = 0
    embedded_clock.start()
    time.sleep(15)


def measured(arrivals: Arrivals, by: str) -> None:
    """One event after the other, a moment between."""
    user, took, chance = account(arrivals, 1), [], Random(1)
    for _turn in range(SINGLE):
        known = len(arrivals.got)
        committed = happen(user)
        while len(arrivals.got) == known and time.time() < committed + 10:
            time.sleep(0.002)
        took.append(arrivals.got[-1][0] - committed if len(arrivals.got) > known else 10.0)
        time.sleep(chance.uniform(0.2, 0.8))
    took.sort()
    told = ", ".join(f"p{part} {took[int(part / 100 * len(took)) - 1] * 1000:.0f} ms" for part in (50, 90, 99))
    print(f"commit to first try, {by}: {told}, median {statistics.median(took) * 1000:.0f} ms of {SINGLE}")


def kills(arrivals: Arrivals) -> None:
    """Workers that die at any line."""
    with database():
        from events.webhooks.delivering import deliver, sweep
        from events.webhooks.fan_out import fan_out
        from events.webhooks.models import Delivery, Endpoint
        from legalcity.lib.clock import now

        user, chance, died = account(arrivals, 1), Random(1), Counter[str]()
        happen(user, 5)
        fan_out()
        lines_of_a_run = int(ended_at(NEVER_REACHED, deliver, is_mine)[1])
        for _turn in range(KILLS):
            happen(user, 5)
            fan_out()
            Endpoint.objects.update(failing_since=None)
            was_killed, told = ended_at(chance.randrange(1, lines_of_a_run), deliver, is_mine)
            line = told if was_killed else None
            died["went through" if line is None else "killed"] += 1
            died[line or ""] += 1
            Delivery.objects.filter(claimed_until__isnull=False).update(claimed_until="2020-01-01T00:00:00Z")
            sweep(moment=now())
        Delivery.objects.update(due_at=now())
        while deliver():
            pass
        made, ids = (KILLS + 1) * 5, Counter(told for _at, told in arrivals.got)
        states = Counter(Delivery.objects.values_list("state", flat=True))
        lines = sum(":" in line for line in died)
        doubles = sum(many - 1 for many in ids.values())
        print(
            f"{died['killed']} of {KILLS} runs killed, at {lines} lines; {died['went through']} went through:", end=" "
        )
        print(f"{made} events, {made - len(ids)} lost, {doubles} came twice under one id; {dict(states)}")


if __name__ == "__main__":
    arrivals = Arrivals()
    settings(arrivals)
    parts = {
        "speed": speed,
        "beside": beside,
        "slow": slow,
        "embedded": embedded,
        "embedded-beside": embedded_beside,
        "kills": kills,
    }
    parts[sys.argv[1]](arrivals)
