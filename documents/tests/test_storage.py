"""Where bytes are kept: on the disk, or in a bucket."""

import errno
import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings as django_settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from moto import mock_aws
from pytest_django import Settings

from documents.models import Document, StoredFile, new_key
from documents.services.storage import (
    StorageFailed,
    bytes_open,
    bytes_put,
    bytes_read,
    bytes_remove,
    orphans_remove,
    private_storage,
)
from documents.tests.forms import PDF, blobs, docs_of, downloaded, upload, uploaded
from documents.tests.samples import image
from legalcity.lib.settings.environment import Environment
from tests.factories import Api, case_id

BUCKET = "legalcity-test"
in_rows = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def _read(key: str) -> bytes:
    into = io.BytesIO()
    bytes_read(key=key, into=into)
    return into.getvalue()


# --- the disk --------------------------------------------------------------------------------------------------
def test_files_are_for_their_owner_alone(folder: Path) -> None:
    bytes_put(key=new_key(), file=io.BytesIO(b"a"))
    [path] = blobs(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for above in (path.parent, path.parent.parent):
        assert stat.S_IMODE(above.stat().st_mode) == 0o700


def test_large_files_are_for_their_owner_alone_too(folder: Path) -> None:
    bytes_put(key=new_key(), file=io.BytesIO(bytes(5 * 1024 * 1024)))
    assert stat.S_IMODE(blobs(folder)[0].stat().st_mode) == 0o600


def test_no_address_leads_to_the_folder(owner: Api, folder: Path) -> None:
    place = Path(django_settings.DOCUMENTS_DIR).resolve()
    served = [Path(django_settings.STATIC_ROOT), *map(Path, getattr(django_settings, "STATICFILES_DIRS", []))]
    if django_settings.MEDIA_ROOT:
        served.append(Path(django_settings.MEDIA_ROOT))
    for other in served:
        assert not place.is_relative_to(other.resolve())
    key = new_key()
    bytes_put(key=key, file=io.BytesIO(b"a"))
    for address in (f"/static/{key}", f"/media/{key}", f"/documents/{key}", f"/{key}"):
        assert owner.get(address).status_code == 404


def test_names_cannot_be_guessed() -> None:
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert len({key[:2] for key in keys}) > 200


def test_bytes_of_one_name_are_replaced(folder: Path) -> None:
    key = new_key()
    for content in (b"first", b"second, and longer", b"3"):
        bytes_put(key=key, file=io.BytesIO(content))
        assert _read(key) == content
    assert len(blobs(folder)) == 1


def test_bytes_are_removed_once_or_twice(folder: Path) -> None:
    key = new_key()
    bytes_put(key=key, file=io.BytesIO(b"a"))
    bytes_remove(key=key)
    bytes_remove(key=key)
    assert blobs(folder) == []
    with pytest.raises(FileNotFoundError):
        bytes_open(key=key)


def test_a_disk_that_fails_is_told_from_a_file_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise PermissionError("no")

    storage = private_storage()
    for method in ("open", "save", "delete"):
        monkeypatch.setattr(type(storage), method, fail)
    with pytest.raises(StorageFailed):
        bytes_open(key="a")
    with pytest.raises(StorageFailed):
        bytes_put(key="a", file=io.BytesIO(b"a"))
    bytes_remove(key="a")


def _ends_after(count: int, error: int) -> Callable[..., None]:
    """A disk that takes so many bytes of a file, and then no more."""

    def chunks(self: File, chunk_size: int | None = None) -> Iterator[bytes]:
        if count:
            yield self.read(count)
        raise OSError(error, os.strerror(error))

    return chunks


@in_rows
@pytest.mark.parametrize("kept", [0, 100])
@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (errno.ENOSPC, 507, "Insufficient storage"),
        (errno.EDQUOT, 507, "Insufficient storage"),
        (errno.EIO, 503, "Service temporarily unavailable"),
        (errno.EROFS, 503, "Service temporarily unavailable"),
    ],
)
def test_a_disk_that_takes_no_more_is_told_and_keeps_no_torn_file(
    owner: Api,
    development: None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: int,
    error: int,
    status: int,
    sentence: str,
) -> None:
    case = case_id(owner)
    with monkeypatch.context() as failing:
        failing.setattr(File, "chunks", _ends_after(kept, error))
        answer = upload(owner, case)
    assert (answer.status_code, answer.json()) == (
        status,
        {"success": False, "message": sentence, "code": {503: "unavailable", 507: "storage_full"}[status]},
    )
    assert answer.headers.get("Retry-After") == ("10" if status == 503 else None)
    assert (blobs(folder), Document.objects.count(), StoredFile.objects.count()) == ([], 0, 0)
    assert upload(owner, case).status_code == 201


@in_rows
def test_a_full_temporary_folder_is_told_too(owner: Api, development: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: TemporaryFileUploadHandler, *args: Any) -> None:
        self.file.close()  # Which Django leaves to the garbage collector.
        raise OSError(errno.ENOSPC, "No space left on device")

    case = case_id(owner)
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    answer = upload(owner, case, image("PNG", (1200, 1200)), "a.png")
    assert (answer.status_code, answer.json()["message"]) == (507, "Insufficient storage")


