"""Reads of documents."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from documents.models import Document, FileType

State = Document.State
ENDED_BADLY = (State.REJECTED, State.FAILED)
ENDED = (*ENDED_BADLY, State.READY)


def file_types() -> list[dict[str, Any]]:
    """The active file types, in order."""
    columns = ("id", "type", "position", "active", "description")
    return list(FileType.objects.filter(active=True).order_by("position", "id").values(*columns))


def documents_of(recovery_id: int) -> QuerySet[Document]:
    """The documents of a case that its client sees, what ended badly among them (by id only)."""
    return Document.objects.filter(recovery_id=recovery_id, visible_to_user=True).select_related(
        "file", "file_type", "invoice"
    )


def served_documents(since: datetime | None) -> QuerySet[Document]:
    """Documents that can be downloaded; those created at `since` or later."""
    ready = Document.objects.filter(state=State.READY, file__isnull=False).order_by("id")
    return ready if since is None else ready.filter(created_at__gte=since)
