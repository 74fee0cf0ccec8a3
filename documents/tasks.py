"""Celery's doors to documents: an id in, the pipeline called."""

from typing import Any

from celery import shared_task

from documents.services.pipeline import JOB, Outcome, document_process
from documents.services.storage import folder_due, orphans_remove
from legalcity.lib import claims
from legalcity.lib.clock import now


@claims.job_task(JOB)
def process(self: Any, document_id: int) -> str:
    """Take a document as far as it goes; come back a few times while something temporary is in the way."""
    outcome = document_process(document_id=document_id, moment=now())
    if outcome is Outcome.LATER:
        claims.come_back(self, JOB, JOB.pause(self.request.retries + 1))
    return outcome.value


@shared_task(name="documents.tasks.sweep")
def sweep() -> int:
    """Begin again what was left behind; returns how many."""
    return claims.sweep(JOB, moment=now())


@shared_task(name="documents.tasks.remove_orphans")
def remove_orphans() -> int:
    """Remove what nothing knows from a part of the storage; returns how many."""
    moment = now()
    return orphans_remove(moment=moment, folder=folder_due(moment))
