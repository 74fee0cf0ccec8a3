"""The clock of the embedded default, which has neither worker nor beat: a thread of the web process.

It runs the tasks of the one schedule (legalcity/celery.py), the sweeps among them, inside the process. Several
processes may have one each: rows that are jobs are claimed, and the other tasks may be done twice.
"""

import threading
from datetime import timedelta

from celery import current_app
from celery.beat import ScheduleEntry
from django.conf import settings
from django.db import close_old_connections

from legalcity.lib.claims import task_named
from legalcity.lib.logs import log_failure

BEFORE_THE_FIRST_ROUND = 3.0  # seconds: whoever asks the server first is answered first
BETWEEN_ROUNDS = 1.0  # seconds
SOON = 10  # seconds for which a hint is of use: whatever it was about is looked for periodically too
LONG_AGO = timedelta(days=1000)


class EmbeddedClock:
    """The schedule, and when each of its tasks ran last.

    The first round runs all of them: a process that lives for an hour a day would never see half past three at night.
    """

    def __init__(self) -> None:
        schedule, before = current_app.conf.beat_schedule, current_app.now() - LONG_AGO
        self._entries = [
            ScheduleEntry(name=name, last_run_at=before, app=current_app, **entry) for name, entry in schedule.items()
        ]

    def round(self) -> None:
        """Run what is due."""
        for number, entry in enumerate(self._entries):
            is_due, _seconds = entry.is_due()
            if is_due:
                self._entries[number] = next(entry)
                run(str(entry.task))

    def work(self) -> None:
        """Round after round, as long as the process lives."""
        pause = threading.Event()
        pause.wait(BEFORE_THE_FIRST_ROUND)
        while True:
            self.round()
            _hints.wait(BETWEEN_ROUNDS)
            _hints.follow()


class _Hints:
    """What is to be run before its time, as other threads say."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._given = threading.Event()

    def give(self, name: str) -> None:
        self._names.add(name)
        self._given.set()

    def wait(self, seconds: float) -> None:
        self._given.wait(seconds)

    def follow(self) -> None:
        self._given.clear()
        names, self._names = self._names, set()
        for name in sorted(names):
            run(name)


_hints = _Hints()


def hint(name: str) -> None:
    """Have a task run now rather than at its time: by a worker, or by the clock of this process; never by the caller.

    It is a hint: one that gets lost costs nothing but time.
    """
    if settings.CELERY_TASK_ALWAYS_EAGER:
        _hints.give(name)
    else:
        task_named(name).apply_async(expires=SOON)


def run(name: str) -> None:
    """Run a task in this process. Whatever fails is logged, and the clock goes on."""
    close_old_connections()
    try:
        task_named(name).apply()  # Its own failures are logged where every task's are (legalcity/lib/logs.py).
    except Exception as error:
        log_failure(error)
    finally:
        close_old_connections()


def start() -> None:
    """Start the clock where tasks run inside the process; elsewhere beat is the clock."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        threading.Thread(target=EmbeddedClock().work, name="embedded-clock", daemon=True).start()
