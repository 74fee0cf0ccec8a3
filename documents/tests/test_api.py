"""The six calls of documents, seen by their clients."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from documents.models import Document, FileType, SignatureRequest, StoredFile
from documents.services.storage import private_storage
from documents.tasks import sweep
from documents.tests.conftest import Web
from documents.tests.forms import (
    BOUNDARY,
    MULTIPART,
    PDF,
    blobs,
    docs_of,
    downloaded,
    form,
    sized_pdf,
    upload,
    uploaded,
)
from documents.tests.samples import archive, doc, docx, eicar, image, pdf, xls, xlsx
from recoveries.models import Recovery
from recoveries.services.cases import recovery_delete
from tests.contract.reference import Documented, differences, operations
from tests.factories import Api, case_id, detail, file_case, remind_twice
from tests.ledgers import cases_vanish

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MEBIBYTE = 1024 * 1024
NO_SUCH_ID = 987654321
KEYS = [
    *("id", "recovery_id", "invoice_id", "adminUserId", "fileId", "fileTypeId", "visibleToUser", "visibleToDebtor"),
    *("visibleToBailiff", "visibleToOIP", "isSigned", "created_at", "updated_at", "recovery", "invoice", "file"),
    "file_type_info",
]


def said(answer: HttpResponse) -> tuple[int, str]:
    """Status and sentence."""
    return answer.status_code, answer.json()["message"]


@pytest.fixture
def case(owner: Api, development: None) -> int:
    """A case of the owner, on an installation without scanner."""
    return case_id(owner)


def test_an_upload_that_is_sent_again_with_its_key_makes_one_document(owner: Api, case: int) -> None:
    def sent(file: bytes = PDF) -> HttpResponse:
        return owner.raw("POST", docs_of(case), form(file, name="Facture"), MULTIPART, Idempotency_Key="k-1")

    first, again, other = sent(), sent(), sent(pdf(("note.txt", b"another")))
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert [answer.headers.get("Idempotent-Replayed") for answer in (first, again, other)] == [None, "true", None]
    assert (other.status_code, list(other.json()["errors"])) == (422, ["Idempotency-Key"])
    document = Document.objects.get()
    Document.objects.update(state=Document.State.FAILED)
    assert said(sent()) == (400, "Failed to process file")
    document.delete()
    assert sent().status_code == 404
    assert Document.objects.count() == 0


def test_a_refused_upload_leaves_the_key_free(owner: Api, case: int) -> None:
    answers = [
        owner.raw("POST", docs_of(case), form(file, name="Facture"), MULTIPART, Idempotency_Key="k-1")
        for file in (b"no pdf", PDF)
    ]
    assert [answer.status_code for answer in answers] == [422, 201]


# --- every documented response ---------------------------------------------------------------------------------
class Scene:
    """The people, and a case with an invoice and a document of it."""

    def __init__(self, owner: Api, stranger: Api, anonymous: Api, monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
        self.owner, self.stranger, self.anonymous, self.monkeypatch = owner, stranger, anonymous, monkeypatch
        filed = file_case(
            owner, debtor={"company_legalrep_firstname": "John", "company_legalrep_lastname": "Doe"}, invoices=[{}]
        )
        self.case, self.invoice = filed["recovery"]["id"], filed["invoices"][0]["id"]
        self.body = {
            "name": "Mise en demeure #1",
            "pathinfo": web.put("/document.pdf", PDF),
            "invoice_id": self.invoice,
            "file_type": 1,
        }
        self.document = owner.data("POST", docs_of(self.case), self.body)["id"]

    def call(self, response: Documented, *, who: Api | None = None, body: Any = None, **ids: Any) -> HttpResponse:
        """The documented call, as the owner unless told otherwise."""
        known = {"recoveryId": self.case, "docId": self.document, **ids}
        path = re.sub(r"\{(\w+)\}", lambda match: str(known[match[1]]), response.path)
        sent = (body or self.body,) if response.method == "POST" else ()
        return (who or self.owner).send(response.method, path, *sent)


def _file_is_gone(scene: Scene) -> None:
    private_storage().delete(StoredFile.objects.get().key)


def _storage_fails(scene: Scene) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise PermissionError("the disk is not ours")

    scene.monkeypatch.setattr(type(private_storage()), "open", fail)


def _queue_fails(scene: Scene) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("gone")

    scene.monkeypatch.setattr("documents.services.documents.queue", fail)


def _signature_is_waited_for(scene: Scene) -> None:
    SignatureRequest.objects.create(document_id=scene.document, signer_name="Ann", signer_email="ann@example.com")


Provocation = Callable[[Scene, Documented], HttpResponse]


def _plainly(scene: Scene, response: Documented) -> HttpResponse:
    return scene.call(response)


def _after(happening: Callable[[Scene], None]) -> Provocation:
    def provocation(scene: Scene, response: Documented) -> HttpResponse:
        happening(scene)
        return scene.call(response)

    return provocation


def _with(**changed: Any) -> Provocation:
    return lambda scene, response: scene.call(response, body={**scene.body, **changed})


PROVOCATIONS: dict[tuple[int, str], Provocation] = {
    (200, ""): _plainly,
    (201, "Document uploaded successfully"): _plainly,
    (400, "Failed to process file"): _with(pathinfo="http://192.168.0.1/a.pdf"),
    (400, "Cannot delete document with pending signature requests"): _after(_signature_is_waited_for),
    (401, "Unauthenticated"): lambda scene, response: scene.call(response, who=scene.anonymous),
    (403, "Unauthorized access to this document"): lambda scene, response: scene.call(response, who=scene.stranger),
    (404, "Recovery case not found"): lambda scene, response: scene.call(response, recoveryId=NO_SUCH_ID),
    (404, "Document not found"): lambda scene, response: scene.call(response, docId=NO_SUCH_ID),
    (404, "Invoice not found or does not belong to this recovery"): _with(invoice_id=NO_SUCH_ID),
    (404, "File not found"): _after(_file_is_gone),
    (422, "Validation failed"): lambda scene, response: scene.call(response, body={"file_type": 1}),
    (500, "Failed to upload document"): _after(_queue_fails),
    (500, "File could not be accessed"): _after(_storage_fails),
}
NEVER = "This endpoint is not yet implemented. Feature under development."  # The product has it.


def _documented() -> list[Documented]:
    found = [
        Documented(call["method"], call["path"], response["status"], response["label"], response["body"])
        for each in operations()
        if each["section"] == "Document Management"
        for call in each["calls"]
        for response in each["responses"]
    ]
    # The download itself is documented in words.
    return [each for each in found if isinstance(each.body, dict) and each.message != NEVER]


def test_the_reference_has_six_calls() -> None:
    assert len({(each.method, each.path) for each in _documented()}) == 6


@pytest.mark.parametrize("response", _documented(), ids=str)
def test_each_documented_response(
    response: Documented,
    development: None,
    owner: Api,
    stranger: Api,
    anonymous: Api,
    monkeypatch: pytest.MonkeyPatch,
    web: Web,
) -> None:
    scene = Scene(owner, stranger, anonymous, monkeypatch, web)
    sentence = "" if response.status == 200 else str(response.message)
    answer = PROVOCATIONS[response.status, sentence](scene, response)
    assert answer.status_code == response.status, answer.content
    body = answer.json()
    assert body["message"] == response.message
    assert list(differences(response.body, body, f"{response.method} {response.path} ")) == []
    if response.status == 422:
        assert body["errors"] == response.body["errors"]


def test_file_types_are_a_catalogue_that_staff_extend(owner: Api) -> None:
    shown = owner.data("GET", "/api/docs/file-types")
    assert [(each["id"], each["type"]) for each in shown[:3]] == [(1, "Facture"), (2, "Courrier"), (3, "LRAR")]
    assert [each["type"] for each in shown[3:]] == [
        *("Mise en demeure", "Contrat", "Devis", "Bon de commande", "Bon de livraison", "Conditions générales"),
        *("Relevé de compte", "Requête", "Ordonnance", "Autre"),
    ]
    FileType.objects.create(id=14, type="Protocole", position=0)
    FileType.objects.filter(id=13).update(active=False)
    shown = owner.data("GET", "/api/docs/file-types")
    assert [each["id"] for each in shown] == [14, *range(1, 13)]
    assert list(shown[0]) == ["id", "type", "position", "active", "description"]


# --- both ways in ----------------------------------------------------------------------------------------------
def test_an_uploaded_file_is_shown_listed_and_downloaded_as_it_was(owner: Api, case: int) -> None:
    shown = uploaded(owner, case, name="Devis signé", file_type="6")
    assert list(shown) == KEYS
    assert shown["file"] == {"id": shown["fileId"], "filename": "Devis signé.pdf", "mime": "application/pdf"}
    assert shown["file_type_info"] == {"id": 6, "type": "Devis"}
    assert (shown["invoice_id"], shown["invoice"], shown["adminUserId"]) == (None, None, owner.user.pk)
    address = f"{docs_of(case)}/{shown['id']}"
    assert owner.data("GET", address) == shown
    assert owner.data("GET", docs_of(case))["documents"] == [shown]
    assert downloaded(owner.get(f"{address}/download")) == PDF
    assert Document.objects.get().scan == "not_scanned"


def test_an_address_is_fetched(owner: Api, case: int, web: Web) -> None:
    picture = image("PNG")
    url = web.put("/a/scan.png", picture, Content_Type="text/html")
    shown = owner.data("POST", docs_of(case), {"name": "Scan", "pathinfo": url})
    assert list(shown) == KEYS
    assert (shown["file"]["filename"], shown["file"]["mime"]) == ("Scan.png", "image/png")
    assert downloaded(owner.get(f"{docs_of(case)}/{shown['id']}/download")) == picture


@pytest.mark.same_everywhere
def test_spaces_of_an_address_are_encoded(owner: Api, case: int, web: Web) -> None:
    web.put("/a%20b.pdf", PDF)
    pasted = f"HTTP://127.0.0.1:{web.port}/a b.pdf?for=Mr X"
    assert owner.post(docs_of(case), {"name": "a", "pathinfo": pasted}).status_code == 201
    assert web.asked == ["/a%20b.pdf?for=Mr%20X"]


@pytest.mark.same_everywhere
def test_an_address_may_come_in_a_form(owner: Api, case: int, web: Web) -> None:
    body = form(name="Facture", pathinfo=web.put("/f.pdf", PDF), file_type=1)
    answer = owner.raw("POST", docs_of(case), body, MULTIPART)
    assert said(answer) == (201, "Document uploaded successfully")


def test_the_file_counts_where_both_are_sent(owner: Api, case: int, web: Web) -> None:
    picture = image("GIF")
    shown = uploaded(owner, case, picture, "a.gif", pathinfo=web.put("/f.pdf", PDF))
    assert (shown["file"]["mime"], web.asked) == ("image/gif", [])


REFUSED_BODIES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, ["name", "pathinfo"]),
    "neither way in": ({"name": "a"}, ["pathinfo"]),
    "no name": ({"pathinfo": "http://example.com/a.pdf"}, ["name"]),
    "a blank name": ({"name": "  ", "pathinfo": "http://example.com/a.pdf"}, ["name"]),
    "a long name": ({"name": "n" * 256, "pathinfo": "http://example.com/a.pdf"}, ["name"]),
    "a NUL": ({"name": "a\x00b", "pathinfo": "http://example.com/a.pdf"}, ["name"]),
    "not an address": ({"name": "a", "pathinfo": "file:///etc/passwd"}, ["pathinfo"]),
    "a host with a space": ({"name": "a", "pathinfo": "https://example .com/a.pdf"}, ["pathinfo"]),
    "an address on two lines": ({"name": "a", "pathinfo": "https://example.com/a\nb.pdf"}, ["pathinfo"]),
    "a long address": ({"name": "a", "pathinfo": "http://example.com/" + "a" * 2000}, ["pathinfo"]),
    "an unknown type": ({"name": "a", "pathinfo": "http://example.com/a.pdf", "file_type": 99}, ["file_type"]),
    "a type that is none": ({"name": "a", "pathinfo": "http://example.com/a", "file_type": "x"}, ["file_type"]),
    "an invoice that is none": ({"name": "a", "pathinfo": "http://example.com/a", "invoice_id": "x"}, ["invoice_id"]),
    "a file in words": ({"name": "a", "file": "words"}, ["file", "pathinfo"]),
}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("refused", REFUSED_BODIES)
def test_refused_bodies(owner: Api, case: int, refused: str) -> None:
    body, fields = REFUSED_BODIES[refused]
    assert list(owner.errors("POST", docs_of(case), body)) == fields
    assert not Document.objects.exists()


def test_an_inactive_type_is_not_chosen(owner: Api, case: int) -> None:
    FileType.objects.filter(id=3).update(active=False)
    answer = upload(owner, case, file_type=3)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        {"file_type": ["The selected file type is invalid."]},
    )


def test_an_invoice_of_another_case_is_not_found(owner: Api, case: int) -> None:
    other = file_case(owner)["invoices"][0]["id"]
    answer = upload(owner, case, invoice_id=other)
    assert said(answer) == (404, "Invoice not found or does not belong to this recovery")
    assert not Document.objects.exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("path", ["/none.pdf", "/page.html", "/wrong.png"])
def test_what_an_address_gives_may_be_refused(owner: Api, case: int, web: Web, folder: Path, path: str) -> None:
    web.put("/page.html", b"<html></html>")
    web.put("/wrong.png", PDF)
    answer = owner.post(docs_of(case), {"name": "a", "pathinfo": f"http://127.0.0.1:{web.port}{path}"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"success": False, "message": "Failed to process file", "code": "file_refused"},
    )
    assert (blobs(folder), StoredFile.objects.count()) == ([], 0)
    assert owner.data("GET", docs_of(case))["documents"] == []
    assert detail(owner, case)["all_docs"] == []


# Content type, body, and what is said of it.
MALFORMED_FORMS: dict[str, tuple[str, bytes, tuple[int, str]]] = {
    "no boundary": ("multipart/form-data", form(PDF, name="a"), (400, "Malformed form")),
    "a boundary that is none": (
        "multipart/form-data; boundary=\xff",
        form(PDF, name="a"),
        (400, "Malformed form"),
    ),
    "no parts": (MULTIPART, b"hello", (422, "Validation failed")),
    "a thousand fields": (
        MULTIPART,
        form(**{f"field{number}": "x" for number in range(1100)}),
        (400, "Malformed form"),
    ),
    "a large field": (
        MULTIPART,
        form(PDF, name="a", more="x" * 3 * MEBIBYTE),
        (413, "Payload too large"),
    ),
    "many files": (
        MULTIPART,
        form(PDF, name="a").rpartition(b"--" + BOUNDARY.encode())[0] * 110 + b"--",
        (400, "Malformed form"),
    ),
    "base64 that is none": (
        MULTIPART,
        form(b"x").replace(b"Content-Type: a", b"Content-Transfer-Encoding: base64\r\nContent-Type: a"),
        (400, "Malformed form"),
    ),
    "bytes that are no text": (
        MULTIPART,
        form(PDF, name="\udcff\udcfe"),
        (201, "Document uploaded successfully"),
    ),
}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("malformed", MALFORMED_FORMS)
def test_malformed_forms_are_no_failure_of_ours(owner: Api, case: int, malformed: str) -> None:
    content_type, body, expected = MALFORMED_FORMS[malformed]
    answer = owner.raw("POST", docs_of(case), body, content_type)
    assert said(answer) == expected


@pytest.mark.same_everywhere
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_in_a_form_may_be_utf_8_or_latin_1(owner: Api, case: int, encoding: str) -> None:
    body = form(PDF, "été.pdf", name="Reçu d'été")
    for text in ("Reçu d'été", "été.pdf"):
        body = body.replace(text.encode(), text.encode(encoding))
    answer = owner.raw("POST", docs_of(case), body, MULTIPART)
    assert said(answer) == (201, "Document uploaded successfully")
    shown = answer.json()["data"]
    assert shown["file"]["filename"] == "Reçu d'été.pdf"
    assert downloaded(owner.get(f"{docs_of(case)}/{shown['id']}/download")) == PDF


@pytest.mark.same_everywhere
@pytest.mark.parametrize("charset", ["foo", "idna"])
def test_a_file_whose_name_is_in_an_unknown_encoding_is_taken(owner: Api, case: int, charset: str) -> None:
    body = form(PDF, "x", name="a").replace(b'filename="x"', b"filename*=%s''%%C3%%A9t%%C3%%A9.pdf" % charset.encode())
    assert said(owner.raw("POST", docs_of(case), body, MULTIPART)) == (201, "Document uploaded successfully")


@pytest.mark.same_everywhere
@pytest.mark.parametrize("length", [10, 150, 200, 400, 700])
def test_a_form_cut_short_is_no_failure_of_ours(owner: Api, case: int, length: int) -> None:
    answer = owner.raw("POST", docs_of(case), form(PDF, name="a")[:length], MULTIPART)
    assert answer.status_code in (201, 400, 422)


# --- sizes and types -------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def largest() -> bytes:
    """A PDF of exactly 10 MiB."""
    return sized_pdf(10 * MEBIBYTE)


@pytest.mark.same_everywhere
def test_ten_mebibytes_pass_and_one_byte_more_does_not(owner: Api, case: int, largest: bytes, folder: Path) -> None:
    shown = uploaded(owner, case, largest)
    assert downloaded(owner.get(f"{docs_of(case)}/{shown['id']}/download")) == largest
    answer = upload(owner, case, sized_pdf(10 * MEBIBYTE + 1))
    assert (answer.status_code, answer.json()) == (
        413,
        {"success": False, "message": "Payload too large", "code": "payload_too_large"},
    )
    assert len(blobs(folder)) == 1


@pytest.mark.same_everywhere
def test_an_address_of_ten_mebibytes_passes_and_one_byte_more_does_not(
    owner: Api, case: int, largest: bytes, web: Web
) -> None:
    answer = owner.post(docs_of(case), {"name": "a", "pathinfo": web.put("/a.pdf", largest)})
    assert answer.status_code == 201
    answer = owner.post(docs_of(case), {"name": "a", "pathinfo": web.put("/b.pdf", largest + b"\n")})
    assert said(answer) == (400, "Failed to process file")
    assert Document.objects.order_by("id").last().reason == "too_large"


@pytest.mark.same_everywhere
def test_what_is_announced_as_too_large_is_not_read(owner: Api, case: int) -> None:
    answer = owner.raw("POST", docs_of(case), b"x", MULTIPART, Content_Length=str(12 * MEBIBYTE))
    assert said(answer) == (413, "Payload too large")


SAMPLES: dict[str, tuple[bytes, str]] = {
    "pdf": (PDF, "application/pdf"),
    "doc": (doc(), "application/msword"),
    "docx": (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xls": (xls(), "application/vnd.ms-excel"),
    "xlsx": (xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "jpg": (image("JPEG"), "image/jpeg"),
    "jpeg": (image("JPEG"), "image/jpeg"),
    "png": (image("PNG"), "image/png"),
    "gif": (image("GIF"), "image/gif"),
}


@pytest.mark.same_everywhere
def test_each_type_is_known_by_its_content(owner: Api, case: int) -> None:
    for extension, (content, mime) in SAMPLES.items():
        shown = uploaded(owner, case, content, f"a.{extension.upper()}", name="Pièce")
        assert (shown["file"]["mime"], shown["file"]["filename"]) == (mime, f"Pièce.{extension}")


REFUSED_FILES: dict[str, tuple[bytes, str, str]] = {
    "another extension": (PDF, "a.png", "The extension of the file does not fit its content."),
    "an unknown extension": (
        PDF,
        "a.exe",
        "The file field must be a file of type: pdf, doc, docx, xls, xlsx, jpg, jpeg, png, gif.",
    ),
    "an archive": (
        archive([("a.txt", "a")]),
        "a.docx",
        "The file field must be a file of type: pdf, doc, docx, xls, xlsx, jpg, jpeg, png, gif.",
    ),
    "a page": (
        b"<html><script>alert(1)</script></html>",
        "a",
        "The file field must be a file of type: pdf, doc, docx, xls, xlsx, jpg, jpeg, png, gif.",
    ),
    "a damaged picture": (image("PNG")[:-300], "a.png", "The file is damaged and cannot be opened."),
    "nothing": (b"", "a.pdf", "The file is empty."),
}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("refused", REFUSED_FILES)
def test_refused_files(owner: Api, case: int, folder: Path, refused: str) -> None:
    content, name, sentence = REFUSED_FILES[refused]
    answer = upload(owner, case, content, name)
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "success": False,
            "message": "Validation failed",
            "errors": {"file": [sentence]},
            "code": "validation_failed",
            "codes": {"file": ["invalid"]},
        },
    )
    assert (blobs(folder), Document.objects.count()) == ([], 0)


# --- the scanner -----------------------------------------------------------------------------------------------
INFECTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "in a docx": (lambda: docx(("word/media/a.bin", eicar())), "a.docx"),
    "in a pdf": (lambda: pdf(("a.com", eicar())), "a.pdf"),
}


@pytest.fixture
def scanned(settings: Settings, folder: Path, in_process: None, clamd: str) -> None:
    """Production, with a real scanner."""
    settings.CLAMD_URL = clamd


@pytest.mark.same_everywhere
@pytest.mark.parametrize("infected", INFECTED)
def test_malware_is_not_kept(owner: Api, scanned: None, folder: Path, infected: str) -> None:
    make, name = INFECTED[infected]
    case = case_id(owner)
    answer = upload(owner, case, make(), name)
    assert (answer.status_code, answer.json()) == (
        400,
        {"success": False, "message": "Failed to process file", "code": "file_refused"},
    )
    row = Document.objects.get()
    assert (row.state, row.scan, row.file_id) == ("rejected", "found", None)
    assert "Eicar" in row.reason.title()
    assert (blobs(folder), StoredFile.objects.count()) == ([], 0)
    assert owner.data("GET", docs_of(case))["documents"] == []
    answer = owner.get(f"{docs_of(case)}/{row.pk}/download")
    assert said(answer) == (404, "File not found")


def test_a_clean_file_is_served(owner: Api, scanned: None) -> None:
    case = case_id(owner)
    shown = uploaded(owner, case)
    assert downloaded(owner.get(f"{docs_of(case)}/{shown['id']}/download")) == PDF
    row = Document.objects.get()
    assert (row.state, row.scan, row.reason) == ("ready", "clean", "")
    assert row.scanned_at is not None


def test_without_its_scanner_production_serves_nothing_until_it_is_back(
    owner: Api, without_scanner: None, settings: Settings, clamd: str
) -> None:
    case = case_id(owner)
    answer = upload(owner, case)
    assert said(answer) == (202, "Document accepted and being processed")
    shown = answer.json()["data"]
    assert list(shown) == [*KEYS, "state", "reason"]
    assert (shown["state"], shown["reason"]) == ("scanning", "scanner unavailable")
    address = f"{docs_of(case)}/{shown['id']}"
    assert owner.data("GET", address) == shown
    assert said(owner.get(f"{address}/download")) == (404, "File not found")

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        sweep()
        assert owner.data("GET", address)["state"] == "scanning"
        settings.CLAMD_URL = clamd
        assert sweep() == 0  # It has just been tried.
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=4)):
        assert sweep() == 1
    assert list(owner.data("GET", address)) == KEYS
    assert downloaded(owner.get(f"{address}/download")) == PDF


def test_no_scanner_at_all_in_production_serves_nothing(owner: Api, without_scanner: None, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    case = case_id(owner)
    assert upload(owner, case).status_code == 202
    row = Document.objects.get()
    assert (row.state, row.scan) == ("scanning", "waiting")


def test_what_waits_is_listed_with_its_state(owner: Api, without_scanner: None) -> None:
    case = case_id(owner)
    upload(owner, case)
    [shown] = owner.data("GET", docs_of(case))["documents"]
    assert shown["state"] == "scanning"
    assert [each["state"] for each in detail(owner, case)["docs"]] == ["scanning"]


# --- download --------------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
def test_headers_of_a_download(owner: Api, case: int) -> None:
    shown = uploaded(owner, case, name="Échéancier n°1")
    answer = owner.get(f"{docs_of(case)}/{shown['id']}/download")
    assert downloaded(answer) == PDF
    headers = {name: answer.headers[name] for name in ("Content-Type", "Content-Length", "X-Content-Type-Options")}
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "X-Content-Type-Options": "nosniff",
    }
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Echeancier n_1.pdf\"; filename*=UTF-8''%C3%89ch%C3%A9ancier%20n%C2%B01.pdf"
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# What a client calls the document → the name under which it is downloaded (None: any safe one).
HOSTILE_NAMES: dict[str, str | None] = {
    "../../../../etc/passwd": None,
    "..\\..\\boot.ini": None,
    "/etc/shadow.pdf": None,
    "C:\\temp\\a.pdf": None,
    "facture\u202efdp.exe": "facturefdp.exe.pdf",
    'say "hi"; filename=evil.exe': None,
    "one\r\nSet-Cookie: a=b": None,
    "CON": None,
    "..": "document.pdf",
    ".htaccess": None,
    "é" * 255: None,
    "%2e%2e%2fpasswd": None,
    "Relevé à l'été, œuvre n° 1": "Relevé à l'été, œuvre n° 1.pdf",
    "FACTURE.PDF": "FACTURE.PDF",
}


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names(owner: Api, case: int, folder: Path, name: str) -> None:
    # JSON escapes in the URL's way of naming would change nothing: a form carries the name as it is.
    shown = uploaded(owner, case, name=name)
    kept = shown["file"]["filename"]
    assert kept == (HOSTILE_NAMES[name] or kept)
    assert kept.lower().endswith(".pdf")
    assert not re.search(r'[/\\\x00-\x1f"<>:|?*\u202e]', kept)
    assert len(kept.encode()) <= 255
    answer = owner.get(f"{docs_of(case)}/{shown['id']}/download")
    assert downloaded(answer) == PDF
    disposition = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[ -!#-~]+\"(; filename\*=UTF-8''[!-~]+)?", disposition)
    assert "Set-Cookie" not in answer.headers
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}", str(blobs(folder)[0].relative_to(folder)))


@pytest.mark.parametrize("name", ["../../etc/cron.d/a.pdf", "..\\a.pdf", "a\u202e.pdf", "a%00.pdf", "a" * 300 + ".pdf"])
def test_the_name_of_the_sent_file_names_nothing(owner: Api, case: int, folder: Path, name: str) -> None:
    shown = uploaded(owner, case, file_name=name)
    assert shown["file"]["filename"] == "Facture.pdf"
    assert len(blobs(folder)) == 1


# --- lists -----------------------------------------------------------------------------------------------------
@pytest.fixture
def listed(owner: Api, development: None) -> dict[str, Any]:
    """A case with four documents: names, types, one on an invoice."""
    filed = file_case(owner, invoices=[{}])
    case, invoice = filed["recovery"]["id"], filed["invoices"][0]["id"]
    ids = [
        uploaded(owner, case, name="Contrat 100%", file_type=5)["id"],
        uploaded(owner, case, name="contrat_annexe", file_type=5)["id"],
        uploaded(owner, case, name="Courrier", file_type=2)["id"],
        uploaded(owner, case, name="Facture", file_type=1, invoice_id=invoice)["id"],
    ]
    return {"address": docs_of(case), "invoice": invoice, "ids": ids}


def _numbers(owner: Api, listed: dict[str, Any], query: str) -> list[int]:
    """The documents of a list, as their places in `listed`."""
    shown = owner.data("GET", f"{listed['address']}?{query}")["documents"]
    return [listed["ids"].index(each["id"]) for each in shown]


FOUND = {
    "": [3, 2, 1, 0],
    "sort_order=asc": [0, 1, 2, 3],
    "sort_by=file_created_at&sort_order=asc": [0, 1, 2, 3],
    "sort_by=recovery_id&sort_order=desc": [3, 2, 1, 0],
    "sort_by=file_type&sort_order=asc": [3, 2, 0, 1],
    "sort_by=file_type&sort_order=desc": [1, 0, 2, 3],
    "search=CONTRAT&sort_order=asc": [0, 1],
    "search=100%25": [0],
    "search=t_a": [1],
    "search=%25": [0],
    "search=.pdf&per_page=2&page=2": [1, 0],
    "search=nothing": [],
    "file_type=5&sort_order=asc": [0, 1],
    "file_type=13": [],
    "invoice_id=&file_type=": [3, 2, 1, 0],
    "invoice_id=999999": [],
    "search=contrat&file_type=2": [],
    "per_page=3&page=2": [0],
    "page=9": [],
}


def test_filters_search_sorts_and_pages(owner: Api, listed: dict[str, Any]) -> None:
    for query, found in FOUND.items():
        assert _numbers(owner, listed, query) == found, query


def test_documents_of_an_invoice(owner: Api, listed: dict[str, Any]) -> None:
    assert _numbers(owner, listed, f"invoice_id={listed['invoice']}") == [3]
    shown = owner.data("GET", f"{listed['address']}?sort_by=invoice_id&sort_order=asc")["documents"]
    assert len(shown) == 4


def test_pagination_stands_beside_the_data(owner: Api, listed: dict[str, Any]) -> None:
    body = owner.get(f"{listed['address']}?per_page=3").json()
    assert list(body) == ["success", "data", "pagination", "message"]
    assert body["pagination"] == {
        **{"current_page": 1, "per_page": 3, "total": 4, "last_page": 2, "from": 1, "to": 3},
        "has_more_pages": True,
    }
    empty = owner.get(f"{listed['address']}?page=7").json()["pagination"]
    assert (empty["from"], empty["to"], empty["total"], empty["has_more_pages"]) == (None, None, 4, False)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("per_page=0", "per_page"),
        ("per_page=101", "per_page"),
        ("page=0", "page"),
        ("sort_by=name", "sort_by"),
        ("sort_order=up", "sort_order"),
        ("invoice_id=abc", "invoice_id"),
        ("search=" + "a" * 256, "search"),
        ("search=%00", "search"),
    ],
)
def test_refused_queries(owner: Api, case: int, query: str, field: str) -> None:
    assert list(owner.errors("GET", f"{docs_of(case)}?{query}")) == [field]


@pytest.mark.parametrize("number", ["2147483647", "9223372036854775807", "99999999999999999999999"])
def test_large_numbers_are_no_failure(owner: Api, case: int, number: str) -> None:
    for query in (f"invoice_id={number}", f"file_type={number}"):
        assert owner.get(f"{docs_of(case)}?{query}").status_code in (200, 422)
    for field in ("invoice_id", "file_type"):
        assert upload(owner, case, **{field: number}).status_code in (404, 422)
    assert owner.get(f"{docs_of(case)}/{number}").status_code == 404


def _documents(case: int, user: Any, many: int) -> None:
    files = StoredFile.objects.bulk_create(
        StoredFile(key=f"key-{number}", filename=f"{number}.pdf", mime="application/pdf", size=1, sha256="0" * 64)
        for number in range(many)
    )
    Document.objects.bulk_create(
        Document(recovery_id=case, owner=user, author=user, file=file, file_type_id=1, name="a", state="ready")
        for file in files
    )


@pytest.mark.parametrize("many", [1, 15, 100])
def test_a_list_costs_the_same_whatever_the_page(
    owner: Api, case: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _documents(case, owner.user, many)
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", 3600.0)
    owner.get(docs_of(case))
    with CaptureQueriesContext(connection) as captured:
        shown = owner.data("GET", f"{docs_of(case)}?per_page={many}")["documents"]
    assert len(shown) == many
    # Token and user, the case, the number of documents, the documents.
    assert len(captured) == 4


# --- who -------------------------------------------------------------------------------------------------------
def test_other_accounts(owner: Api, stranger: Api, staff: Api, anonymous: Api, case: int) -> None:
    address = f"{docs_of(case)}/{uploaded(owner, case)['id']}"
    for other in (stranger, staff):
        for answer in (other.get(docs_of(case)), upload(other, case)):
            assert said(answer) == (404, "Recovery case not found")
        for answer in (other.get(address), other.get(f"{address}/download"), other.delete(address)):
            assert said(answer) == (403, "Unauthorized access to this document")
        nowhere = f"{docs_of(case)}/{NO_SUCH_ID}"
        for answer in (other.get(nowhere), other.get(f"{nowhere}/download"), other.delete(nowhere)):
            assert said(answer) == (404, "Recovery case not found")
    for answer in (anonymous.get(address), anonymous.get(f"{address}/download"), upload(anonymous, case)):
        assert said(answer) == (401, "Unauthenticated")
    assert Document.objects.count() == 1


def test_a_document_is_not_found_under_another_case(owner: Api, case: int) -> None:
    elsewhere = f"{docs_of(case_id(owner))}/{uploaded(owner, case)['id']}"
    for answer in (owner.get(elsewhere), owner.get(f"{elsewhere}/download"), owner.delete(elsewhere)):
        assert said(answer) == (404, "Document not found")
    assert Document.objects.exists()


def test_a_document_that_the_client_does_not_see_is_not_found(owner: Api, stranger: Api, case: int) -> None:
    address = f"{docs_of(case)}/{uploaded(owner, case)['id']}"
    Document.objects.update(visible_to_user=False)
    for answer in (owner.get(address), owner.get(f"{address}/download"), owner.delete(address)):
        assert said(answer) == (404, "Document not found")
    assert owner.data("GET", docs_of(case))["documents"] == detail(owner, case)["all_docs"] == []
    assert said(stranger.get(address)) == (404, "Recovery case not found")


def test_documents_stay_open_when_the_case_is_not(owner: Api, case: int) -> None:
    remind_twice(case)
    shown = uploaded(owner, case)
    assert owner.delete(f"{docs_of(case)}/{shown['id']}").status_code == 200


def test_documents_in_the_detail_of_the_case(owner: Api, development: None) -> None:
    filed = file_case(owner, invoices=[{}])
    case, invoice = filed["recovery"]["id"], filed["invoices"][0]["id"]
    letter = uploaded(owner, case, name="Courrier")
    bill = uploaded(owner, case, name="Facture", invoice_id=invoice, file_type=1)
    shown = detail(owner, case)
    assert [each["id"] for each in shown["docs"]] == [letter["id"]]
    assert [each["id"] for each in shown["all_docs"]] == [letter["id"], bill["id"]]
    for one, own in zip(shown["all_docs"], (letter, bill), strict=True):
        assert {key: one[key] for key in one if key != "recovery"} == {
            key: own[key] for key in own if key != "recovery"
        }


# --- deletion --------------------------------------------------------------------------------------------------
def test_bytes_go_with_their_document(owner: Api, case: int, folder: Path) -> None:
    address = f"{docs_of(case)}/{uploaded(owner, case)['id']}"
    assert len(blobs(folder)) == 1
    answer = owner.delete(address)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "message": "Document deleted successfully"})
    assert (blobs(folder), StoredFile.objects.count()) == ([], 0)
    assert said(owner.delete(address)) == (404, "Document not found")


def test_bytes_stay_while_another_document_uses_them(owner: Api, case: int, folder: Path) -> None:
    first = uploaded(owner, case)["id"]
    linked = Document.objects.create(
        recovery_id=case_id(owner), file=StoredFile.objects.get(), name="a", state="ready", author=owner.user
    )
    assert owner.delete(f"{docs_of(case)}/{first}").status_code == 200
    address = f"{docs_of(linked.recovery_id)}/{linked.pk}"
    assert downloaded(owner.get(f"{address}/download")) == PDF
    assert owner.delete(address).status_code == 200
    assert (blobs(folder), StoredFile.objects.count()) == ([], 0)


def test_a_rollback_keeps_the_bytes(owner: Api, case: int, folder: Path) -> None:
    shown = uploaded(owner, case)
    with transaction.atomic():
        recovery_delete(recovery=Recovery.objects.get(pk=case), by=None)
        transaction.set_rollback(True)
    assert downloaded(owner.get(f"{docs_of(case)}/{shown['id']}/download")) == PDF


def test_a_case_takes_its_bytes_along_but_not_those_of_others(owner: Api, case: int, folder: Path) -> None:
    uploaded(owner, case)
    shared = uploaded(owner, case, image("PNG"), "a.png")
    file = StoredFile.objects.get(pk=shared["fileId"])
    other = case_id(owner)
    Document.objects.create(recovery_id=other, file=file, name="a", state="ready", author=owner.user)
    assert owner.delete(f"/api/recoveries/{case}").status_code == 200
    assert [str(path.relative_to(folder)) for path in blobs(folder)] == [file.key]
    assert owner.delete(f"/api/recoveries/{other}").status_code == 200
    assert (blobs(folder), StoredFile.objects.count(), Document.objects.count()) == ([], 0, 0)


def test_a_case_that_goes_during_the_upload_is_not_found(
    owner: Api, case: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from documents import views

    def inspect(*args: Any, **kwargs: Any) -> Any:
        cases_vanish(Recovery.objects.filter(pk=case))
        return inspected(*args, **kwargs)

    inspected = views.inspect
    monkeypatch.setattr(views, "inspect", inspect)
    answer = upload(owner, case)
    assert said(answer) == (404, "Recovery case not found")
    assert (blobs(folder), StoredFile.objects.count(), Document.objects.count()) == ([], 0, 0)


# --- how often -------------------------------------------------------------------------------------------------
def test_fifty_uploads_an_hour(owner: Api, stranger: Api, case: int, settings: Settings) -> None:
    settings.RATE_LIMITS_ENABLED = True
    with time_machine.travel(datetime.now(UTC), tick=False):
        for left in range(49, -1, -1):
            answer = owner.post(docs_of(case), {})
            assert (answer.status_code, answer.headers["X-RateLimit-Limit"]) == (422, "50")
            assert answer.headers["X-RateLimit-Remaining"] == str(left)
        answer = upload(owner, case)
        seconds = answer.headers["Retry-After"]
        assert said(answer) == (429, f"Too Many Attempts. Please wait {seconds} seconds before trying again.")
        assert 0 < int(seconds) <= 3600
        assert owner.get(docs_of(case)).status_code == 200
        assert said(upload(stranger, case)) == (404, "Recovery case not found")
    assert not Document.objects.exists()
