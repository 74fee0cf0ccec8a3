"""A portfolio that several processes load is the one that one of them loads."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from select import select

import pytest
from django.core.management import CommandError
from django.db import connection

from demo import portfolio
from demo.acts import Actors
from demo.one_case import CaseDraft
from demo.tests.test_seed_demo import clear, content, seed
from demo.writing import drafts_write
from events.models import PAST, Event
from recoveries.models import CaseCount


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_several_processes_load_what_one_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "BATCH", 3)
    assert seed(20, "--processes", "3").startswith("20 cases added, 0 there already")
    assert sum(CaseCount.objects.values_list("n", flat=True)) == 20
    with connection.cursor() as cursor:  # By plans for empty tables each case would be looked for among all.
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'recoveries_recovery'")
        assert 3 <= cursor.fetchone()[0] <= 20
    rows, told = content(), Event.objects.filter(door=PAST).count()
    clear()
    seed(20)
    assert content() == rows
    assert Event.objects.filter(door=PAST).count() == 2 * told


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_where_one_of_them_is_killed_the_next_run_adds_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "BATCH", 3)

    def killed(drafts: Sequence[CaseDraft], *, people: Actors) -> None:
        drafts_write(drafts, people=people)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as out_of_memory:
        out_of_memory.setattr(portfolio, "drafts_write", killed)
        with pytest.raises(CommandError, match="run again"):
            seed(8, "--processes", "2")
    assert not Event.objects.filter(door=PAST).exists()
    assert seed(8, "--processes", "2").startswith("8 cases added, 0 there already")


WAITING = """
import faulthandler, os, signal
from demo.processes import batches_done

faulthandler.register(signal.SIGUSR1, all_threads=True)

def load(batch):
    print(os.getpid(), flush=True)
    signal.pause()

list(batches_done(load, [1, 2, 3], processes=2))
"""
PATIENCE = 60  # seconds


def lines_of(command: subprocess.Popen[bytes], many: int) -> list[bytes]:
    """The first lines that a command and its processes say, or fewer, where they say nothing more for a while."""
    assert command.stdout is not None
    said = b""
    while said.count(b"\n") < many and select([command.stdout], [], [], PATIENCE)[0]:
        some = os.read(command.stdout.fileno(), 1000)
        said += some
        if not some:
            break
    return said.split(b"\n")[:-1]


def group_ended(command: subprocess.Popen[bytes], *, told: bool) -> None:
    """End a command with all that it started; where that is of use, what each of them is at goes to its errors."""
    with suppress(ProcessLookupError):
        if told:
            os.killpg(command.pid, signal.SIGUSR1)
            time.sleep(1)  # A process that was ended says nothing.
        os.killpg(command.pid, signal.SIGKILL)


def test_none_of_them_outlives_the_command() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, start_new_session=True) as command:
        works = False
        try:
            works = len(lines_of(command, 2)) == 2
            assert works
            command.kill()
            command.communicate(timeout=PATIENCE)  # The pipe ends with the last who could write there.
        finally:
            group_ended(command, told=not works)


@pytest.mark.django_db
@pytest.mark.parametrize("processes", [-1, 0, 33, 99999999999])
def test_a_number_that_is_none_of_processes_is_refused(processes: int) -> None:
    with pytest.raises(CommandError, match="between 1 and 32"):
        seed(1, "--processes", str(processes))


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has as many as there are")
def test_more_processes_than_writers_are_refused() -> None:
    with pytest.raises(CommandError, match="SQLite has one writer"):
        seed(1, "--processes", "2")