def test_what_is_stored_lies_on_the_disk_with_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    key = new_key()
    bytes_put(key=key, file=io.BytesIO(b"a"))
    path = folder / key
    assert synced == [path, path.parent, path.parent.parent, folder]


@in_rows
def test_the_hash_of_what_is_stored_is_kept(owner: Api, development: None, folder: Path) -> None:
    for content, name in ((PDF, "a.pdf"), (image("PNG", (900, 900)), "a.png")):
        uploaded(owner, case_id(owner), content, name)
        kept = StoredFile.objects.latest("id")
        assert kept.sha256 == hashlib.sha256(content).hexdigest()
        assert (kept.size, hashlib.sha256((folder / kept.key).read_bytes()).hexdigest()) == (len(content), kept.sha256)


# --- a bucket --------------------------------------------------------------------------------------------------
def _s3_options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The storage of the settings when S3_BUCKET is set, evaluated as the settings do."""
    for name, value in {"S3_BUCKET": BUCKET, "S3_REGION": "eu-west-3"}.items():
        monkeypatch.setenv(name, value)
    for name in ("S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    path = Path(django_settings.BASE_DIR) / "legalcity" / "settings.py"
    values: dict[str, Any] = {"__file__": str(path), "__name__": "settings_with_a_bucket"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), values)
    assert isinstance(values["env"], Environment)
    return dict(values["STORAGES"]["documents"])


@pytest.fixture
def bucket(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket behind the storage of the settings."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    options = _s3_options(monkeypatch)
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        settings.STORAGES = {**settings.STORAGES, "documents": options}
        yield client
        client.close()
    settings.STORAGES = {**settings.STORAGES}


def _objects(client: Any) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_the_settings_choose_the_bucket(bucket: Any) -> None:
    assert type(storages["documents"]).__name__ == "S3Storage"


def test_bytes_in_a_bucket_are_put_replaced_read_and_removed(bucket: Any) -> None:
    key = new_key()
    for content in (b"first", bytes(9 * 1024 * 1024), b"3"):
        bytes_put(key=key, file=io.BytesIO(content))
        assert _read(key) == content
    assert _objects(bucket) == [f"documents/{key}"]
    bytes_remove(key=key)
    assert _objects(bucket) == []
    with pytest.raises(FileNotFoundError):
        bytes_open(key=key)


def test_a_bucket_shows_its_files_to_nobody(bucket: Any) -> None:
    key = new_key()
    bytes_put(key=key, file=io.BytesIO(b"a"))
    grants = bucket.get_object_acl(Bucket=BUCKET, Key=f"documents/{key}")["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL"]
    assert "URI" not in grants[0]["Grantee"]
    address = private_storage().url(key)
    assert "X-Amz-Signature=" in address
    assert "X-Amz-Expires=60" in address


def test_a_bucket_that_is_not_there_is_told_from_a_file_that_is_not(bucket: Any) -> None:
    bucket.delete_bucket(Bucket=BUCKET)
    with pytest.raises(StorageFailed):
        bytes_put(key=new_key(), file=io.BytesIO(b"a"))


@in_rows
def test_the_whole_way_through_a_bucket(owner: Api, development: None, bucket: Any) -> None:
    case = case_id(owner)
    shown = uploaded(owner, case)
    file = StoredFile.objects.get()
    assert _objects(bucket) == [f"documents/{file.key}"]
    address = f"{docs_of(case)}/{shown['id']}"
    answer = owner.get(f"{address}/download")
    assert (downloaded(answer), answer.headers["Content-Length"]) == (PDF, str(len(PDF)))
    assert owner.delete(address).status_code == 200
    assert _objects(bucket) == []


@in_rows
def test_the_scanner_reads_from_a_bucket(
    owner: Api, in_process: None, bucket: Any, settings: Settings, clamd: str
) -> None:
    settings.CLAMD_URL = clamd
    assert upload(owner, case_id(owner)).status_code == 201
    assert Document.objects.get().scan == "clean"


@in_rows
def test_orphans_leave_a_bucket_after_a_day(owner: Api, development: None, bucket: Any) -> None:
    uploaded(owner, case_id(owner))
    kept = _objects(bucket)
    orphan = new_key()
    bytes_put(key=orphan, file=io.BytesIO(b"a"))
    bucket.put_object(Bucket=BUCKET, Key="documents/readme.txt", Body=b"ours")
    now = datetime.now(UTC)
    assert orphans_remove(moment=now) == 0
    assert orphans_remove(moment=now + timedelta(days=1, hours=1), folder=orphan[:2]) == 1
    assert sorted(_objects(bucket)) == sorted([*kept, "documents/readme.txt"])


@in_rows
def test_a_bucket_that_fails_serves_the_documented_failure(owner: Api, development: None, bucket: Any) -> None:
    case = case_id(owner)
    address = f"{docs_of(case)}/{uploaded(owner, case)['id']}/download"
    [key] = _objects(bucket)
    bucket.delete_object(Bucket=BUCKET, Key=key)
    answer = owner.get(address)
    assert (answer.status_code, answer.json()["message"]) == (404, "File not found")
