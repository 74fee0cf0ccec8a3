"""Text messages leave after a first letter, are counted, and end with STOP."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from companies.contacts import contact_add
from companies.models import Company
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden, Invalid
from legalcity.lib.settings.live import live
from recoveries.desk.tests.pages import case_of
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.hook_calls import hook_read
from recoveries.letters.channels.registry import carrier_of
from recoveries.letters.channels.tests.providers import Provider, provider
from recoveries.letters.services import message_send
from recoveries.models import Comment, InboundHook, Message, PartyFact, Recovery, StaffTask
from tests.factories import Api

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


@pytest.mark.parametrize("whose", ["creditor", "account", "firm"])
def test_a_phone_that_is_not_the_debtors_own(case: Recovery, files: Path, system_setting: Any, whose: str) -> None:
    first_letter(case)
    number = "+33 6.12.34.56.78"
    if whose == "creditor":
        Company.objects.filter(pk=case.customer_id).update(company_phone=number)
    elif whose == "account":
        User.objects.filter(pk=case.owner_id).update(phone=number)
    else:
        system_setting(FIRM_PHONE=number)
    with pytest.raises(Forbidden) as refused:
        text(case)
    assert "addressee" in {reason.code for reason in refused.value.extra["reasons"]}


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


def answered(client: Any, words: str, name: str) -> None:
    """The phone answers, and a worker reads it, twice."""
    told = {"messageId": name, "direction": "MO", "from": NUMBER, "body": {"text": words}}
    for _time in range(2):
        client.post(f"/hooks/smsmode/{TOKEN}", json.dumps(told), content_type="application/json")
        hook_read(hook_id=InboundHook.objects.latest("pk").pk, moment=now())


def test_words_that_a_phone_answers_reach_a_person(case: Recovery, carrier: Provider, client: Any) -> None:
    first_letter(case)
    message = text(case)
    message_deliver(message_id=message.pk, moment=now())
    answered(client, "Je règle <b>lundi</b>\nM. Peron", "m1")
    task = StaffTask.objects.get(kind="reply_received")
    assert (task.recovery_id, task.state) == (case.pk, "open")
    assert task.facts["sender"] == NUMBER
    assert task.fix_url.endswith(f"/message/{message.pk}/change/")
    [note] = Comment.objects.filter(recovery=case, text__contains="lundi")
    assert "Je règle &lt;b&gt;lundi&lt;/b&gt;<br>M. Peron" in note.html
    assert [note.visible_to_user, note.visible_to_debtor, note.visible_to_bailiff] == [False] * 3
    assert message.facts.filter(kind="replied").count() == 1
    answered(client, "  ", "m2")
    answered(client, "STOP SMS", "m3")
    assert StaffTask.objects.filter(kind="reply_received").count() == 1
    answered(client, "Stop, j'ai payé hier", "m4")
    assert StaffTask.objects.filter(kind="reply_received").count() == 2
    assert PartyFact.objects.get().value == NUMBER


def test_a_phone_that_takes_text_messages_is_proposed(case: Recovery, carrier: Provider) -> None:
    for value in ("01 42 68 53 00", "07 62 34 56 78"):
        contact_add(company_id=case.debtor_id or 0, value=value, by=None)
    first_letter(case)
    message = text(case)
    message_deliver(message_id=message.pk, moment=now())
    fact_record(message_id=message.pk, kind="bounced", at=now(), source="provider", provider_id="m:UNDELIVERABLE")
    assert StaffTask.objects.get(kind="message_bounced").facts["other"] == "07 62 34 56 78"


def test_stop_holds_for_whoever_is_reached_at_the_phone(
    owner: Api, case: Recovery, carrier: Provider, client: Any
) -> None:
    def other(siren: str, **values: Any) -> Recovery:
        made = case_of(owner)
        Company.objects.filter(pk=made.debtor_id).update(company_siren=siren, company_email=f"{siren}@x.example")
        debtor = Company.objects.get(pk=made.debtor_id)
        for name, value in values.items():
            setattr(debtor, name, value)
        debtor.save()
        return made

    spelled, far = other("732829320", company_phone="+33 6.12.34.56.78"), other("552100554", company_phone="0699999999")
    added = other("552081317", company_phone=None)
    contact_add(company_id=added.debtor_id or 0, value="0033 612345678", by=None)
    first_letter(case)
    message_deliver(message_id=text(case).pk, moment=now())
    answered(client, "STOP", "m1")
    answered(client, "STOP", "m2")
    facts = PartyFact.objects.filter(kind="opted_out", value=NUMBER).values_list("party_id", flat=True)
    assert {case.debtor_id, spelled.debtor_id, added.debtor_id} <= set(facts)
    assert far.debtor_id not in facts
    assert len(facts) == len(set(facts))


def test_whoever_got_hold_of_the_address_fills_no_table(
    case: Recovery, carrier: Provider, client: Any, settings: Any
) -> None:
    settings.RATE_LIMITS_ENABLED = True
    most = live.ANONYMOUS_PER_MINUTE
    first_letter(case)
    message = text(case)
    message_deliver(message_id=message.pk, moment=now())

    def called(**told: Any) -> Any:
        return client.post(f"/hooks/smsmode/{TOKEN}", json.dumps(told), content_type="application/json")

    odd = [{"from": "+33699999999"}, {"refClient": "0" * 32}, {"refClient": 5, "from": [NUMBER]}, {}]
    for number in range(most - 1):
        assert called(messageId=f"m{number}", **odd[number % len(odd)]).status_code == 200
    assert not InboundHook.objects.exists()
    stop = {"messageId": "mo", "direction": "MO", "from": NUMBER, "body": {"text": "STOP"}}
    assert called(**stop).status_code == 200
    assert InboundHook.objects.count() == 1
    refused = called(**stop | {"messageId": "mo2"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused["Retry-After"]) <= 61
    assert InboundHook.objects.count() == 1
    # What the carrier alone can know is always heard.
    told = {"messageId": "m", "refClient": message.client_token.hex, "status": {"value": "DELIVERED"}}
    assert called(**told).status_code == 200
    assert InboundHook.objects.count() == 2


def test_an_answer_that_is_lost_is_left_to_a_person(case: Recovery, carrier: Provider) -> None:
    first_letter(case)
    message = text(case)
    carrier.moods["POST"] = [0]
    assert message_deliver(message_id=message.pk, moment=now()) is None
    message.refresh_from_db()
    assert (message.state, message.error, len(carrier.messages)) == ("failed", "Interrupted", 1)
