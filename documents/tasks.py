"""Celery's doors to documents: an id in, the pipeline called."""

from typing import Any

from celery import shared_task

from documents.services.pipeline import Outcome, document_process, left_behind
from documents.services.storage import orphans_remove
from legalcity.lib.dates import now

# Seconds before the next attempt: soon at first, so that a waiting client still hears of it.
BACKOFF = (1, 3, 15, 60, 300)
EAGER_RETRIES = 2


@shared_task(bind=True, max_retries=None)
def process(self: Any, document_id: int) -> str:
    """Take a document as far as it goes; come back while something temporary is in the way."""
    outcome = document_process(document_id=document_id, moment=now())
    if outcome is not Outcome.LATER:
        return str(outcome.value)
    retries = self.request.retries
    if self.request.is_eager and retries >= EAGER_RETRIES:
        return str(outcome.value)  # Nobody waits in the process for ever; the sweep comes by.
    raise self.retry(countdown=BACKOFF[min(retries, len(BACKOFF) - 1)])


@shared_task
def sweep() -> dict[str, int]:
    """Begin again what was left behind; remove bytes that nothing knows. Counts of both."""
    moment = now()
    waiting = left_behind(moment=moment)
    for document_id in waiting:
        process.delay(document_id)
    return {"queued": len(waiting), "orphans": orphans_remove(moment=moment)}
