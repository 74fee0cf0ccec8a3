"""A row as a job: it says itself what is still to be done with it, who is at it and when it is due.

A service writes the row and queues its task by name (`queue`); the worker takes it (`take`) and writes results through
its claim only. Whatever is lost on the way, a message, a worker, the queue, the row is still there: the sweep hands it
out again. How long and how often is the `Job` that stands beside each table; docs/architecture.md has them all.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import randrange
from typing import Any, Generic, Self, TypeVar

import structlog
from celery import Task, current_app, shared_task
from django.db import DatabaseError, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from legalcity.lib.clock import now

log = structlog.get_logger("jobs")

PATIENCE = timedelta(minutes=1)  # how long the queue has a row before the sweep hands it out again
CLAIM = timedelta(seconds=25)  # how long a claim outlives its worker's last sign of life
SIGN_OF_LIFE = timedelta(seconds=8)  # how often a worker gives one: three may be missed
AT_ONCE = 1000  # rows of one sweep
MOST_COUNTED = 1000  # what is tried without end is not counted without end
RETURNS_WITHOUT_DATABASE = 5


def after_patience() -> datetime:
    """When the sweep looks for a row that was queued just now."""
    return now() + PATIENCE


class JobRow(models.Model):
    """The columns of a row that is a job. They are written by this module, and by values that a claim writes."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_until = models.DateTimeField(_("taken by a worker until"), null=True, editable=False)
    # When the sweep takes it up, unless a worker has before. A row that SQL has copied is in no queue: due at once.
    due_at = models.DateTimeField(_("next attempt"), default=after_patience, db_default=Now(), editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=JobRow)


JOBS: "dict[str, Job[Any]]" = {}  # every job of the house whose tasks were read, by the name of its task


@dataclass(frozen=True, slots=True)
class Job(Generic[Row]):
    """How long and how often the rows of a table are worked on."""

    model: type[Row]
    task: str  # the name of the task that takes the id of one
    waiting: Q  # which rows are still to be done
    claim: timedelta | None = CLAIM  # None: who has the lock of the row (or its parent) works, as long as it lives
    most_attempts: int | None = 3  # None: without end
    first_pause: timedelta = timedelta(seconds=2)  # before the second attempt; twice as long before each further one
    longest_pause: timedelta = timedelta(hours=1)
    pauses: tuple[timedelta, ...] = ()  # in the place of those that double: one after each attempt but the last
    is_resumed: bool = True  # whether another worker may begin again what one has left in the middle

    def rows(self) -> "models.QuerySet[Row]":
        """The rows that are still to be done."""
        return self.model._default_manager.filter(self.waiting)

    def pause(self, attempt: int) -> timedelta:
        """How long to wait after the `attempt`-th attempt (1, 2 …): the one back-off of the house."""
        if self.pauses:
            return self.pauses[min(max(attempt, 1), len(self.pauses)) - 1]
        times = 1 << min(max(attempt, 1) - 1, 20)
        return min(self.first_pause * times, self.longest_pause)

    def is_last(self, attempt: int) -> bool:
        """Whether there is no attempt after the `attempt`-th one."""
        return self.most_attempts is not None and attempt >= self.most_attempts

    def is_given_up(self, attempt: int) -> bool:
        """Whether the `attempt`-th attempt is one too many: each one before was cut short."""
        return self.most_attempts is not None and attempt > self.most_attempts


@dataclass(slots=True)
class Claim(Generic[Row]):
    """The right to work on a row, until an end that nobody else has chosen. Results are written through it alone.

    `ends` are the ends that it has had: a sign of life moves it on. Empty where a lock stands in its place.
    `signs` are values that signs of life write too: how far work has come that is one transaction, seen from outside.
    """

    job: Job[Row]
    pk: int
    ends: list[datetime] = field(default_factory=list)
    signs: dict[str, Any] = field(default_factory=dict)

    def row(self, *related: str) -> Row | None:
        """The row as it is now, with the rows that it names; None when it is gone."""
        return self.job.model._default_manager.select_related(*related).filter(pk=self.pk).first()

    def write(self, **values: object) -> bool:
        """Write a result, unless the claim has passed to somebody else; returns whether it was written."""
        rows = self.job.model._default_manager if self.ends else self.job.rows()
        while True:
            known = len(self.ends)
            mine = rows.filter(pk=self.pk, claimed_until__in=self.ends[:]) if known else rows.filter(pk=self.pk)
            if mine.update(**values):
                return True
            if known == len(self.ends):  # No sign of life has moved the end meanwhile.
                return False

    def release(self, *, after: timedelta, **values: object) -> bool:
        """Let somebody else have it, `after` a pause.

        A pause that the queue is told of (`come_back`) leaves it time; a longer one is the row's alone.
        """
        due_at = now() + after + (PATIENCE if after <= PATIENCE else timedelta(0))
        return self.write(**{"claimed_until": None, "due_at": due_at, **values})

    def extend(self) -> bool:
        """Give a sign of life: the claim ends later. False when it has passed to somebody else."""
        known, later = self.ends[:], _end(now() + CLAIM)
        self.ends.append(later)  # First: who writes at this moment knows the new end before the row does.
        mine = self.job.model._default_manager.filter(pk=self.pk, claimed_until__in=known)
        return bool(mine.update(claimed_until=later, **self.signs))

    @contextmanager
    def kept(self) -> Iterator[Self]:
        """Give signs of life, from a thread beside, as long as the block runs: a claim may be short, its work long."""
        over = threading.Event()
        threading.Thread(target=self._keep, args=(over,), name=f"claim-{self.pk}", daemon=True).start()
        try:
            yield self
        finally:
            over.set()

    def _keep(self, over: threading.Event) -> None:
        while not over.wait(SIGN_OF_LIFE.total_seconds()):
            try:
                if not self.extend():
                    return
            except DatabaseError as error:  # When it stays away the claim ends, and the work is another's.
                log.warning("claim_not_extended", task=self.job.task, row=self.pk, error=type(error).__name__)
            finally:
                connection.close()


