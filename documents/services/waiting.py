"""Waiting until a document can be served, or never will be."""

from documents.models import Document
from documents.selectors import ENDED
from documents.services.pipeline import SCANNER_AWAY, STORAGE_AWAY
from legalcity.lib.waiting import read_until

IN_VAIN = (SCANNER_AWAY, STORAGE_AWAY)


def document_wait(*, document: Document, seconds: float) -> str | None:
    """The state of a document once its way has ended, or after `seconds`; None when it is deleted meanwhile.

    What the worker waits for itself, without end, is not waited for here.
    """
    row = Document.objects.filter(pk=document.pk).values_list("state", "reason")
    found = read_until(
        lambda now: now is None or now[0] in ENDED or now[1] in IN_VAIN,
        row.first,
        seconds=seconds,
        known=(document.state, document.reason),
    )
    return found[0] if found else None
