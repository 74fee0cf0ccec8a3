"""Reads of documents."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from documents.models import Document, FileType
from legalcity.lib.audience import Audience

State = Document.State
ENDED_BADLY = (State.REJECTED, State.FAILED)
ENDED = (*ENDED_BADLY, State.READY)


class DocumentRow(NamedTuple):
    """What the API shows of a document, as columns; moments and amounts as the database or its JSON gives them."""

    id: int
    recovery_id: int
    invoice_id: int | None
    author_id: int | None
    file_id: int | None
    file_type_id: int | None
    visible_to_user: bool
    visible_to_debtor: bool
    visible_to_bailiff: bool
    visible_to_oip: bool
    is_signed: bool
    created_at: Any
    updated_at: Any
    invoice_number: str | None
    invoice_amount: Any
    filename: str | None
    mime: str | None
    type: str | None
    state: str
    reason: str

    @classmethod
    def of(cls, document: Any) -> "DocumentRow":
        """The row of an instance whose relations are loaded."""
        invoice, file, file_type = document.invoice, document.file, document.file_type
        own = {name: getattr(document, name) for name in cls._fields if hasattr(document, name)}
        return cls(
            **own,
            invoice_number=invoice.invoice_number if invoice else None,
            invoice_amount=invoice.invoice_amount if invoice else None,
            filename=file.filename if file else None,
            mime=file.mime if file else None,
            type=file_type.type if file_type else None,
        )


def file_types() -> list[dict[str, Any]]:
    """The active file types, in order."""
    columns = ("id", "type", "position", "active", "description")
    return list(FileType.objects.filter(active=True).order_by("position", "id").values(*columns))


def documents_of(recovery_id: int) -> QuerySet[Document]:
    """The documents of a case that its client sees, what ended badly among them (by id only)."""
    seen = Document.objects.seen_by(Audience.CLIENT).filter(recovery_id=recovery_id)
    return seen.select_related("file", "file_type", "invoice")


def served_documents(since: datetime | None) -> QuerySet[Document]:
    """Documents that can be downloaded; those created at `since` or later."""
    ready = Document.objects.filter(state=State.READY, file__isnull=False).order_by("id")
    return ready if since is None else ready.filter(created_at__gte=since)