def _end(moment: datetime) -> datetime:
    """The odd microseconds make each claim's end its own."""
    return moment + timedelta(microseconds=randrange(1_000_000))  # noqa: S311 - no secret


def take(job: Job[Row], pk: int, *, moment: datetime, **values: object) -> Claim[Row] | None:
    """Take a row that waits, and count the attempt; None when it is done, gone or somebody's. Of many one wins.

    `values` are written with it. Where a lock stands for the claim everybody is let in, and the lock lets one on.
    """
    if job.claim is None:
        taken: dict[str, Any] = {"due_at": moment + PATIENCE}
        claim = Claim(job, pk)
    else:
        claim = Claim(job, pk, [_end(moment + job.claim)])
        taken = {"claimed_until": claim.ends[0]}
    free = Q(claimed_until=None) | (Q(claimed_until__lt=moment) if job.is_resumed else Q())
    counted = Least(F("attempts") + 1, MOST_COUNTED)
    won = job.rows().filter(free, pk=pk).update(attempts=counted, **taken, **values)
    return claim if won else None


def seize(job: Job[Row], pk: int) -> Claim[Row]:
    """Take a row whatever its state and whoever has it: that one writes nothing any more."""
    claim = Claim(job, pk, [_end(now() + (job.claim or CLAIM))])
    job.model._default_manager.filter(pk=pk).update(claimed_until=claim.ends[0])
    return claim


def anew() -> dict[str, Any]:
    """The columns of a row that is to be begun with again, and is queued now."""
    return {"attempts": 0, "claimed_until": None, "due_at": after_patience()}


def lapsed(job: Job[Row], *, moment: datetime) -> "models.QuerySet[Row]":
    """Rows whose worker gives no sign of life any more."""
    return job.rows().filter(claimed_until__lt=moment)


def left_behind(job: Job[Row], *, moment: datetime) -> list[int]:
    """Ids of rows that are due and that nobody works on, the longest due first, at most AT_ONCE."""
    return list(abandoned(job, moment).order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def abandoned(job: Job[Row], moment: datetime) -> "models.QuerySet[Row]":
    """Rows that are due and that nobody works on."""
    due = Q(claimed_until=None, due_at__lte=moment)
    return job.rows().filter(due | Q(claimed_until__lt=moment) if job.is_resumed else due)


def sweep(job: Job[Row], *, moment: datetime) -> int:
    """Queue again what was left behind; returns how many rows. While the queue has them the next sweeps pass by."""
    waiting = left_behind(job, moment=moment)
    abandoned(job, moment).filter(pk__in=waiting).update(claimed_until=None, due_at=moment + PATIENCE)
    for pk in waiting:
        task_named(job.task).delay(pk)
    return len(waiting)


_reading, _are_read = threading.Lock(), threading.Event()


# --- the queue -------------------------------------------------------------------------------------------------------
def task_named(name: str) -> Any:
    """A task of the application. The services below know its name alone: tasks are doors to them.

    Raises NotRegistered.
    """
    if not _are_read.is_set():
        with _reading:  # A web process has read no task yet; of its threads one reads, and the others wait for it:
            if not _are_read.is_set():  # a task is known before its module is read to its end.
                current_app.autodiscover_tasks(force=True)
                _are_read.set()
    return current_app.tasks[name]


def queue(name: str, *args: Any) -> None:
    """Queue a task once the transaction has committed. A broker that is away costs nothing but time: see `sweep`."""
    transaction.on_commit(lambda: task_named(name).delay(*args), robust=True)


def watched(job: Job[Row]) -> Job[Row]:
    """Have a job told by `/metrics`: `job_task` does, and who works on a table without it."""
    JOBS[job.task] = job
    return job


def job_task(job: Job[Row]) -> Callable[[Callable[..., object]], Any]:
    """Decorator: the task of a job, which is called with itself and an id. A database that is away is waited for."""
    decorator: Callable[[Callable[..., object]], Any] = shared_task(
        name=watched(job).task,
        bind=True,
        max_retries=RETURNS_WITHOUT_DATABASE + (job.most_attempts or 1),
        autoretry_for=(OperationalError, InterfaceError),
        retry_backoff=1,  # 1, 2, 4 … seconds
        retry_jitter=False,
    )
    return decorator


def come_back(task: "Task[Any, Any]", job: Job[Row], pause: timedelta) -> None:
    """Have a task come back after a pause, as often as its job is tried. Raises Retry.

    Longer pauses than PATIENCE are left to the sweep, which reads them from the row: no message waits for long. Where
    tasks run in the process nobody waits: after a pause of seconds they come back at once, every longer one is left to
    the clock of the process.
    """
    if job.is_last(task.request.retries + 1):
        return
    if pause < PATIENCE or (pause == PATIENCE and not task.request.is_eager):
        raise task.retry(countdown=pause.total_seconds())
