"""Celery's doors to documents: an id in, the pipeline called."""

from datetime import datetime
from typing import Any

from celery import shared_task

from documents.services.pipeline import Outcome, document_process, left_behind
from documents.services.storage import folder_due, orphans_remove
from legalcity.lib.clock import now

# Seconds before the next attempt: soon, so that a waiting client still hears of it; later the sweep comes by.
BACKOFF = (1, 3, 15)
EAGER_RETRIES = 2


@shared_task(name="documents.tasks.process", bind=True, max_retries=len(BACKOFF))
def process(self: Any, document_id: int) -> str:
    """Take a document as far as it goes; come back a few times while something temporary is in the way."""
    outcome = document_process(document_id=document_id, moment=now())
    retries: int = self.request.retries
    most = EAGER_RETRIES if self.request.is_eager else len(BACKOFF)
    if outcome is not Outcome.LATER or retries >= most:
        return str(outcome.value)
    raise self.retry(countdown=BACKOFF[retries])


@shared_task(name="documents.tasks.sweep")
def sweep() -> dict[str, int]:
    """Begin again what was left behind; remove what nothing knows from a part of the storage. Counts of both."""
    moment = now()
    return {"queued": _queue_left_behind(moment), "orphans": orphans_remove(moment=moment, folder=folder_due(moment))}


def sweep_everything() -> dict[str, int]:
    """The sweep over the whole storage at once."""
    moment = now()
    return {"queued": _queue_left_behind(moment), "orphans": orphans_remove(moment=moment)}


def _queue_left_behind(moment: datetime) -> int:
    waiting = left_behind(moment=moment)
    for document_id in waiting:
        process.delay(document_id)
    return len(waiting)
