"""The way of a document: pending → fetching → scanning → ready, or rejected, or failed.

Each step may be cut short at any line (a worker killed, a machine lost) and be begun again: who works on a document
holds a claim (legalcity/lib/claims.py), the name of the bytes is written down before the bytes are, and a step writes
its result only while its claim stands.
"""

import tempfile
from contextlib import suppress
from datetime import datetime
from enum import Enum
from typing import IO, BinaryIO, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from documents.clients.clamd import ScannerUnavailable, Verdict
from documents.content import ContentRefused, Inspected, inspect
from documents.content.types import BY_EXTENSION, extension_of
from documents.events import ENDED, document_told
from documents.models import Document, StoredFile, new_key
from documents.scanning import scan
from documents.services.fetching import FETCH_SECONDS, AccountBusy, document_fetch, place_for_fetching
from documents.services.locking import document_locked
from documents.services.receiving import receipt_tell
from documents.services.scanner import configured_scanner
from documents.services.storage import (
    StorageFailed,
    StorageFull,
    bytes_put,
    bytes_read,
    bytes_remove,
    file_forget_if_unused,
    named,
    sha256_of,
)
from events.services import story
from legalcity.lib.claims import Claim, Job, seize, take
from legalcity.lib.clock import now
from legalcity.lib.errors import NotFound
from legalcity.lib.web.fetching import FetchFailed, FetchRefused, configured

log = structlog.get_logger("documents")

Temporary = FetchFailed | ScannerUnavailable | StorageFailed
State, Scan = Document.State, Document.Scan
ON_ITS_WAY = (State.PENDING, State.FETCHING, State.SCANNING)
# The attempts are those at fetching, and those that may be cut short; scanner and storage are waited for without end.
# The pauses are short, so that a waiting client still hears of it.
JOB = Job(Document, "documents.tasks.process", waiting=Q(state__in=ON_ITS_WAY))
MEBIBYTE = 1024 * 1024
SPOOLED = MEBIBYTE  # bytes kept in memory before a temporary file takes over


class Outcome(Enum):
    """What an attempt came to: LATER asks to be called again."""

    DONE = "done"
    LATER = "later"
    NOT_MINE = "not mine"


class OnItsWay(Exception):
    """Another document's worker is fetching the file for this one too."""


def document_process(*, document_id: int, moment: datetime) -> Outcome:
    """Take a document as far as it goes. Safe to call again at any time, from any number of workers."""
    try:
        with place_for_fetching(document_id, moment):
            claim = take(JOB, document_id, moment=moment)
    except AccountBusy:
        return Outcome.LATER
    if claim is None:
        return Outcome.NOT_MINE
    document = claim.row("file")
    if document is None:
        return Outcome.DONE
    if JOB.is_given_up(document.attempts):
        # Each attempt before was cut short: what kills its worker is not given to a worker for ever.
        _end(claim, State.FAILED, "interrupted")
        return Outcome.DONE
    try:
        with claim.kept():
            file = document.file or (_shared if document.waits_for_id else _fetch)(claim, document)
            return Outcome.DONE if file is None else _scan(claim, document.pk, file)
    except (FetchFailed, OnItsWay, ScannerUnavailable, StorageFailed) as error:
        return _again(claim, document, error)


def _move(claim: Claim[Document], state: str, **values: object) -> bool:
    """Move the document to another state, unless the claim has passed to somebody else."""
    moment = now()
    return claim.write(state=state, state_since=moment, updated_at=moment, **values)


def _fetch(claim: Claim[Document], document: Document) -> StoredFile | None:
    """Fetch the URL and keep what it gave. None when it was refused, or when the claim has passed on."""
    if document.state != State.FETCHING:
        _move(claim, State.FETCHING)
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as spool:
        try:
            fetched = document_fetch(configured(), document, cast(BinaryIO, spool))
            spool.seek(0)
            # The end of an address (`doc.php`) is a file's name only when it says what files are called.
            is_name = extension_of(fetched.file_name) in BY_EXTENSION
            inspected = inspect(spool, file_name=fetched.file_name if is_name else "")
        except (FetchRefused, ContentRefused) as error:
            reject(claim, reason=error.reason)
            return None
        # Each attempt writes under a name of its own, so that a worker that was overtaken cannot replace what has
        # been scanned since; what an attempt cut short has left goes first.
        key = new_key()
        bytes_remove(key=document.key)
        if not claim.write(key=key, updated_at=now()):
            return None
        stored = file_row(key=key, name=document.name, file=spool, inspected=inspected)
    return _keep(claim, stored)


def _shared(claim: Claim[Document], document: Document) -> StoredFile | None:
    """The file of the document of another case that this one waits for, or the same bad end: fetched once for both.

    Raises OnItsWay while that is not known. When the other one is deleted, the document is fetched for itself.
    """
    original = Document.objects.filter(waiting=document.pk).first()
    if original is None:
        return _fetch(claim, document)
    if original.state in (State.REJECTED, State.FAILED):
        _end(claim, original.state, original.reason)
        return None
    with transaction.atomic():
        # Locked, so that it is not forgotten at this moment.
        file = StoredFile.objects.select_for_update(of=("self",)).filter(documents=original.pk).first()
        if file is None:
            raise OnItsWay
        return file if _move(claim, State.SCANNING, file=file, attempts=0) else None


