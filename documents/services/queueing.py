"""Handing documents to the workers."""

from django.db import transaction


def queue_processing(document_id: int) -> None:
    """Queue a document once the transaction has committed.

    A broker that is down does not undo the document: the sweep finds it.
    """
    from documents.tasks import process  # Here, because tasks are a door to the services.

    transaction.on_commit(lambda: process.delay(document_id), robust=True)
