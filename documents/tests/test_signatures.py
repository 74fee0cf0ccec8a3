"""Signatures asked for on a document."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from documents.models import Document, SignatureRequest
from documents.services.signing import ByHand, SignatureProvider, signature_record, signature_request
from documents.tests.forms import PDF, docs_of, downloaded, uploaded
from legalcity.lib.errors import BadRequest
from tests.backoffice import act_on_rows
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PENDING = {
    "success": False,
    "message": "Cannot delete document with pending signature requests",
    "code": "signature_pending",
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def address(owner: Api, development: None) -> str:
    """The address of a document that is ready."""
    case = case_id(owner)
    return f"{docs_of(case)}/{uploaded(owner, case)['id']}"


@pytest.fixture
def ask(owner: Api) -> Callable[..., SignatureRequest]:
    """Asks somebody to sign the document."""

    def asked(name: str = "Ann Martin", provider: SignatureProvider | None = None) -> SignatureRequest:
        return signature_request(
            document=Document.objects.get(),
            signer_name=name,
            signer_email="ann@example.com",
            provider=provider or ByHand(),
            by=owner.user,
        )

    return asked


@pytest.fixture
def backoffice(db: None) -> Client:
    """A member of staff who may do everything, logged in to the back-office."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(email="boss@example.com", password="a-long-password"))
    return client


def is_signed(owner: Api, address: str) -> bool:
    """What the API says."""
    return bool(owner.data("GET", address)["isSigned"])


def test_what_is_waited_for_blocks_the_deletion(owner: Api, address: str, ask: Callable[..., SignatureRequest]) -> None:
    request = ask()
    answer = owner.delete(address)
    assert (answer.status_code, answer.json()) == (400, PENDING)
    assert not is_signed(owner, address)
    signature_record(request_id=request.pk, signed=False, by=None)
    assert owner.delete(address).status_code == 200
    assert not SignatureRequest.objects.exists()


def test_a_document_is_signed_when_all_have_signed(
    owner: Api, address: str, ask: Callable[..., SignatureRequest]
) -> None:
    first, second = ask("Ann"), ask("Bob")
    signature_record(request_id=first.pk, signed=True, by=None)
    assert not is_signed(owner, address)
    assert owner.delete(address).status_code == 400
    signature_record(request_id=second.pk, signed=True, by=None)
    assert is_signed(owner, address)
    third = ask("Zoé")
    assert not is_signed(owner, address)
    signature_record(request_id=third.pk, signed=True, by=None)
    assert is_signed(owner, address)


def test_who_declines_leaves_it_unsigned(owner: Api, address: str, ask: Callable[..., SignatureRequest]) -> None:
    first, second = ask("Ann"), ask("Bob")
    signature_record(request_id=first.pk, signed=True, by=None)
    answered = signature_record(request_id=second.pk, signed=False, by=None)
    assert (answered.state, answered.answered_at is None) == ("declined", False)
    assert not is_signed(owner, address)


@pytest.mark.parametrize("again", [True, False])
def test_an_answer_stands(owner: Api, address: str, ask: Callable[..., SignatureRequest], again: bool) -> None:
    request = ask()
    first = signature_record(request_id=request.pk, signed=True, by=None)
    with pytest.raises(BadRequest, match="answered already"):
        signature_record(request_id=request.pk, signed=again, by=None)
    request.refresh_from_db()
    assert (request.state, request.answered_at) == ("signed", first.answered_at)
    assert is_signed(owner, address)


def test_only_what_is_ready_can_be_signed(owner: Api, address: str, ask: Callable[..., SignatureRequest]) -> None:
    Document.objects.update(state="scanning")
    with pytest.raises(BadRequest, match="ready"):
        ask()
    assert not SignatureRequest.objects.exists()


def test_a_provider_finds_the_request_that_it_is_told_of(
    owner: Api, address: str, ask: Callable[..., SignatureRequest]
) -> None:
    class Instant:
        def send(self, request: SignatureRequest) -> str:
            signature_record(request_id=request.pk, signed=True, by=None)
            return "sig-42"

    request = ask(provider=Instant())
    request.refresh_from_db()
    assert (request.state, request.provider_reference) == ("signed", "sig-42")
    assert is_signed(owner, address)


# --- the back-office -------------------------------------------------------------------------------------------
LIST = "admin:documents_signaturerequest_changelist"
ADD = "admin:documents_signaturerequest_add"


