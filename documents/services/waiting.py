"""Waiting until a document can be served, or never will be."""

from documents.models import Document
from documents.selectors import ENDED
from legalcity.lib.waiting import read_until


def document_wait(*, document_id: int, seconds: float) -> str | None:
    """The state of a document once its way has ended, or after `seconds`; None when it is deleted meanwhile."""
    states = Document.objects.filter(pk=document_id).values_list("state", flat=True)
    return read_until(lambda state: state is None or state in ENDED, states.first, seconds=seconds)
