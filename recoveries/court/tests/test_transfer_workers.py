"""Transfers by real workers that are killed, and by a queue that is restarted, in the middle."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from kombu import pools

from legalcity.celery import app
from legalcity.lib.clock import now
from recoveries.court.tasks import sweep_transfers, transfer_to_injunction
from recoveries.court.tests.transfers import ALREADY, assert_transferred_once, transfer_path, transferable
from recoveries.models import Injunction, TransferRequest
from tests.factories import Api, ApiUserFactory
from tests.races import at_once, twin

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.long,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="workers need a database that processes share"),
    pytest.mark.skipif(not settings.REDIS_URL, reason="workers need a queue: set REDIS_URL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

MANY = 20
PATIENCE = 40  # seconds
# Where the worker is held when it is killed: the first, one and the last of the tables that the copy writes to.
TABLES = ("companies_company", "recoveries_comment", "recoveries_casecount")


def until(true: Callable[[], Any], what: str) -> Any:
    """Wait for something to be true, and give it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
    return found


class Queue:
    """A Redis of this test alone, which keeps nothing when it stops."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Begin to listen."""
        options = {"bind": "127.0.0.1", "port": self.port, "dir": self.folder, "save": "", "appendonly": "no"}
        command = ["redis-server", *(word for key, value in options.items() for word in (f"--{key}", str(value)))]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self._answers, "Redis")

    def stop(self) -> None:
        """End, and forget everything."""
        self.process.terminate()
        self.process.wait()

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0


