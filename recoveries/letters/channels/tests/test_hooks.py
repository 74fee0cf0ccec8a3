"""Calls of carriers: who may call, what is kept, read once."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events.webhooks.signing import headers_signed, secret_made
from legalcity.lib.clock import now
from legalcity.lib.settings.environment import Hook
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.hook_calls import JOB, hook_read
from recoveries.letters.channels.tasks import forget_inbound, sweep_hooks
from recoveries.letters.channels.tests.providers import Provider
from recoveries.letters.channels.tests.test_registered import carrier, sent  # noqa: F401 - a fixture
from recoveries.letters.services import message_send
from recoveries.models import InboundHook, Message, Recovery

ODD = rb'{"resource_id": "\ud800\u0000", "event_type": "\udfff", "resource_custom_id": "\ud800"}'
TOKEN, SECRET = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", secret_made()
MAILEVA, EMAIL = f"/hooks/maileva/{TOKEN}", f"/hooks/email/{TOKEN}"


@pytest.fixture(autouse=True)
def hooks(settings: Any) -> None:
    settings.HOOKS = {
        "maileva": Hook(TOKEN, "maileva:geheim"),
        "email": Hook(TOKEN, SECRET),
        "smsmode": Hook("", ""),
    }


def called(client: Client, address: str, told: Any, **headers: str) -> int:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client.post(address, body, content_type="application/json", headers=headers).status_code


def login(text: str = "maileva:geheim") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def signed(body: bytes, name: str = "msg_1", late: int = 0) -> dict[str, str]:
    return headers_signed([SECRET], name, int(now().timestamp()) - late, body)


def test_an_address_that_nobody_was_given(client: Client) -> None:
    for address in (
        f"/hooks/maileva/{'b' * 32}",
        f"/hooks/smsmode/{TOKEN}",
        "/hooks/smsmode/x",
        f"/hooks/none/{TOKEN}",
    ):
        assert called(client, address, {}, **login()) == 404
    assert client.get(MAILEVA).status_code == 405
    assert not InboundHook.objects.exists()


def test_a_call_that_is_not_signed(client: Client) -> None:
    assert called(client, MAILEVA, {}) == 401
    assert called(client, MAILEVA, {}, **login("maileva:falsch")) == 401
    assert called(client, EMAIL, b"{}") == 401
    assert called(client, EMAIL, b"{} ", **signed(b"{}")) == 401
    assert called(client, EMAIL, b"{}", **signed(b"{}", late=400)) == 401
    assert not InboundHook.objects.exists()


def test_a_call_that_is_too_long(client: Client) -> None:
    assert called(client, MAILEVA, b"x" * (256 * 1024 + 1), **login()) == 413
    assert called(client, MAILEVA, b"x" * (256 * 1024), **login()) == 201


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"[]", b'{"resource_custom_id": 5}', b"[" * 60_000, b'"x"', ODD])
def test_whatever_is_said_is_kept_and_harms_nobody(client: Client, body: bytes) -> None:
    assert called(client, MAILEVA, body, **login()) == 201
    hook = InboundHook.objects.get()
    assert bytes(hook.body) == body
    hook_read(hook_id=hook.pk, moment=now())
    hook.refresh_from_db()
    assert (hook.read_at is not None, hook.error) == (True, "")


def test_news_of_a_letter_are_asked_of_its_carrier(
    case: Recovery,
    carrier: Provider,  # noqa: F811
    client: Client,
) -> None:
    message = sent(case)
    carrier.tell(message.provider_ref, deposit_proof_date="2026-03-12T16:00:00.000Z")
    told = {
        "source": "api.maileva.com",
        "event_type": "ON_DEPOSIT_PROOF_RECEIVED",
        "resource_type": "registered_mail/v4/recipients",
        "event_date": "2026-03-12T16:05:00.000Z",
        "resource_id": "r1",
        "resource_custom_id": message.client_token.hex,
    }
    assert called(client, MAILEVA, told, **login()) == 201
    assert called(client, MAILEVA, told, **login()) == 200
    hook = InboundHook.objects.get()
    carrier.moods["GET"] = [503]
    assert hook_read(hook_id=hook.pk, moment=now()) is not None
    assert not message.facts.filter(kind="deposited").exists()
    InboundHook.objects.update(due_at=now())
    assert sweep_hooks() == 1
    hook_read(hook_id=hook.pk, moment=now())
    assert message.facts.filter(kind="deposited").count() == 1
    assert hook_read(hook_id=hook.pk, moment=now()) is None


def test_a_provider_of_emails_tells_of_a_bounce(case: Recovery, client: Client) -> None:
    message = message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    body = json.dumps({"type": "bounced", "message_id": message.header_id, "at": "2999-01-01T00:00:00Z"}).encode()
    assert called(client, EMAIL, body, **signed(body)) == 200
    assert called(client, EMAIL, body, **signed(body)) == 200
    hook = InboundHook.objects.get()
    hook_read(hook_id=hook.pk, moment=now())
    assert Message.objects.get().state == "bounced"
    assert message.facts.get(kind="bounced").at <= hook.received_at


def test_a_moment_before_the_message_is_that_of_the_message(case: Recovery, client: Client) -> None:
    message = message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    told = {"type": "delivered", "message_id": message.header_id, "at": "2020-01-01T00:00:00Z"}
    body = json.dumps(told).encode()
    assert called(client, EMAIL, body, **signed(body)) == 200
    hook_read(hook_id=InboundHook.objects.get().pk, moment=now())
    assert message.facts.get(kind="delivered").at == message.created_at


def test_a_name_of_no_message_is_that_of_none(client: Client) -> None:
    body = rb'{"type": "bounced", "message_id": "\ud800\u0000"}'
    assert called(client, EMAIL, body, **signed(body)) == 200
    hook = InboundHook.objects.get()
    hook_read(hook_id=hook.pk, moment=now())
    hook.refresh_from_db()
    assert hook.read_at is not None


def test_one_that_was_cut_short_again_and_again_is_given_up(client: Client) -> None:
    assert called(client, MAILEVA, {"resource_id": "1"}, **login()) == 201
    hook = InboundHook.objects.get()
    InboundHook.objects.update(attempts=JOB.most_attempts)
    assert hook_read(hook_id=hook.pk, moment=now()) is None
    hook.refresh_from_db()
    assert (hook.read_at is not None, hook.error) == (True, "interrupted")


def test_calls_are_forgotten_after_thirty_days(client: Client) -> None:
    called(client, MAILEVA, {"resource_id": "1"}, **login())
    called(client, MAILEVA, {"resource_id": "2"}, **login())
    InboundHook.objects.filter(provider_id="1").update(received_at=now() - timedelta(days=31))
    assert forget_inbound() == 1
    assert InboundHook.objects.get().provider_id == "2"
