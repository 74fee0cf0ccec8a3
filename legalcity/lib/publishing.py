"""Whether what was queued is in the queue: who waits for a task that is in none waits in vain."""

from contextvars import ContextVar
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError as NoBroker

from legalcity.lib.logs import queue_is_away, queue_is_back

_is_lost = ContextVar("is_lost", default=False)


class NotedTask(Task):
    """The base of all tasks (legalcity/celery.py)."""

    abstract = True

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Queue it, and note whether that went well."""
        _is_lost.set(True)
        try:
            queued = super().apply_async(*args, **options)
        except NoBroker as error:
            queue_is_away(error)
            raise
        _is_lost.set(False)
        queue_is_back()
        return queued


def last_task_is_lost() -> bool:
    """Whether the last task that this thread queued is in no queue. The sweep finds its row."""
    return _is_lost.get()