class Worker:
    """A worker with one child, in a process group of its own; the database knows it by its name."""

    def __init__(self, name: str, queue: Queue, log: Path) -> None:
        self.name, self.log = name, log
        database = connection.settings_dict
        user = ":".join(str(database[key]) for key in ("USER", "PASSWORD") if database[key])
        place = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
        environment = {
            **os.environ,
            "DEBUG": "1",
            "DATABASE_URL": f"postgres://{user}@{place}/{database['NAME']}",
            "CELERY_BROKER_URL": queue.url,
            "REDIS_URL": queue.url,
            "PGAPPNAME": name,
        }
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "recoveries.court.tests.worker",
            "worker",
            "--concurrency",
            "1",
        ]
        command += ["--hostname", f"{name}@test", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, env=environment, cwd=settings.BASE_DIR, stdout=output, stderr=output, start_new_session=True
            )

    def is_ready(self) -> bool:
        """Whether it waits for tasks."""
        assert self.process.poll() is None, self.log.read_text()
        return f"{self.name}@test ready" in self.log.read_text()

    def kill(self) -> None:
        """Kill it with its child: no goodbye, no clean-up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Workers:
    """The workers of a test, by name."""

    def __init__(self, queue: Queue, folder: Path) -> None:
        self.queue, self.folder, self.started = queue, folder, 0
        self.alive: dict[str, Worker] = {}

    def start(self) -> str:
        """One more worker; it takes a while to be ready."""
        self.started += 1
        name = f"worker-{self.started}"
        self.alive[name] = Worker(name, self.queue, self.folder / f"{name}.log")
        return name

    def ready(self) -> None:
        """Wait until all of them are."""
        for worker in self.alive.values():
            until(worker.is_ready, worker.name)

    def kill(self, name: str) -> None:
        """Kill one."""
        self.alive.pop(name).kill()

    def end(self) -> None:
        """Kill what is left."""
        for name in list(self.alive):
            self.kill(name)


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """A queue, to which this process publishes too."""
    started = Queue(tmp_path)
    started.start()
    monkeypatch.setenv("CELERY_BROKER_URL", started.url)
    _forget_connections()
    yield started
    _forget_connections()
    started.stop()


def _forget_connections() -> None:
    """Let the application of this process connect anew, to wherever the environment says then."""
    pools.reset()
    app._after_fork()


@pytest.fixture
def workers(queue: Queue, tmp_path: Path) -> Iterator[Workers]:
    """Two workers, ready."""
    started = Workers(queue, tmp_path)
    started.start()
    started.start()
    started.ready()
    yield started
    started.end()


@pytest.fixture
def race_owner() -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory(email="owner@example.com"))


@contextmanager
def held(table: str) -> Iterator[Callable[[], str]]:
    """Inside, nobody can write to `table`; gives what waits until a worker tries, and says which one."""
    database = connection.settings_dict
    parts = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    given = {key: value for key, value in parts.items() if value}
    with psycopg.connect(dbname=database["NAME"], password=database["PASSWORD"] or None, **given) as session:
        session.execute(f"LOCK TABLE {table} IN SHARE MODE")

        def waiting() -> str | None:
            found = session.execute(
                "SELECT a.application_name FROM pg_locks l JOIN pg_stat_get_activity(l.pid) a ON true "
                "WHERE NOT l.granted AND l.relation = %s::regclass AND a.application_name LIKE 'worker-%%'",
                [table],
            ).fetchone()
            return str(found[0]) if found else None

        yield lambda: until(waiting, f"a worker at {table}")


def asked(owner: Api, case: int) -> TransferRequest:
    """A request that nobody waits for."""
    answer = owner.post(transfer_path(case))
    assert answer.status_code == 202, answer.content
    return TransferRequest.objects.get(recovery=case)


def state_of(request: TransferRequest) -> str:
    """Where a request stands now."""
    request.refresh_from_db()
    return request.state


def swept(request: TransferRequest) -> None:
    """Let the request be old, and sweep."""
    TransferRequest.objects.filter(pk=request.pk).update(due_at=now())
    sweep_transfers()


def assert_nothing_is_there(case: int) -> None:
    """Nothing of a transfer is to be seen."""
    assert not Injunction.objects.filter(recovery__transferred_from=case).exists()
    assert TransferRequest.objects.get(recovery=case).state == "pending"


def test_two_workers_transfer_a_case_once(race_owner: Api, workers: Workers) -> None:
    case = transferable(race_owner)

    def transfer(_number: int) -> tuple[int, Any]:
        answer = twin(race_owner).post(transfer_path(case))
        return answer.status_code, answer.json().get("reasons")

    answers = at_once(MANY, transfer)
    assert Counter(status for status, _reasons in answers) == {200: 1, 403: MANY - 1}
    assert all(reasons == ALREADY for status, reasons in answers if status == 403)
    assert Injunction.objects.count() == 1
    assert_transferred_once(case)


def test_a_worker_that_is_killed_leaves_one_transfer_or_none(
    race_owner: Api, workers: Workers, system_setting: Callable[..., None]
) -> None:
    system_setting(TRANSFER_WAIT_SECONDS=0)
    for table in TABLES:
        case = transferable(race_owner)
        workers.ready()
        with held(table) as worker_at_work:
            request = asked(race_owner, case)
            workers.kill(worker_at_work())
            assert_nothing_is_there(case)
            workers.start()
        # Nobody commits what the dead one had begun; the other one begins again.
        swept(request)
        until(lambda request=request: state_of(request) == "done", f"the transfer after {table}")
        assert_transferred_once(case)
    # All that is still in the queue of them comes again, and changes nothing.
    for request in TransferRequest.objects.all():
        transfer_to_injunction.delay(request.pk)
    last = asked(race_owner, transferable(race_owner))
    until(lambda: state_of(last) == "done", "the last transfer")
    assert Injunction.objects.count() == len(TABLES) + 1
    for case in TransferRequest.objects.values_list("recovery_id", flat=True):
        assert_transferred_once(case)


def test_the_task_of_a_killed_worker_is_delivered_again(
    race_owner: Api, queue: Queue, tmp_path: Path, system_setting: Callable[..., None]
) -> None:
    system_setting(TRANSFER_WAIT_SECONDS=0)
    case = transferable(race_owner)
    workers = Workers(queue, tmp_path)
    try:
        workers.start()
        with held("recoveries_comment") as worker_at_work:
            request = asked(race_owner, case)
            workers.kill(worker_at_work())
        assert_nothing_is_there(case)
        workers.start()
        until(lambda: state_of(request) == "done", "the second delivery")
    finally:
        workers.end()
    assert_transferred_once(case)


def test_a_queue_that_is_restarted_loses_no_transfer(
    race_owner: Api, queue: Queue, workers: Workers, system_setting: Callable[..., None]
) -> None:
    system_setting(TRANSFER_WAIT_SECONDS=0)
    begun, lost, later = (transferable(race_owner) for _number in range(3))
    with held("recoveries_comment") as worker_at_work:
        first = asked(race_owner, begun)
        worker_at_work()
        queue.stop()
        assert_nothing_is_there(begun)
        unheard = asked(race_owner, lost)  # No queue takes it: written down all the same.
        queue.start()
    until(lambda: state_of(first) == "done", "the transfer that had begun")
    swept(unheard)
    until(lambda: state_of(unheard) == "done", "the transfer that no queue heard of")
    after = asked(race_owner, later)
    until(lambda: state_of(after) == "done", "the transfer after the restart")
    for case in (begun, lost, later):
        assert_transferred_once(case)
    assert Injunction.objects.count() == 3
