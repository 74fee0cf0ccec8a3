"""Writes of documents as people ask for them: upload, announce a URL, delete; visibility."""

from collections.abc import Mapping
from functools import partial
from typing import IO, Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.content import Inspected
from documents.events import DOCUMENT_DELETED, VISIBILITY_CHANGED, VISIBLE, document_told
from documents.models import Document, SignatureRequest, StoredFile
from documents.services.locking import case_lock, document_locked
from documents.services.pipeline import JOB, file_row
from documents.services.receiving import receipt_tell
from documents.services.storage import bytes_remove, file_forget_if_unused, files_unused, told_to_people
from events.schemas import differences, sides
from events.services import changes_of, story
from events.types import seen_by
from legalcity.api.idempotency import idempotency_bind
from legalcity.lib.audience import Audience
from legalcity.lib.claims import queue
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import BadRequest, Conflict, NotFound

ALREADY_FILED = _("This stands among the documents of the case already.")
PENDING_SIGNATURES = _("Cannot delete document with pending signature requests")


def document_upload(
    *, recovery_id: int, file: IO[bytes], inspected: Inspected, values: dict[str, Any], by: User | None
) -> Document:
    """A document from uploaded bytes that passed `inspect`; `values` are name, invoice_id, file_type_id.

    It is told of when whoever asks has waited for it (`document_received`), or when it is ready.
    The bytes are stored first, outside the transaction; if the rows cannot be written they go again. Raises Full or
    Unavailable when the storage does not take them, NotFound when the case is gone.
    """
    document = Document(recovery_id=recovery_id, author=by, state=Document.State.SCANNING, is_told=False, **values)
    with told_to_people():
        stored = file_row(key=document.key, name=document.name, file=file, inspected=inspected)
    try:
        with story():
            case_lock(recovery_id)
            stored.save(force_insert=True)
            document.file = stored
            document.save(force_insert=True)
            idempotency_bind(document)
            queue(JOB.task, document.pk)
            return _written(document.pk)
    except (DatabaseError, NotFound, Conflict):
        bytes_remove(key=document.key)
        raise


@story()
def document_announce(*, recovery_id: int, url: str, values: dict[str, Any], by: User | None) -> Document:
    """A document that a worker fetches from `url`; told of as an upload is. Raises NotFound when the case is gone."""
    case_lock(recovery_id)
    document = Document.objects.create(recovery_id=recovery_id, author=by, source_url=url, is_told=False, **values)
    idempotency_bind(document)
    queue(JOB.task, document.pk)
    return _written(document.pk)


@story()
def document_share(*, recovery_id: int, file: StoredFile, by: User | None) -> Document:
    """A document of a case that has the bytes of a file which the house keeps already, as an exhibit.

    It is scanned as every document, and shown to staff alone until somebody shows it. Raises NotFound when the case is
    gone, Conflict when it has that file among its documents.
    """
    case_lock(recovery_id)
    if Document.objects.filter(recovery_id=recovery_id, file=file).exists():
        raise Conflict(ALREADY_FILED)
    document = Document.objects.create(
        recovery_id=recovery_id,
        author=by,
        file=file,
        name=file.filename,
        state=Document.State.SCANNING,
        visible_to_user=False,
        is_told=False,
    )
    queue(JOB.task, document.pk)
    receipt_tell(document)
    return document


def _written(document_id: int) -> Document:
    """A new document with all that is shown of it: after the commit it can be answered without the database."""
    return Document.objects.select_related("file", "file_type", "invoice").get(pk=document_id)


@story()
def document_visibility_set(*, document_id: int, visible_to: Mapping[Audience, bool], by: User | None) -> Document:
    """Show a document to, or hide it from, those that `visible_to` names; the others stay as they are.

    Raises NotFound.
    """
    document = document_locked(document_id)
    receipt_tell(document)
    values = {Document.visibility.columns[audience]: is_visible for audience, is_visible in visible_to.items()}
    before, seen = _shown(document), seen_by(Document.visibility, document)
    for column, is_visible in values.items():
        setattr(document, column, is_visible)
    document.save(update_fields=[*values, "updated_at"])
    if changed := differences(before, _shown(document)):
        sent = sides({VISIBLE[name]: both for name, both in changed.items()}, VISIBLE.values())
        changes = changes_of(document, changed)
        document_told(VISIBILITY_CHANGED, document, by=by, before=seen, changes=changes, **sent)
    return document


def _shown(document: Document) -> dict[str, bool]:
    return {column: getattr(document, column) for column in VISIBLE}


@story()
def document_delete(*, document: Document, by: User | None) -> None:
    """Delete a document; its bytes go after the commit when nothing else uses them.

    Raises NotFound when it is gone already, BadRequest while a signature is waited for.
    """
    locked = document_locked(document.pk)
    if locked.signature_requests.filter(state=SignatureRequest.State.PENDING).exists():
        raise BadRequest(PENDING_SIGNATURES, code=ErrorCode.SIGNATURE_PENDING)
    file_id, key = locked.file_id, locked.key
    if locked.is_told:
        document_told(DOCUMENT_DELETED, locked, by=by)
    locked.delete()
    if file_id is not None:
        file_forget_if_unused(file_id=file_id)
    else:
        transaction.on_commit(lambda: bytes_remove(key=key))


@transaction.atomic
def documents_delete_of_case(*, recovery_id: int, by: User | None) -> None:
    """Delete every document of a case that is being deleted; bytes go after the commit."""
    rows = list(Document.objects.filter(recovery_id=recovery_id).values_list("key", "file_id"))
    Document.objects.filter(recovery_id=recovery_id).delete()
    file_ids = [file_id for _key, file_id in rows if file_id is not None]
    # Locked, so that of two who give up the same file at once the second one sees that it is the last.
    files = list(StoredFile.objects.select_for_update(of=("self",)).filter(pk__in=file_ids).order_by("id"))
    gone = set(files_unused().filter(pk__in=file_ids).values_list("pk", flat=True))
    unused = [file for file in files if file.pk in gone]
    StoredFile.objects.filter(pk__in=[file.pk for file in unused]).delete()
    keys = [file.key for file in unused] + [key for key, file_id in rows if file_id is None]
    for key in keys:
        transaction.on_commit(partial(bytes_remove, key=key))
