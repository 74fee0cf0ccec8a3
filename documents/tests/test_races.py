"""Documents at the same moment: each in a thread with a connection of its own."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from documents.content import Inspected
from documents.models import Document, SignatureRequest
from documents.services import documents as writes
from documents.services.pipeline import document_rescan
from documents.services.signing import ByHand, signature_record, signature_request
from documents.tests.forms import PDF, blobs, docs_of, uploaded
from documents.tests.samples import eicar
from legalcity.lib.audience import Audience
from recoveries.models import Recovery
from tests.factories import Api, ApiUserFactory, case_id
from tests.races import statuses_at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("development"),
]


@pytest.fixture
def race_owner() -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory(email="owner@example.com"))


def test_a_document_is_deleted_once(race_owner: Api, folder: Any) -> None:
    case = case_id(race_owner)
    for _round in range(3):
        address = f"{docs_of(case)}/{uploaded(race_owner, case)['id']}"
        answers = statuses_at_once(2, race_owner, lambda api, _n, address=address: api.delete(address))
        assert answers == {200: 1, 404: 1}
    assert blobs(folder) == []


WRITES: dict[str, Callable[[Document, Api], Any]] = {
    "upload": lambda one, api: writes.document_upload(
        recovery_id=one.recovery_id,
        by=api.user,
        file=io.BytesIO(PDF),
        inspected=Inspected("application/pdf", "pdf"),
        values={"name": "a"},
    ),
    "announce": lambda one, api: writes.document_announce(
        recovery_id=one.recovery_id, url="http://127.0.0.1/", values={"name": "a"}, by=api.user
    ),
    "show": lambda one, api: writes.document_visibility_set(
        document_id=one.pk, visible_to={Audience.DEBTOR: True}, by=None
    ),
    "delete": lambda one, api: writes.document_delete(document=one, by=None),
    "ask for a signature": lambda one, api: signature_request(
        document=one, signer_name="Bob", signer_email="bob@example.com", provider=ByHand(), by=api.user
    ),
    "record a signature": lambda one, api: signature_record(
        request_id=SignatureRequest.objects.get().pk, signed=True, by=None
    ),
    "take away": lambda one, api: document_rescan(document_id=one.pk),
}


@pytest.mark.parametrize("name", WRITES)
def test_who_writes_documents_waits_for_who_holds_the_case(
    race_owner: Api, name: str, folder: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, clamd: str
) -> None:
    case = case_id(race_owner)
    document = Document.objects.get(pk=uploaded(race_owner, case)["id"])
    SignatureRequest.objects.create(document=document, signer_name="Ann", signer_email="ann@example.com")
    if name == "take away":
        settings.CLAMD_URL = clamd
        (folder / document.key).write_bytes(eicar())

    def write() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            WRITES[name](document, race_owner)
        finally:
            connections.close_all()

    stored = blobs(folder)
    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Recovery.objects.select_for_update(of=("self",)).get(pk=case)
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(write).result()
    assert blobs(folder) == stored
    assert Document.objects.get().state == "ready"
