"""The files of documents, by the names under which the database knows them: a folder or a bucket, it is the same."""

import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from documents.models import StoredFile
from documents.services.storage import KEY, StorageFailed, bytes_open, bytes_put
from operation.backups.sealed_files import Seal

CHUNK = 1024 * 1024
IN_MEMORY = 8 * 1024 * 1024
Sum = tuple[int, str]  # size, SHA-256
MISSING: Sum = (-1, "")


def keys_now() -> list[str]:
    """The names of all files that the database knows at this moment."""
    return list(StoredFile.objects.order_by("key").values_list("key", flat=True))


def pack(target: Path, seal: Seal, keys: Iterable[str]) -> dict[str, Sum]:
    """Write files into a tar; what was found of them. Those that are gone are left out. Raises CommandError."""
    packed: dict[str, Sum] = {}
    with seal.writing(target) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        for key in keys:
            found = _packed(tar, key)
            if found is not None:
                packed[key] = found
    return packed


def _packed(tar: tarfile.TarFile, key: str) -> Sum | None:
    """Through a temporary file: the size stands before the bytes, and a bucket tells it as it likes."""
    whole: Any
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as whole:
        try:
            with bytes_open(key=key) as stored:
                shutil.copyfileobj(stored, whole, CHUNK)
        except FileNotFoundError:
            return None
        except StorageFailed as error:
            raise CommandError(f"the storage of documents is away ({error}): back up later.") from error
        size = whole.tell()
        whole.seek(0)
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
        whole.seek(0)
        entry = tarfile.TarInfo(key)
        entry.size = size
        tar.addfile(entry, whole)
    return size, digest


def unpack(
    source: Path, seal: Seal, *, replace: bool, is_wanted: Callable[[str], bool] = lambda key: True
) -> dict[str, Sum]:
    """Put the files of a tar that are wanted back into the storage; what stands there afterwards, read anew.

    Another file under a name of the copy is left, and refused, unless `replace`. Raises CommandError.
    """
    put: dict[str, Sum] = {}
    with seal.reading(source) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        for entry in tar:
            file = tar.extractfile(entry) if entry.isreg() else None
            if file is None or not KEY.fullmatch(entry.name):
                raise CommandError(f"{source.name} holds something else than documents.")
            if not is_wanted(entry.name):
                continue
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as whole:
                shutil.copyfileobj(file, whole, CHUNK)
                put[entry.name] = _put(entry.name, whole, replace=replace)
    return put


def _put(key: str, whole: Any, *, replace: bool) -> Sum:
    size = whole.tell()
    whole.seek(0)
    wanted = (size, hashlib.file_digest(whole, "sha256").hexdigest())
    there = stored(key)
    if there == wanted:
        return there
    if there is not None and not replace:
        raise CommandError(f"another file is stored under {key} already: name an empty storage, or give --replace.")
    try:
        bytes_put(key=key, file=whole)
    except StorageFailed as error:
        raise CommandError(f"the storage of documents refuses ({error}).") from error
    return stored(key) or MISSING


def missing_now() -> set[str]:
    """The names of the files that the database knows and the storage has not. Raises CommandError."""
    return {key for key in keys_now() if not _is_there(key)}


def _is_there(key: str) -> bool:
    try:
        with bytes_open(key=key):
            return True
    except FileNotFoundError:
        return False
    except StorageFailed as error:
        raise CommandError(f"the storage of documents is away ({error}).") from error


def stored(key: str) -> Sum | None:
    """What is stored under a name, read to its end; None where nothing is."""
    try:
        with bytes_open(key=key) as file:
            digest, size = hashlib.sha256(), 0
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        return None
    except StorageFailed as error:
        raise CommandError(f"the storage of documents is away ({error}).") from error
    return size, digest.hexdigest()
