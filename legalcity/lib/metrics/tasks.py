"""Tasks, counted where a worker has ended one; and when each message was queued, which brokers do not tell."""

import time
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun

from legalcity.lib.metrics import series

QUEUED_AT = "queued_at"  # a header of each message: Unix seconds
_begun: dict[str, float] = {}  # by the id of the task; a process works on few at a time


@before_task_publish.connect
def note_when(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """A message says when it was queued."""
    if headers is not None:
        headers.setdefault(QUEUED_AT, time.time())


@task_prerun.connect
def begun(task_id: str, **_: Any) -> None:
    """The clock of a task starts."""
    _begun[task_id] = time.perf_counter()


@task_postrun.connect
def ended(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    """It has ended: `success`, `retry` (comes back), `failure`."""
    started = _begun.pop(task_id, None)
    series.tasks.labels(task.name, (state or "unknown").lower()).inc()
    if started is not None:
        series.task_seconds.labels(task.name).observe(time.perf_counter() - started)
