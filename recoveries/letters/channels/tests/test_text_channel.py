"""Text messages leave after a first letter, are counted, and end with STOP."""

import json
from pathlib import Path
from typing import Any

import pytest

from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.hook_calls import hook_read
from recoveries.letters.channels.registry import carrier_of
from recoveries.letters.channels.tests.providers import Provider, provider
from recoveries.letters.services import message_send
from recoveries.models import InboundHook, Message, PartyFact, Recovery

PHONE, NUMBER = "06 12 34 56 78", "+33612345678"
TOKEN = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_CARRIER, settings.SMS_FILE_PATH = "file", tmp_path / "sms"
    return tmp_path / "sms"


@pytest.fixture
def carrier(settings: Any):
    with provider() as there:
        settings.SMS_CARRIER = "smsmode"
        settings.SMSMODE = {"url": there.url, "key": "key", "sender": "CABINET"}
        settings.HOOKS = {**settings.HOOKS, "smsmode": settings.HOOKS["smsmode"]._replace(token=TOKEN)}
        carrier_of.cache_clear()
        yield there
    carrier_of.cache_clear()


def first_letter(case: Recovery) -> None:
    message = message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
    message_deliver(message_id=message.pk, moment=now())


def text(case: Recovery, to: str = PHONE) -> Message:
    return message_send(case_id=case.pk, kind="relance_2", channel="sms", to=to, by=None)


def test_a_text_message_follows_a_first_letter(case: Recovery, files: Path) -> None:
    with pytest.raises(Forbidden) as refused:
        text(case)
    assert "mentions" in {reason.code for reason in refused.value.extra["reasons"]}
    first_letter(case)
    message = text(case)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, message.recipient) == ("sent", NUMBER)
    [file] = files.iterdir()
    told = json.loads(file.read_text())
    assert told["to"] == NUMBER
    assert told["segments"] <= 3
    for said in (case.recovery_reference, f"{now():%d/%m/%Y}", "140,00", "01 23 45 67 89", "STOP"):
        assert said in told["text"], said
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("to", ["", "01 42 68 53 00", "x", "\x00", "6" * 300])
def test_a_phone_that_takes_none(case: Recovery, files: Path, to: str) -> None:
    first_letter(case)
    with pytest.raises(Invalid):
        text(case, to)


def test_no_carrier_no_text_message(case: Recovery, settings: Any) -> None:
    settings.SMS_CARRIER = "none"
    first_letter(case)
    with pytest.raises(Invalid):
        text(case)


def test_a_provider_takes_it_and_tells_of_it(case: Recovery, carrier: Provider, client: Any) -> None:
    first_letter(case)
    message = text(case)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, str(message.cost)) == ("sent", "0.05")
    [there] = carrier.messages
    assert there["refClient"] == message.client_token.hex
    assert there["callbackUrlStatus"].endswith(f"/hooks/smsmode/{TOKEN}")
    told = {"messageId": message.provider_ref, "refClient": message.client_token.hex, "status": {"value": "DELIVERED"}}
    answer = client.post(f"/hooks/smsmode/{TOKEN}", json.dumps(told), content_type="application/json")
    assert answer.status_code == 200
    hook_read(hook_id=InboundHook.objects.get().pk, moment=now())
    message.refresh_from_db()
    assert message.state == "delivered"
    stop = {"messageId": "m2", "direction": "MO", "from": NUMBER, "body": {"text": "Stop !"}}
    client.post(f"/hooks/smsmode/{TOKEN}", json.dumps(stop), content_type="application/json")
    hook_read(hook_id=InboundHook.objects.latest("pk").pk, moment=now())
    assert PartyFact.objects.get().value == NUMBER
    with pytest.raises(Forbidden) as refused:
        text(case)
    assert "addressee" in {reason.code for reason in refused.value.extra["reasons"]}


def test_an_answer_that_is_lost_is_left_to_a_person(case: Recovery, carrier: Provider) -> None:
    first_letter(case)
    message = text(case)
    carrier.moods["POST"] = [0]
    assert message_deliver(message_id=message.pk, moment=now()) is None
    message.refresh_from_db()
    assert (message.state, message.error, len(carrier.messages)) == ("failed", "Interrupted", 1)
