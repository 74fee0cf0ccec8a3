"""The database of an installation: dumped as it is at one moment, while others write, and loaded into an empty one."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection, transaction

from operation.backups import fingerprints, programs
from operation.backups.fingerprints import Fingerprint
from operation.backups.sealed_files import Seal

KEYS = "SELECT key, size, sha256 FROM documents_storedfile"
MIGRATIONS = "SELECT app, name FROM django_migrations"
Files = Mapping[str, tuple[int, str]]  # by key: size, SHA-256


@dataclass(frozen=True, slots=True)
class Moment:
    """What the database held at the moment of its dump."""

    tables: Mapping[str, Fingerprint]
    files: Files
    migrations: list[str]


def dump(target: Path, seal: Seal) -> Moment:
    """Write the database into `target`; what it held at that moment. Writers are not held up. Raises CommandError."""
    return _dump_postgresql(target, seal) if connection.vendor == "postgresql" else _dump_sqlite(target, seal)


def _dump_postgresql(target: Path, seal: Seal) -> Moment:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        with seal.writing(target) as stream:
            programs.run("pg_dump", ["--format=custom", f"--snapshot={snapshot}"], stdout=stream)
        tables = fingerprints.of_postgresql(cursor)
        return _moment(tables, lambda statement: _all(cursor, statement))


def _all(cursor: object, statement: str) -> list[tuple[object, ...]]:
    cursor.execute(statement)  # type: ignore[attr-defined]
    rows: list[tuple[object, ...]] = cursor.fetchall()  # type: ignore[attr-defined]
    return rows


def _dump_sqlite(target: Path, seal: Seal) -> Moment:
    """SQLite copies page by page, and begins again where somebody has written meanwhile."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / "copy.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as taken:
            connection.connection.backup(taken)
            taken.execute("PRAGMA journal_mode=DELETE")
            tables = fingerprints.of_sqlite(taken)
            moment = _moment(tables, lambda statement: taken.execute(statement).fetchall())
        with copy.open("rb") as plain, seal.writing(target) as stream:
            shutil.copyfileobj(plain, stream)
    return moment


def _moment(tables: Mapping[str, Fingerprint], rows: Callable[[str], list[tuple[object, ...]]]) -> Moment:
    files = {str(key): (int(str(size)), str(sha256)) for key, size, sha256 in rows(KEYS)}
    return Moment(tables, files, sorted(f"{app}.{name}" for app, name in rows(MIGRATIONS)))


def is_empty() -> bool:
    """Whether the database has no table at all."""
    return not connection.introspection.table_names()


def load(source: Path, seal: Seal) -> None:
    """Bring back a dump, whole or not at all; what was in the database before is gone. Raises CommandError."""
    (_load_postgresql if connection.vendor == "postgresql" else _load_sqlite)(source, seal)


def require_nobody_else() -> None:
    """Refuse while somebody else is connected, who would write into what is being replaced. Raises CommandError."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise CommandError(f"{others} others are connected to this database: stop the processes of the product first.")


def _load_postgresql(source: Path, seal: Seal) -> None:
    with tempfile.TemporaryFile() as plain:
        with seal.reading(source) as stream:
            shutil.copyfileobj(stream, plain)  # pg_restore goes back and forth in it.
        plain.seek(0)
        # Only now: the copy has proved to be whole.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
        # Comments on extensions are their owner's, who may be the superuser.
        words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments"]
        programs.run("pg_restore", words, stdin=plain)


def _load_sqlite(source: Path, seal: Seal) -> None:
    """A file beside, checked, then copied in by SQLite itself: who reads meanwhile sees the one or the other."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.sqlite3"
        with seal.reading(source) as stream, plain.open("xb") as file:
            shutil.copyfileobj(stream, file)
        with closing(sqlite3.connect(plain)) as taken:
            if taken.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise CommandError("the copy of the database is damaged.")
            connection.ensure_connection()
            taken.backup(connection.connection)
    connection.close()


def found() -> Moment:
    """What the database holds now, read as it was when it was dumped."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return _moment(fingerprints.of_postgresql(cursor), lambda statement: _all(cursor, statement))
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(os.path.join(folder, "now"))) as taken:
        connection.ensure_connection()
        connection.connection.backup(taken)
        return _moment(fingerprints.of_sqlite(taken), lambda statement: taken.execute(statement).fetchall())
