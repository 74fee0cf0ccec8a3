"""Bytes in the private storage: put, read, removed, and looked for when nothing knows them any more.

The storage is outside every served folder; names in it are unguessable (models.new_key). Bytes are removed after
the transaction that forgets them has committed, so a rollback never leaves a document without its file.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from documents.content.types import BY_EXTENSION, extension_of
from documents.models import Document, StoredFile
from documents.names import safe_file_name

log = structlog.get_logger("documents")

CHUNK = 64 * 1024
# Bytes are stored before the row that names them: younger ones may just be on their way.
ORPHAN_AGE = timedelta(days=1)


def private_storage() -> Storage:
    """Where the bytes are: a folder, or a bucket (settings.STORAGES)."""
    return storages["documents"]


def sha256_of(file: IO[bytes]) -> str:
    """The SHA-256 of a file, in hexadecimal; the file is read from its beginning, and rewound."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def named(name: str, extension: str) -> str:
    """The file name of a document called `name`: safe, and with the extension that fits its content."""
    safe = safe_file_name(name.replace("/", "-").replace("\\", "-"))
    kind = BY_EXTENSION[extension]
    fits = BY_EXTENSION.get(extension_of(safe)) is kind
    return safe if fits else safe_file_name(f"{safe[:200]}.{extension}")


def bytes_put(*, key: str, file: IO[bytes]) -> None:
    """Store a file under `key`. What an attempt cut short left there is replaced: nothing is stored twice."""
    storage = private_storage()
    file.seek(0)
    storage.delete(key)
    saved = storage.save(key, File(file))
    if saved != key:
        storage.delete(saved)
        raise RuntimeError("the storage gave another name than the one asked for")


def bytes_remove(*, key: str) -> None:
    """Remove what is stored under `key`, if anything. A storage that fails is logged: the sweep tries again."""
    try:
        private_storage().delete(key)
    except Exception as error:  # Each storage has errors of its own; the row is gone already.
        log.warning("bytes_not_removed", storage_key=key, error=type(error).__name__)


def file_forget_if_unused(*, file_id: int) -> None:
    """Forget a stored file that no document uses any more; its bytes go after the commit."""
    with transaction.atomic():
        file = StoredFile.objects.select_for_update().filter(pk=file_id).first()
        if file is None or Document.objects.filter(file_id=file_id).exists():
            return
        key = file.key
        file.delete()
        transaction.on_commit(lambda: bytes_remove(key=key))


def orphans_remove(*, moment: datetime) -> int:
    """Remove bytes that no row knows and that are older than ORPHAN_AGE; returns how many."""
    removed = 0
    storage = private_storage()
    for key in _stored_keys(storage):
        if storage.get_modified_time(key) > moment - ORPHAN_AGE:
            continue
        is_known = (
            StoredFile.objects.filter(key=key).exists()
            or Document.objects.filter(
                key=key, state__in=(Document.State.PENDING, Document.State.FETCHING, Document.State.SCANNING)
            ).exists()
        )
        if not is_known:
            bytes_remove(key=key)
            removed += 1
    return removed


def _stored_keys(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _stored_keys(storage, f"{folder}/{name}" if folder else name)