def file_row(*, key: str, name: str, file: IO[bytes], inspected: Inspected) -> StoredFile:
    """Store bytes under `key` and return their row, unsaved: the slow half, outside any transaction."""
    size = file.seek(0, 2)
    digest = sha256_of(file)
    bytes_put(key=key, file=file)
    return StoredFile(
        key=key,
        filename=named(name, inspected.extension),
        mime=inspected.mime,
        size=size,
        sha256=digest,
    )


def _keep(claim: Claim[Document], stored: StoredFile) -> StoredFile | None:
    """Name the stored bytes in a row and hand the document on to the scanner; None when the claim has passed on."""
    with transaction.atomic():
        stored.save(force_insert=True)
        if _move(claim, State.SCANNING, file=stored, attempts=0):
            return stored
        transaction.set_rollback(True)
    bytes_remove(key=stored.key)
    return None


def _scan(claim: Claim[Document], document_id: int, file: StoredFile) -> Outcome:
    """Ask the scanner; without one, say so in development and wait in production."""
    if configured_scanner() is None and settings.EMBEDDED:
        log.warning("not_scanned", document_id=document_id, scan=Scan.NOT_SCANNED.value)
        _ready(claim, scan=Scan.NOT_SCANNED)
        return Outcome.DONE
    try:
        verdict = stored_file_scan(file)
    except ContentRefused as error:
        reject(claim, reason=error.reason, scanned_at=now())
        return Outcome.DONE
    except FileNotFoundError:
        _end(claim, State.FAILED, "file missing")
        return Outcome.DONE
    if verdict.is_clean:
        _ready(claim, scan=Scan.CLEAN, scanned_at=now())
    else:
        reject(claim, reason=verdict.signature, scan=Scan.FOUND, scanned_at=now())
    return Outcome.DONE


@story()
def _ready(claim: Claim[Document], **values: object) -> None:
    with suppress(NotFound):  # It may be deleted by now, which ends the claim as well.
        document_locked(claim.pk)
    if _move(claim, State.READY, claimed_until=None, reason="", **values):
        document = claim.row("recovery", "author")
        if document is not None:
            receipt_tell(document)
            _tell(document, State.READY)


def _tell(document: Document, state: str) -> None:
    document_told(ENDED[state], document, current={"state": str(state)})


def stored_file_scan(file: StoredFile) -> Verdict:
    """What the scanner says of a stored file.

    Raises ScannerUnavailable, StorageFailed, FileNotFoundError, and ContentRefused (scanning.scan).
    """
    scanner = configured_scanner()
    if scanner is None:
        raise ScannerUnavailable("no scanner is set up (CLAMD_URL)")
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as spool:
        bytes_read(key=file.key, into=cast(IO[bytes], spool))
        return scan(cast(IO[bytes], spool), scanner)


def reject(claim: Claim[Document], *, reason: str, **values: object) -> None:
    """The document may never be served: its bytes go, the row stays for staff, with the reason."""
    _end(claim, State.REJECTED, reason, **values)


def _end(claim: Claim[Document], state: str, reason: str, **values: object) -> None:
    with story():
        try:
            document = document_locked(claim.pk)
        except NotFound:
            return
        file_id, key = document.file_id, document.key
        if not _move(claim, state, reason=reason[:255], file=None, claimed_until=None, **values):
            return
        if document.is_told:
            _tell(document, state)
        if file_id is not None:
            file_forget_if_unused(file_id=file_id)
        else:
            transaction.on_commit(lambda: bytes_remove(key=key))
    log.info("document_ended", document_id=claim.pk, state=str(state), reason=reason)


def _again(claim: Claim[Document], document: Document, error: Exception) -> Outcome:
    """Something temporary. What is ours is waited for without end (fail closed), an address only so often and so long,
    and not at all once it has sent bytes: who sends slowly would do so again.
    """
    pause, moment = JOB.pause(document.attempts), now()
    if not isinstance(error, FetchFailed):
        claim.release(after=pause, reason=WAITED_FOR[type(error)], attempts=0, updated_at=moment)
    elif not JOB.is_last(document.attempts) and document.fetch_seconds < FETCH_SECONDS and not error.has_begun:
        spent = document.fetch_seconds
        claim.release(after=pause, reason=error.reason[:255], fetch_seconds=spent, updated_at=moment)
    else:
        _end(claim, State.FAILED, error.reason)
        return Outcome.DONE
    return Outcome.LATER


# What is waited for without end, as `reason` names it.
SCANNER_AWAY, STORAGE_AWAY = "scanner unavailable", "storage unavailable"
WAITED_FOR: dict[type[Exception], str] = {
    OnItsWay: "",
    ScannerUnavailable: SCANNER_AWAY,
    StorageFailed: STORAGE_AWAY,
    StorageFull: STORAGE_AWAY,
}


def document_rescan(*, document_id: int) -> bool:
    """Scan a served document again. It stays served meanwhile; a finding takes it away at once.

    True when it is still clean, or gone. Raises ScannerUnavailable, StorageFailed, FileNotFoundError.
    """
    document = Document.objects.select_related("file").filter(pk=document_id, state=State.READY).first()
    if document is None or document.file is None:
        return True
    try:
        reason = stored_file_scan(document.file).signature
    except ContentRefused as error:
        reason = error.reason
    if not reason:
        Document.objects.filter(pk=document_id, state=State.READY).update(scan=Scan.CLEAN, scanned_at=now())
        return True
    # One file may stand behind several documents: all of them lose it.
    for shared_id in Document.objects.filter(file_id=document.file_id).values_list("id", flat=True):
        reject(seize(JOB, shared_id), reason=reason, scan=Scan.FOUND, scanned_at=now())
    return False