def _form(**changed: object) -> dict[str, object]:
    document = Document.objects.get().pk
    return {"document": document, "signer_name": "Ann Martin", "signer_email": "ann@example.com", **changed}


def test_staff_ask(owner: Api, address: str, backoffice: Client) -> None:
    assert backoffice.post(reverse(ADD), _form()).status_code == 302
    request = SignatureRequest.objects.get()
    assert (request.state, request.signer_name, request.answered_at) == ("pending", "Ann Martin", None)
    assert request.requested_by is not None
    assert request.requested_by.email == "boss@example.com"
    assert owner.delete(address).status_code == 400


@pytest.mark.parametrize("wrong", [{"signer_email": "nobody"}, {"signer_name": ""}, {"document": 0}])
def test_staff_do_not_ask_nonsense(address: str, backoffice: Client, wrong: dict[str, object]) -> None:
    assert backoffice.post(reverse(ADD), _form(**wrong)).status_code == 200
    assert not SignatureRequest.objects.exists()


def test_staff_do_not_ask_for_what_is_not_ready(address: str, backoffice: Client) -> None:
    Document.objects.update(state="rejected")
    answer = backoffice.post(reverse(ADD), _form())
    assert answer.status_code == 200
    assert not SignatureRequest.objects.exists()


@pytest.mark.parametrize(("action", "state"), [("record-signed", "signed"), ("record-declined", "declined")])
def test_staff_record_answers_once(
    address: str, ask: Callable[..., SignatureRequest], backoffice: Client, action: str, state: str
) -> None:
    asked = [ask("Ann"), ask("Bob")]
    answer = act_on_rows(backoffice, asked, action)
    assert [result.succeeded for result in answer.context["results"]] == [True, True]
    assert set(SignatureRequest.objects.values_list("state", flat=True)) == {state}
    answer = act_on_rows(backoffice, asked, "record-signed")
    assert [result.succeeded for result in answer.context["results"]] == [False, False]
    assert set(SignatureRequest.objects.values_list("state", flat=True)) == {state}


def test_what_was_asked_is_neither_changed_nor_deleted(
    address: str, ask: Callable[..., SignatureRequest], backoffice: Client
) -> None:
    request = ask()
    change = reverse("admin:documents_signaturerequest_change", args=[request.pk])
    assert backoffice.get(change).status_code == 200
    assert backoffice.post(change, _form(signer_name="Bob")).status_code == 403
    delete = reverse("admin:documents_signaturerequest_delete", args=[request.pk])
    assert backoffice.post(delete, {"post": "yes"}).status_code == 403
    request.refresh_from_db()
    assert request.signer_name == "Ann Martin"


def test_staff_see_documents_with_their_state_and_may_try_again(owner: Api, address: str, backoffice: Client) -> None:
    Document.objects.update(state="scanning", reason="scanner unavailable")
    changelist = reverse("admin:documents_document_changelist")
    page = backoffice.get(changelist, {"state": "scanning"}).content.decode()
    assert "scanner unavailable" in page
    assert act_on_rows(backoffice, Document.objects.all(), "try-again").context["done"] == 1
    assert downloaded(owner.get(f"{address}/download")) == PDF


def test_staff_do_not_write_documents_by_hand(address: str, backoffice: Client) -> None:
    number = Document.objects.get().pk
    assert backoffice.get(reverse("admin:documents_document_add")).status_code == 403
    change = reverse("admin:documents_document_change", args=[number])
    assert backoffice.get(change).status_code == 200
    assert backoffice.post(change, {"state": "ready"}).status_code == 403
    assert backoffice.post(reverse("admin:documents_document_delete", args=[number])).status_code == 403


def test_file_types_keep_their_numbers(address: str, backoffice: Client) -> None:
    change = reverse("admin:documents_filetype_change", args=[3])
    values = {"id": 33, "type": "Recommandé", "position": 3, "active": "on", "description": "d"}
    assert backoffice.post(change, values).status_code == 302
    assert backoffice.post(reverse("admin:documents_filetype_delete", args=[3]), {"post": "yes"}).status_code == 403
    add = reverse("admin:documents_filetype_add")
    assert backoffice.post(add, {**values, "id": 14, "type": "Protocole"}).status_code == 302
    from documents.selectors import file_types

    shown = {each["id"]: each["type"] for each in file_types()}
    assert (shown[3], shown[14], 33 in shown) == ("Recommandé", "Protocole", False)
