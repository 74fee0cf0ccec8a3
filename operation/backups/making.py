"""A copy, made while everybody works: files, database, the files that came meanwhile, keys."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from legalcity.lib.clock import now
from operation.backups import databases, documents, keys
from operation.backups.sealed_files import Seal

FORM = 1  # of the manifest
MANIFEST, DATABASE, KEYS = "manifest.json", "database.dump", "keys.json"
DOCUMENTS = ("documents-1.tar", "documents-2.tar")
NAME = "legalcity-%Y%m%dT%H%M%SZ"
UNDER_WAY = ".part"


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that is whole. `lost`: files that the dump knows and that nobody could copy."""

    folder: Path
    rows: int
    files: int
    lost: list[str]
    has_keys: bool


def backup(target: Path, *, seal: Seal, with_keys: bool) -> Made:
    """Make a copy in a new folder of `target`. It has its name once it is whole. Raises CommandError.

    Files are copied before the dump and after it. Alone before: what is uploaded meanwhile is in the dump and has no
    file. Alone after: what is deleted meanwhile likewise.
    """
    with _new_folder(target) as folder:
        first = documents.pack(folder / DOCUMENTS[0], seal, documents.keys_now())
        moment = databases.dump(folder / DATABASE, seal)
        later = [key for key in sorted(moment.files) if key not in first]
        packed = {**first, **documents.pack(folder / DOCUMENTS[1], seal, later)}
        if with_keys:
            keys.keep(folder / KEYS, seal)
        _write(folder / MANIFEST, _manifest(moment, packed, seal, with_keys=with_keys))
    lost = sorted(key for key, wanted in moment.files.items() if packed.get(key) != wanted)
    rows = sum(rows for rows, _checksum in moment.tables.values())
    return Made(folder.with_suffix(""), rows, len(packed), lost, with_keys)


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder that loses its suffix when all is in it, and goes when something fails."""
    folder = target / (now().strftime(NAME) + UNDER_WAY)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error
    try:
        yield folder
        os.rename(folder, folder.with_suffix(""))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _manifest(
    moment: databases.Moment, packed: Mapping[str, documents.Sum], seal: Seal, *, with_keys: bool
) -> dict[str, Any]:
    return {
        "form": FORM,
        "made_at": now().isoformat(),
        "engine": connection.vendor,
        "is_encrypted": seal.is_closed,
        "has_keys": with_keys,
        "sealed": keys.proof(),
        "migrations": moment.migrations,
        "tables": moment.tables,
        "files": packed,
    }


def _write(path: Path, manifest: dict[str, Any]) -> None:
    with path.open("x") as file:
        json.dump(manifest, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def forget_older(target: Path, *, keep: int) -> list[Path]:
    """Delete all but the `keep` newest whole copies of a folder; those that are gone."""
    whole = sorted(path for path in target.glob("legalcity-*Z") if (path / MANIFEST).exists())
    older = whole[:-keep]
    for path in older:
        shutil.rmtree(path)
    return older
