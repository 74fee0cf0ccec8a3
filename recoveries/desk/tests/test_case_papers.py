"""What staff do with the documents of a case."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.models import Document, FileType, SignatureRequest
from documents.tests.samples import eicar, image
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, event_of, ready_document, words
from recoveries.models import Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
COMMITTING = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def _file(name: str = "photo.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, image("PNG") if content is None else content)


@COMMITTING
def test_an_upload_is_stored_scanned_and_shown_to_whom_staff_choose(development: None, owner: Api) -> None:
    case, browser = case_of(owner), browser_of(chief(language="en"))
    kind = FileType.objects.get(pk=1)
    answer = act(
        browser, case, "upload-document", file=_file(), title="Photo", file_type=kind.pk, visible_to_debtor="on"
    )
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.state, document.name, document.file_type_id) == ("ready", "Photo", kind.pk)
    assert (document.visible_to_user, document.visible_to_debtor, document.visible_to_bailiff) == (False, True, False)
    assert document.author.email == "chief@example.com"
    assert event_of(case, "upload-document").details["file"] == "photo.png"
    assert owner.get(f"/api/recoveries/{case.pk}/docs").json()["data"]["documents"] == []


@COMMITTING
def test_without_a_scanner_a_document_waits(without_scanner: None, owner: Api) -> None:
    case, browser = case_of(owner), browser_of(chief(language="en"))
    assert act(browser, case, "upload-document", file=_file(), visible_to_user="on").status_code == 302
    document = Document.objects.get()
    assert (document.state, document.name) == ("scanning", "photo.png")
    said = words(browser.get(page_of(Recovery, "change", case.pk)).content.decode())
    assert "“photo.png” is stored. It can be opened once it has been scanned." in said


@pytest.mark.parametrize(
    ("name", "content"),
    [("photo.png", b""), ("photo.png", b"no image"), ("photo.pdf", None), ("run.exe", b"MZ"), ("e.txt", eicar())],
)
def test_what_the_api_refuses_is_refused_here(
    folder: Path, office: Client, owner: Api, name: str, content: bytes | None
) -> None:
    case = case_of(owner)
    assert act(office, case, "upload-document", file=_file(name, content)).status_code == 200
    assert not Document.objects.exists()


def test_a_file_that_is_too_large_is_refused(folder: Path, office: Client, owner: Api, system_setting: Any) -> None:
    system_setting(FILE_MEGABYTES=1)
    case = case_of(owner)
    answer = act(office, case, "upload-document", file=_file(content=b"\x89PNG" + b"x" * 1024 * 1024))
    assert_refused(answer, "The file is larger than 1 MiB.")


def test_a_document_is_shown_and_hidden(office: Client, owner: Api) -> None:
    case = case_of(owner)
    document = ready_document(case, visible_to_bailiff=True)
    form = act_page(office, case, "set-visibility", f"?document={document.pk}").context["form"]
    assert {name: form[name].value() for name in ("user", "debtor", "bailiff", "oip")} == {
        "user": "yes",
        "debtor": "no",
        "bailiff": "yes",
        "oip": "no",
    }
    path = f"/api/recoveries/{case.pk}/docs/{document.pk}"
    assert owner.get(path).status_code == 200
    act(office, case, "set-visibility", document=document.pk, user="no", debtor="yes")
    document.refresh_from_db()
    shown = (document.visible_to_user, document.visible_to_debtor, document.visible_to_bailiff, document.visible_to_oip)
    assert shown == (False, True, True, False)
    assert owner.get(path).status_code == 404
    assert event_of(case, "set-visibility").details["document"] == str(document.pk)


def test_a_signature_is_asked_for_on_what_is_ready(office: Client, owner: Api) -> None:
    case = case_of(owner)
    document, waiting = ready_document(case), ready_document(case, state="scanning")
    signer = {"signer_name": "Ann Martin", "signer_email": "ann@example.com"}
    assert act(office, case, "request-signature", document=waiting.pk, **signer).status_code == 200
    assert act(office, case, "request-signature", document=document.pk, **signer).status_code == 302
    asked = SignatureRequest.objects.get()
    assert (asked.document_id, asked.signer_name, asked.state) == (document.pk, "Ann Martin", "pending")
    assert asked.requested_by.email == "chief@example.com"
    assert owner.delete(f"/api/recoveries/{case.pk}/docs/{document.pk}").status_code == 400


def test_a_document_of_another_case_is_left_alone(office: Client, owner: Api) -> None:
    case, document = case_of(owner), ready_document(case_of(owner))
    signer = {"signer_name": "Ann Martin", "signer_email": "ann@example.com"}
    for asked in (str(document.pk), "x", "9" * 400):
        for name in ("set-visibility", "request-signature"):
            act_page(office, case, name, f"?document={asked}")
            assert act(office, case, name, document=asked, user="no", **signer).status_code == 200
    assert Document.objects.get().visible_to_user
    assert not SignatureRequest.objects.exists()
