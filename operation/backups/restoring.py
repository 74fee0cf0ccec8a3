"""The product back from a copy, and proof that it is the same: each table by its rows, each file by its bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from operation.backups import databases, documents, fingerprints, keys
from operation.backups.making import DATABASE, DOCUMENTS, FORM, KEYS, MANIFEST
from operation.backups.sealed_files import Seal

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now.

    `differences`: what is not as in the copy, a sentence each. `pending`: how many migrations are still to be run.
    """

    tables: int
    rows: int
    files: int
    differences: list[str]
    pending: int
    keys_fit: bool


def manifest_of(folder: Path) -> Manifest:
    """What a copy says of itself. Raises CommandError."""
    try:
        manifest: Manifest = json.loads((folder / MANIFEST).read_text())
        form = manifest["form"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{folder} is no copy: it has no {MANIFEST} that can be read.") from error
    if form != FORM:
        raise CommandError(f"{folder} was made by another version of the product: restore it with that one.")
    return manifest


def restore(folder: Path, *, seal: Seal, replace: bool) -> Restored:
    """Bring back database and files of a copy, and compare. Raises CommandError before anything is changed."""
    manifest = manifest_of(folder)
    _require_that_it_fits(manifest, seal)
    if not databases.is_empty():
        if not replace:
            raise CommandError(
                "this database is not empty: name an empty one, or give --replace to lose what is in it."
            )
        databases.require_nobody_else()
    databases.load(folder / DATABASE, seal)
    for name in DOCUMENTS:
        documents.unpack(folder / name, seal, replace=replace)
    return compared(manifest)


def files_bring_back(folder: Path, *, seal: Seal) -> tuple[list[str], list[str]]:
    """Put back the files of a copy that the database knows and the storage lacks; those, and those that no copy has.

    The database stays as it is. Raises CommandError.
    """
    manifest_of(folder)
    missing = documents.missing_now()
    back = {
        key
        for name in DOCUMENTS
        for key in documents.unpack(folder / name, seal, replace=False, is_wanted=missing.__contains__)
    }
    return sorted(back), sorted(missing - back)


def compared(manifest: Manifest) -> Restored:
    """What is there now, held against a copy."""
    now = databases.found()
    kept = {name: (rows, checksum) for name, (rows, checksum) in manifest["tables"].items()}
    files = {key: (size, sha256) for key, (size, sha256) in manifest["files"].items()}
    there = {key: documents.stored(key) for key in sorted({*files, *now.files})}
    differing = fingerprints.differences(kept, now.tables)
    differing += [
        f"file {key} is " + ("another" if there[key] else "missing") for key in files if there[key] != files[key]
    ]
    differing += [f"file {key} was not in the copy" for key in now.files if key not in files and there[key] is None]
    return Restored(
        tables=len(now.tables),
        rows=sum(rows for rows, _checksum in now.tables.values()),
        files=sum(found is not None for found in there.values()),
        differences=differing,
        pending=len(_known() - set(now.migrations)),
        keys_fit=keys.fit(manifest["sealed"]),
    )


def keys_bring_back(folder: Path, *, seal: Seal, into: Path) -> Path:
    """Write the keys of a copy into a folder; the path of the environment. Raises CommandError."""
    if not manifest_of(folder)["has_keys"]:
        raise CommandError("this copy holds no keys: it was made without BACKUP_KEY.")
    return keys.bring_back(folder / KEYS, seal, into)


def _require_that_it_fits(manifest: Manifest, seal: Seal) -> None:
    if manifest["engine"] != connection.vendor:
        raise CommandError(f"the copy is of {manifest['engine']}, this database is {connection.vendor}.")
    if manifest["is_encrypted"] != seal.is_closed:
        raise CommandError(
            "set BACKUP_KEY: the copy is encrypted."
            if manifest["is_encrypted"]
            else "unset BACKUP_KEY: the copy is in the clear."
        )
    unknown = set(manifest["migrations"]) - _known()
    if unknown:
        raise CommandError(
            f"the copy is of a newer version, with {len(unknown)} migrations that this one does not know."
        )


def _known() -> set[str]:
    """All migrations of this version."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
