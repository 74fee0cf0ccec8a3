"""Messages as clients see them: state and facts, the papers once they left, no words, no cost."""

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.models import StoredFile
from recoveries.models import Message, MessageFact
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 17, 10, tzinfo=UTC)


@pytest.fixture
def case(owner: Api) -> int:
    return case_id(owner)


def message(case: int, **values: Any) -> Message:
    told = {"kind": "relance_1", "recipient": "jack@xyz.com", "text": "Secret words", "subject": "Hush", "cost": 5}
    return Message.objects.create(recovery_id=case, **{**told, "state": "sent", "sent_at": AT, **values})


def test_a_client_reads_state_and_facts(owner: Api, case: int) -> None:
    sent, held = message(case), message(case, state="held", sent_at=None)
    MessageFact.objects.create(message=sent, kind="delivered", at=AT, source="smtp")
    page = owner.data("GET", f"/api/recoveries/{case}/messages")
    assert [one["id"] for one in page["items"]] == [sent.pk, held.pk]
    told = page["items"][0]
    assert told["facts"] == [{"kind": "delivered", "at": "2026-03-17T10:00:00.000000Z"}]
    assert (told["state"], told["planned_for"], told["has_file"], told["proofs"]) == ("sent", None, False, [])
    assert page["items"][1]["planned_for"]
    assert "Secret" not in str(page)
    assert owner.data("GET", f"/api/recoveries/{case}/messages/{sent.pk}") == told
    first = owner.data("GET", f"/api/recoveries/{case}/messages?limit=1")
    rest = owner.data("GET", f"/api/recoveries/{case}/messages?limit=1&after={first['next']}")
    assert [one["id"] for one in rest["items"]] == [held.pk]


def test_files_that_are_not_there(owner: Api, stranger: Api, case: int) -> None:
    sent, other = message(case), message(case_id(owner))
    address = f"/api/recoveries/{case}/messages"
    file = StoredFile.objects.create(key="aa/00/1", filename="a.pdf", mime="application/pdf", size=4, sha256="0" * 64)
    waiting = message(case, state="queued", sent_at=None, pdf=file)
    for path in (f"{other.pk}", f"{sent.pk}/file", f"{waiting.pk}/file", f"{sent.pk}/proofs/1", f"{2**62}"):
        assert owner.get(f"{address}/{path}").status_code == 404, path
    assert stranger.get(address).status_code == 403
