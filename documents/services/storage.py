"""Bytes in the private storage: put, read, removed, and looked for when nothing knows them any more.

The storage is outside every served folder; names in it are unguessable (models.new_key). Bytes are removed after
the transaction that forgets them has committed, so a rollback never leaves a document without its file.
"""

import errno
import hashlib
import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import IO

import structlog
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from documents.content.types import BY_EXTENSION, extension_of
from documents.models import Document, StoredFile, new_key
from documents.names import safe_file_name
from legalcity.lib.errors import Full, Unavailable

log = structlog.get_logger("documents")

CHUNK = 64 * 1024
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")  # models.new_key
FOLDERS = 256  # of the first level of keys
BATCH = 500
# Bytes are stored before the row that names them: younger ones may just be on their way.
ORPHAN_AGE = timedelta(days=1)
FULL = _("Insufficient storage")
AWAY = _("Service temporarily unavailable")


class StorageFailed(Exception):
    """The storage cannot do its work now. Try again later."""


class StorageFull(StorageFailed):
    """The storage has no room left."""


def is_full(error: BaseException) -> bool:
    """Whether a disk, or somebody's share of it, has no room left."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def told_to_people() -> Iterator[None]:
    """A storage that fails, in words for the person who asked. Raises Full or Unavailable."""
    try:
        yield
    except StorageFull as error:
        raise Full(FULL) from error
    except StorageFailed as error:
        raise Unavailable(AWAY) from error


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


@contextmanager
def _storage() -> Iterator[Storage]:
    """The private storage; whatever it raises, in words of its own, leaves as StorageFailed or FileNotFoundError."""
    try:
        yield private_storage()
    except FileNotFoundError:
        raise
    except Exception as error:
        raise (StorageFull if is_full(error) else StorageFailed)(type(error).__name__) from error


def bytes_put(*, key: str, file: IO[bytes]) -> None:
    """Store a file under `key`. What an attempt cut short left there is replaced: nothing is stored twice.

    Raises StorageFailed, and leaves nothing then: a full disk keeps the beginning of a file, or its empty name.
    """
    file.seek(0)
    with _storage() as storage:
        storage.delete(key)
        try:
            saved = storage.save(key, File(file))
        except Exception:
            bytes_remove(key=key)
            raise
        if saved != key:
            storage.delete(saved)
            raise StorageFailed("somebody else is writing there")


def bytes_open(*, key: str) -> IO[bytes]:
    """What is stored under `key`, for reading; the caller closes it. Raises FileNotFoundError or StorageFailed."""
    with _storage() as storage:
        return storage.open(key)


def bytes_read(*, key: str, into: IO[bytes]) -> None:
    """Copy what is stored under `key`. Raises FileNotFoundError or StorageFailed."""
    with _storage() as storage, storage.open(key) as stored:
        shutil.copyfileobj(stored, into)


def bytes_remove(*, key: str) -> None:
    """Remove what is stored under `key`, if anything. A storage that fails is logged: the sweep tries again."""
    try:
        private_storage().delete(key)
    except Exception as error:  # Each storage has errors of its own; the row is gone already.
        log.warning("bytes_not_removed", storage_key=key, error=type(error).__name__)


def file_keep(*, content: bytes, name: str, mime: str) -> StoredFile:
    """Store bytes of our own making, or that a carrier has given us, and return their row. Raises StorageFailed.

    Whoever names it by a foreign key keeps it.
    """
    key, file = new_key(), io.BytesIO(content)
    bytes_put(key=key, file=file)
    return StoredFile.objects.create(
        key=key, filename=safe_file_name(name), mime=mime, size=len(content), sha256=sha256_of(file)
    )


def file_forget_if_unused(*, file_id: int) -> None:
    """Forget a stored file that nothing uses any more; its bytes go after the commit."""
    with transaction.atomic():
        file = StoredFile.objects.select_for_update().filter(pk=file_id).first()
        if file is None or not files_unused().filter(pk=file_id).exists():
            return
        key = file.key
        file.delete()
        transaction.on_commit(lambda: bytes_remove(key=key))


def folder_due(moment: datetime) -> str:
    """The folder whose orphans are looked for at `moment`: a look every five minutes sees each within a day."""
    return f"{int(moment.timestamp()) // 300 % FOLDERS:02x}"


def orphans_remove(*, moment: datetime, folder: str = "") -> int:
    """Remove bytes older than ORPHAN_AGE that no document knows, of one folder or of all; returns how many."""
    _forget_unused(moment)
    removed = 0
    keys = _stored_keys(private_storage(), folder)
    while batch := list(islice(keys, BATCH)):
        for key in _unknown(batch):
            if _is_old(key, moment):
                bytes_remove(key=key)
                removed += 1
    return removed


def _forget_unused(moment: datetime) -> None:
    """Forget files whose documents went by another way than the services."""
    unused = files_unused().filter(created_at__lt=moment - ORPHAN_AGE)
    for file_id in unused.values_list("id", flat=True)[:BATCH]:
        file_forget_if_unused(file_id=file_id)


def files_unused() -> QuerySet[StoredFile]:
    """Files that no row of any table names: documents, and what higher rooms keep for themselves."""
    unused = StoredFile.objects.all()
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            users = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            unused = unused.filter(~Exists(users))
    return unused


def _unknown(keys: list[str]) -> list[str]:
    on_the_way = (Document.State.PENDING, Document.State.FETCHING, Document.State.SCANNING)
    known = set(StoredFile.objects.filter(key__in=keys).values_list("key", flat=True))
    known |= set(Document.objects.filter(key__in=keys, state__in=on_the_way).values_list("key", flat=True))
    return [key for key in keys if key not in known]


def _is_old(key: str, moment: datetime) -> bool:
    try:
        return private_storage().get_modified_time(key) < moment - ORPHAN_AGE
    except Exception as error:  # Removed meanwhile, or for the next sweep.
        log.warning("orphan_not_judged", storage_key=key, error=type(error).__name__)
        return False


def _stored_keys(storage: Storage, folder: str) -> Iterator[str]:
    """Names in the storage that are ours: a folder may hold other things than documents."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        if KEY.fullmatch(key := f"{folder}/{name}"):
            yield key
    for name in folders:
        yield from _stored_keys(storage, f"{folder}/{name}" if folder else name)
