"""Ops' doors to documents."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from documents.clients.clamd import ClamdClient, Verdict
from documents.models import Document, StoredFile
from documents.services import documents as writes
from documents.services import pipeline
from documents.services.storage import private_storage
from documents.tests.forms import blobs, docs_of, uploaded
from documents.tests.samples import eicar, image, pdf
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def run(*words: str) -> tuple[str, str]:
    """What a command says, and complains of."""
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


@pytest.fixture
def served(owner: Api, development: None) -> list[int]:
    """Three documents that no scanner has seen; the second one would not have passed."""
    case = case_id(owner)
    contents = (pdf(), pdf(("a.com", eicar())), pdf(pages=2))
    return [uploaded(owner, case, content)["id"] for content in contents]


@pytest.fixture
def scanned(served: list[int], settings: Settings, clamd: str) -> None:
    """The scanner comes once the documents are there."""
    settings.CLAMD_URL = clamd


def states() -> list[tuple[str, str]]:
    """State and scan of each document."""
    return list(Document.objects.order_by("id").values_list("state", "scan"))


def test_a_rescan_takes_away_what_is_found(owner: Api, served: list[int], scanned: None, folder: Path) -> None:
    assert states() == [("ready", "not_scanned")] * 3
    said, complained = run("rescan_documents")
    assert (said, complained) == ("3 documents scanned, 1 taken away", "")
    assert states() == [("ready", "clean"), ("rejected", "found"), ("ready", "clean")]
    assert (len(blobs(folder)), StoredFile.objects.count()) == (2, 2)
    found = Document.objects.get(pk=served[1])
    assert "Eicar" in found.reason
    assert owner.get(f"{docs_of(found.recovery_id)}/{found.pk}/download").status_code == 404
    assert run("rescan_documents")[0] == "2 documents scanned, 0 taken away"


def test_a_rescan_takes_a_shared_file_from_all_its_documents(
    owner: Api, served: list[int], scanned: None, folder: Path
) -> None:
    shared = Document.objects.get(pk=served[1])
    for _ in range(2):
        Document.objects.create(recovery_id=case_id(owner), file=shared.file, name="a", state="ready")
    writes.document_delete(document=shared, by=None)
    assert len(blobs(folder)) == 3
    assert run("rescan_documents")[0] in ("3 documents scanned, 1 taken away", "4 documents scanned, 1 taken away")
    assert sorted(state for state, _scan in states()) == ["ready", "ready", "rejected", "rejected"]
    assert (len(blobs(folder)), StoredFile.objects.count()) == (2, 2)


def test_a_rescan_since_a_day(served: list[int], scanned: None) -> None:
    Document.objects.filter(pk=served[0]).update(created_at=datetime(2025, 3, 1, 22, 59, tzinfo=UTC))
    Document.objects.filter(pk=served[2]).update(created_at=datetime(2025, 3, 1, 23, 1, tzinfo=UTC))
    assert run("rescan_documents", "--since", "2025-03-02")[0] == "2 documents scanned, 1 taken away"
    assert states()[0] == ("ready", "not_scanned")
    with pytest.raises(CommandError, match="is not a date"):
        run("rescan_documents", "--since", "02/03/2025")


def test_a_rescan_needs_a_scanner_that_answers(served: list[int], settings: Settings) -> None:
    with pytest.raises(CommandError, match="CLAMD_URL"):
        run("rescan_documents")
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    with pytest.raises(CommandError, match="the scanner does not answer, 0 were looked at"):
        run("rescan_documents")
    assert states() == [("ready", "not_scanned")] * 3


def test_a_rescan_goes_on_where_a_file_or_a_document_is_missing(
    served: list[int], scanned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Document.objects.select_related("file").get(pk=served[0])
    assert lost.file is not None
    private_storage().delete(lost.file.key)
    original = pipeline.scan

    def deleting(*args: object) -> Verdict:
        Document.objects.filter(pk=served[2]).delete()
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "scan", deleting)
    said, complained = run("rescan_documents")
    assert said == "2 documents scanned, 1 taken away"
    assert complained == "1 documents have lost their file"


def test_what_is_deleted_during_its_rescan_stays_deleted(
    served: list[int], scanned: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original: Callable[..., Verdict] = ClamdClient.scan

    def deleting(*args: object) -> Verdict:
        for document in Document.objects.all():
            writes.document_delete(document=document, by=None)
        return original(*args)

    monkeypatch.setattr(ClamdClient, "scan", deleting)
    run("rescan_documents")
    assert (states(), blobs(folder), StoredFile.objects.count()) == ([], [], 0)


def test_a_sweep_by_hand_looks_everywhere(owner: Api, served: list[int], folder: Path) -> None:
    left = Document.objects.create(recovery_id=case_id(owner), name="a", source_url="http://10.0.0.1/")
    Document.objects.filter(pk=left.pk).update(due_at=datetime.now(UTC) - timedelta(hours=1))
    for first in ("00", "7f", "ff"):
        orphan = folder / first / "00" / ("a" * 32)
        orphan.parent.mkdir(parents=True)
        orphan.write_bytes(b"x")
        os.utime(orphan, (0, 0))
    assert run("sweep_documents")[0] == "1 documents queued, 3 orphan files removed"
    left.refresh_from_db()
    assert (left.state, left.reason) == ("rejected", "address")
    assert len(blobs(folder)) == 3


def test_giving_up_a_case_and_a_document_of_it_at_once_leaves_no_bytes(
    owner: Api, development: None, folder: Path
) -> None:
    case = case_id(owner)
    shown = uploaded(owner, case, image("PNG"), "a.png")
    with transaction.atomic():
        writes.document_delete(document=Document.objects.get(pk=shown["id"]), by=None)
        writes.documents_delete_of_case(recovery_id=case, by=None)
    assert (blobs(folder), StoredFile.objects.count()) == ([], 0)
