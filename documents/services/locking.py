"""The order of locks: the case first, then its documents, then their files, the same for everybody who writes.

So nobody waits for each other in a circle, and who copies a case holds its documents still.
"""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from documents.models import Document
from legalcity.lib.clock import now
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import NotFound

CASE_NOT_FOUND = _("Recovery case not found")
NOT_FOUND = _("Document not found")


def case_lock(recovery_id: int) -> None:
    """Lock the case whose documents are about to change, until the transaction ends, and say that it was changed.

    Raises NotFound.
    """
    # Cases are above this room: it knows them by its foreign key alone.
    cases = cast(Any, Document._meta.get_field("recovery").related_model)._base_manager
    if not cases.filter(pk=recovery_id).update(updated_at=now()):
        raise NotFound(CASE_NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)


def document_locked(document_id: int) -> Document:
    """The document, locked after its case until the transaction ends. Raises NotFound when it is gone."""
    recovery_id = Document.objects.filter(pk=document_id).values_list("recovery_id", flat=True).first()
    if recovery_id is not None:
        case_lock(recovery_id)
    rows = Document.objects.select_for_update(of=("self",)).select_related("author")
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise NotFound(NOT_FOUND)
    return document
