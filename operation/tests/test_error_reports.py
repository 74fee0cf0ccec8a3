"""What leaves for the service that collects failures: seen by a transport that keeps it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.db import DatabaseError
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from legalcity.lib.error_reports import report_to
from tests.factories import Api, case_id


class Kept(Transport):
    """Sends nothing, and keeps what was to be sent, as the bytes that would have left."""

    sent: list[bytes] = []

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        super().__init__(options)

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep it."""
        self.sent.append(envelope.serialize())


@pytest.fixture
def sent() -> Iterator[list[bytes]]:
    """What left."""
    Kept.sent = []
    report_to("https://public@errors.example/1", transport=Kept)
    yield Kept.sent
    sentry_sdk.get_client().close()
    sentry_sdk.init(default_integrations=False)


SECRETS = ("Lefèvre", "theo@example.com", "hush-hush", "Bearer", "owner@example.com", "sessionid", "SELECT")


@pytest.mark.django_db
def test_a_failure_leaves_by_its_type_and_places_and_without_a_word_of_anybody(
    owner: Api, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_id(owner)

    def fails(*_: Any, **__: Any) -> None:
        name = "Lefèvre theo@example.com hush-hush"
        try:
            raise DatabaseError(f"SELECT … Key (email)=({name}) already exists")
        except DatabaseError as error:
            raise RuntimeError(name) from error

    monkeypatch.setattr("recoveries.services.comments.comment_create", fails, raising=True)
    body = {"comment": "<p>Lefèvre hush-hush</p>"}
    answer = owner.post(f"/api/recoveries/{case}/comments?search=theo@example.com", body)
    assert answer.status_code == 500
    (event,) = sent
    text = event.decode()
    for secret in SECRETS:
        assert secret not in text
    told = json.loads(text.splitlines()[-1])
    assert [value["type"] for value in told["exception"]["values"]] == ["DatabaseError", "RuntimeError"]
    assert told["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "fails"
    assert set(told) <= {
        "level", "exception", "tags", "event_id", "timestamp", "platform", "server_name", "sdk", "environment",
        "contexts", "release", "transaction_info", "modules", "breadcrumbs",
    }  # fmt: skip
    assert not told.get("breadcrumbs", {}).get("values")
    assert "request" not in told
    assert "user" not in told
    assert told["tags"]["request_id"]


@pytest.mark.django_db
def test_what_is_refused_is_no_failure(owner: Api, sent: list[bytes]) -> None:
    assert owner.post("/api/recoveries", {}).status_code == 422
    assert owner.get("/api/nothing").status_code == 404
    assert sent == []
