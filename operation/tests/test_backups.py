"""A copy is made while people work, brought back elsewhere, and is the same row by row and file by file."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from pytest_django import Settings

from documents.models import StoredFile
from documents.tests.conftest import development, folder, in_process  # noqa: F401 - fixtures
from documents.tests.forms import uploaded
from documents.tests.samples import image
from operation.backups import databases, making
from recoveries.models import Recovery
from tests.factories import Api, case_id

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

ROOT = Path(__file__).resolve().parents[2]
KEY = "kept-in-the-safe-4f9a1c7e2b8d6035"
IS_POSTGRES = connection.vendor == "postgresql"


@pytest.fixture
def storage(folder: Path, development: None) -> Path:  # noqa: F811
    """The folder of files, in the embedded default: no scanner."""
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of another machine: an empty database of the same engine, an empty storage."""
    given = {**os.environ, "EMBEDDED": "1", "DATA_DIR": str(tmp_path / "elsewhere"), "REDIS_URL": ""}
    if not IS_POSTGRES:
        yield {**given, "DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"}
        return
    name = f"{connection.settings_dict['NAME']}_elsewhere"
    there = connection.get_connection_params()
    address = {key: there[key] for key in ("host", "port", "user", "password") if there.get(key)}
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        user = f"{address['user']}:{address.get('password', '')}".rstrip(":")
        yield {**given, "DATABASE_URL": f"postgres://{user}@{address['host']}:{address.get('port', 5432)}/{name}"}
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restore(environment: dict[str, str], *words: str, code: int = 0) -> str:
    """`manage.py restore` on that machine; what it said."""
    command = [sys.executable, "manage.py", "restore", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def upload(client: Api, case: int) -> str:
    """Upload a document that is like no other; the name of its file."""
    before = set(StoredFile.objects.values_list("key", flat=True))
    uploaded(client, case, image("PNG"), "scan.png")
    (key,) = set(StoredFile.objects.values_list("key", flat=True)) - before
    return key


def copy_in(copies: Path) -> Path:
    (copy,) = copies.iterdir()
    return copy


def names_in(tar: Path) -> list[str]:
    with tarfile.open(tar) as opened:
        return opened.getnames()


def test_what_came_between_files_and_dump_is_in_the_copy_with_its_file_and_comes_back(
    owner: Api, storage: Path, tmp_path: Path, elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_id(owner)
    early = upload(owner, case)
    came: dict[str, str] = {}
    dump = databases.dump

    def meanwhile(*given: Any) -> databases.Moment:
        came["between"] = upload(owner, case)
        moment = dump(*given)
        came["after"] = upload(owner, case)
        return moment

    monkeypatch.setattr(databases, "dump", meanwhile)
    call_command("backup", str(tmp_path / "copies"))
    copy = copy_in(tmp_path / "copies")
    assert names_in(copy / making.DOCUMENTS[0]) == [early]
    assert names_in(copy / making.DOCUMENTS[1]) == [came["between"]]
    assert not (copy / making.KEYS).exists()

    assert "all as in the copy" in restore(elsewhere, str(copy))
    placed = Path(elsewhere["DATA_DIR"]) / "documents"
    assert {str(path.relative_to(placed)) for path in placed.rglob("*") if path.is_file()} == {early, came["between"]}
    assert (placed / early).read_bytes() == (storage / early).read_bytes()

    # A second time it would be lost what is there.
    assert "not empty" in restore(elsewhere, str(copy), code=1)
    assert "all as in the copy" in restore(elsewhere, str(copy), "--replace")

    # What differs is told, table by table and file by file.
    (placed / early).write_bytes(b"another")
    told = restore(elsewhere, str(copy), "--compare", code=1)
    assert f"file {early} is another" in told
    (placed / early).unlink()
    assert f"file {early} is missing" in restore(elsewhere, str(copy), "--compare", code=1)


def test_files_alone_are_put_back_where_the_database_knows_them(owner: Api, storage: Path, tmp_path: Path) -> None:
    case = case_id(owner)
    deleted, kept = upload(owner, case), upload(owner, case)
    call_command("backup", str(tmp_path / "copies"))
    copy = copy_in(tmp_path / "copies")
    later = upload(owner, case)
    was = (storage / deleted).read_bytes()
    (storage / deleted).unlink()
    (storage / kept).write_bytes(b"another")  # What is there is left as it is.
    call_command("restore", str(copy), "--files")
    assert (storage / deleted).read_bytes() == was
    assert (storage / kept).read_bytes() == b"another"
    (storage / later).unlink()
    with pytest.raises(CommandError, match="1 files"):
        call_command("restore", str(copy), "--files")


def test_a_copy_made_while_others_write_is_of_one_moment(
    owner: Api, storage: Path, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    case_id(owner)
    done = threading.Event()

    def write() -> None:
        try:
            while not done.is_set():
                upload(owner, case_id(owner))
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    if IS_POSTGRES:  # SQLite in memory has one connection for all.
        writer.start()
    try:
        call_command("backup", str(tmp_path / "copies"))
    finally:
        done.set()
        if writer.ident:
            writer.join()
    copy = copy_in(tmp_path / "copies")
    assert "all as in the copy" in restore(elsewhere, str(copy))
    manifest = json.loads((copy / making.MANIFEST).read_text())
    cases, _checksum = next(kept for name, kept in manifest["tables"].items() if name.endswith("recoveries_recovery"))
    assert 1 <= cases <= Recovery.objects.count()


@pytest.mark.skipif(shutil.which("gpg") is None, reason="apt-get install gnupg to see encrypted copies")
def test_an_encrypted_copy_holds_the_keys_and_opens_with_its_key_alone(
    owner: Api, storage: Path, tmp_path: Path, elsewhere: dict[str, str], settings: Settings
) -> None:
    settings.BACKUP_KEY = KEY
    key = upload(owner, case_id(owner))
    call_command("backup", str(tmp_path / "copies"))
    copy = copy_in(tmp_path / "copies")
    assert {path.name for path in copy.iterdir()} == {
        "manifest.json", "database.dump.gpg", "documents-1.tar.gpg", "documents-2.tar.gpg", "keys.json.gpg",
    }  # fmt: skip
    everything = b"".join(path.read_bytes() for path in copy.iterdir())
    scan = (storage / key).read_bytes()
    for secret in (scan[100:200], b"owner@example.com", django_settings.SECRET_KEY.encode(), KEY.encode()):
        assert secret not in everything

    assert "set BACKUP_KEY" in restore(elsewhere, str(copy), code=1)
    wrong = {**elsewhere, "BACKUP_KEY": "another-key-4f9a1c7e2b8d603512345"}
    assert "is BACKUP_KEY that of this copy?" in restore(wrong, str(copy), code=1)
    right = {**elsewhere, "BACKUP_KEY": KEY}
    assert "all as in the copy" in restore(right, str(copy))

    restore(right, str(copy), "--keys-into", str(tmp_path / "keys"))
    environment = (tmp_path / "keys" / "environment").read_text()
    assert f"SECRET_KEY={django_settings.SECRET_KEY}\n" in environment
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()] == [0o600, 0o600]

    # A byte that is other on the disk is not restored in silence.
    dump = copy / "database.dump.gpg"
    damaged = bytearray(dump.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    dump.write_bytes(damaged)
    restore(right, str(copy), "--replace", code=1)


def test_a_file_that_is_gone_is_told_and_the_copy_kept(owner: Api, storage: Path, tmp_path: Path) -> None:
    key = upload(owner, case_id(owner))
    (storage / key).unlink()
    with pytest.raises(CommandError, match=key):
        call_command("backup", str(tmp_path / "copies"))
    assert copy_in(tmp_path / "copies").suffix == ""


def test_a_copy_that_was_cut_short_leaves_nothing_and_old_ones_go(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    for name in ("legalcity-20200101T000000Z", "legalcity-20200102T000000Z"):
        (copies / name).mkdir(parents=True)
        (copies / name / making.MANIFEST).write_text("{}")
    (copies / "of-somebody-else").mkdir()

    def full(*_: Any) -> None:
        raise CommandError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(databases, "dump", full)
        with pytest.raises(CommandError, match="no room"):
            call_command("backup", str(copies))
    assert len(list(copies.iterdir())) == 3
    call_command("backup", str(copies), "--keep", "2")
    left = sorted(path.name for path in copies.iterdir())
    assert left[0] == "legalcity-20200102T000000Z"
    assert left[2] == "of-somebody-else"


@pytest.mark.skipif(not IS_POSTGRES, reason="PostgreSQL's own programs")
def test_programs_of_another_version_are_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operation.backups.programs.DEBIAN", tmp_path)
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    with pytest.raises(CommandError, match="apt-get install postgresql-client-"):
        call_command("backup", str(tmp_path / "copies"))
