"""When a document is told of: not before the request that brought it has ended, since one that is refused in its own
request tells nothing.

Whoever asks for a document waits for it a while and then says so here; one whose request never comes so far is told of
when it is ready.
"""

from documents.events import DOCUMENT_RECEIVED, document_told
from documents.models import Document
from documents.selectors import ENDED_BADLY
from documents.services.locking import document_locked
from events.services import story
from legalcity.lib.errors import NotFound


@story()
def document_received(*, document_id: int) -> Document | None:
    """The request that brought a document ends: unless it has ended badly by now, it is told of, and so is its end.

    Returns the document as it stands, with all that is shown of it; None when it is gone.
    """
    document = _shown(document_id)
    if document is None or document.is_told or document.state in ENDED_BADLY:
        return document
    try:
        locked = document_locked(document_id)
    except NotFound:
        return None
    if locked.state not in ENDED_BADLY:
        receipt_tell(locked)
    return _shown(document_id)


def receipt_tell(document: Document) -> None:
    """Tell once that a document was received, by its author. The caller has it locked, and read its case with it."""
    if document.is_told:
        return
    document.is_told = True
    Document.objects.filter(pk=document.pk).update(is_told=True)
    current = {"state": document.state}
    document_told(DOCUMENT_RECEIVED, document, by=document.author, effective_at=document.created_at, current=current)


def _shown(document_id: int) -> Document | None:
    return Document.objects.select_related("file", "file_type", "invoice").filter(pk=document_id).first()
