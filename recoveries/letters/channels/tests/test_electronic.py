"""Electronic registered letters: with consent alone, sent once, followed by their evidence onto the formal notice."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from documents.services.storage import bytes_open
from events.webhooks.signing import headers_signed, secret_made
from law.contact.vocabulary import PartyFactKind
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid
from legalcity.lib.settings.environment import Hook
from recoveries.desk.tests.pages import act_page, case_of
from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
from recoveries.letters.channels.hook_calls import hook_read
from recoveries.letters.channels.registry import carrier_of
from recoveries.letters.channels.tasks import track_letters
from recoveries.letters.channels.tests.bridge import KEY, Bridge, bridge
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.services import message_send
from recoveries.models import FormalNotice, InboundHook, Message, Recovery
from tests.backoffice import act
from tests.factories import Api, move
from tests.noon import noon_of

noon = noon_of(date(2026, 11, 30))  # The debt of a consumer, as cases here have it, is barred from February 2028

PDF = b"%PDF-1.4 proof"
PERSON = {**DEBTOR, "company_type": "particular", "company_siren": None}


@pytest.fixture
def carrier(settings: Any):
    with bridge() as there:
        settings.ELECTRONIC_CARRIER = "electronic"
        settings.ELECTRONIC = {"url": there.url, "key": KEY}
        carrier_of.cache_clear()
        yield there
    carrier_of.cache_clear()


def letter(case: Recovery, to: str = "debtor@example.com") -> Message:
    return message_send(case_id=case.pk, kind="mise_en_demeure", channel="electronic_registered", to=to, by=None)


def sent(case: Recovery) -> Message:
    message = letter(case)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, message.error) == ("sent", "")
    return message


def notice() -> tuple[Any, ...]:
    row = FormalNotice.objects.get()
    return row.channel, row.state, row.sent_on, row.presented_on, row.received_on


def at(day: int) -> str:
    return f"2026-03-{day}T09:00:00Z"


def test_nobody_carries_one_unless_the_operator_says_so(case: Recovery, office: Client) -> None:
    with pytest.raises(Invalid):
        letter(case)
    channels = [
        value for value, _name in act_page(office, case, "send-reminder").context["form"].fields["channel"].choices
    ]
    assert "electronic_registered" not in channels


def test_a_private_person_gets_one_only_with_consent(owner: Api, carrier: Bridge) -> None:
    case = case_of(owner, debtor=PERSON)
    with pytest.raises(Forbidden) as refused:
        letter(case)
    assert [reason.code for reason in refused.value.extra["reasons"]] == ["consent"]
    party_fact_enter(recovery_id=case.pk, kind=PartyFactKind.CONSENTS_TO_LRE, since=today(), by=None)
    message = sent(case)
    told = carrier.letters[message.provider_ref]
    assert told["recipient"] == {"name": "Jane Smith", "email": "debtor@example.com", "is_professional": False}


def test_an_address_that_was_agreed_to_is_entered_and_written_to(owner: Api, carrier: Bridge, office: Client) -> None:
    case = case_of(owner, debtor=PERSON)
    fact = {"kind": "consents_to_lre", "since": "2026-03-01", "value": "lre@example.com", "note": ""}
    assert act(office, case, "enter-party-fact", **fact).status_code == 302
    with pytest.raises(Forbidden):
        letter(case)
    assert letter(case, "lre@example.com").state == "queued"


def test_consent_that_is_withdrawn_before_it_leaves_keeps_it_back(owner: Api, carrier: Bridge) -> None:
    case = case_of(owner, debtor=PERSON)
    fact = party_fact_enter(recovery_id=case.pk, kind=PartyFactKind.CONSENTS_TO_LRE, since=today(), by=None)
    message = letter(case)
    type(fact).objects.filter(pk=fact.pk).update(withdrawn_at=now())
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, carrier.sent) == ("cancelled", [])


@time_machine.travel(datetime(2026, 3, 12, 10, tzinfo=UTC), tick=False)
def test_a_letter_from_deposit_to_acceptance(case: Recovery, carrier: Bridge) -> None:
    move(case.pk, 2, 3)
    message = sent(case)
    token = message.provider_ref
    told = carrier.letters[token]
    assert (token, told["reference"], str(message.cost)) == (message.client_token.hex, case.recovery_reference, "2.49")
    assert carrier.proofs[f"pdf:{token}"].startswith(b"%PDF")
    assert told["recipient"]["is_professional"]
    assert Recovery.objects.get(pk=case.pk).status_id == 3
    path = f"/letters/{token}/proofs/deposit"
    carrier.proofs[path] = PDF
    carrier.tell(token, "deposited", at(12), path)
    assert track_letters() == 1
    assert Recovery.objects.get(pk=case.pk).status_id == 4
    with bytes_open(key=message.facts.get(kind="deposited").proof.key) as file:
        assert file.read() == PDF
    carrier.tell(token, "notified", at(13))
    assert track_letters() == 1
    assert notice() == ("registered", "presented", date(2026, 3, 12), date(2026, 3, 13), None)
    carrier.tell(token, "accepted", at(14))
    assert (track_letters(), track_letters()) == (1, 0)
    assert notice() == ("registered", "received", date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 14))
    message.refresh_from_db()
    assert message.state == "delivered"


@pytest.mark.parametrize(
    ("kind", "state", "kept"),
    [
        ("refused", "refused", "refused"),
        ("neglected", "unclaimed", "unclaimed"),
        ("undeliverable", "bounced", "failed"),
    ],
)
def test_a_letter_that_is_not_accepted(case: Recovery, carrier: Bridge, kind: str, state: str, kept: str) -> None:
    message = sent(case)
    carrier.tell(message.provider_ref, kind, now().isoformat())
    assert track_letters() == 1
    message.refresh_from_db()
    assert (message.state, FormalNotice.objects.get().state) == (state, kept)


@pytest.mark.parametrize("mood", [0, 500, 503])
def test_a_letter_is_sent_once_whatever_is_lost_on_the_way(case: Recovery, carrier: Bridge, mood: int) -> None:
    message = letter(case)
    carrier.moods = [mood]
    assert message_deliver(message_id=message.pk, moment=now()) is not None
    assert message_deliver(message_id=message.pk, moment=now()) is None
    message.refresh_from_db()
    assert (message.state, len(carrier.sent)) == ("sent", 1)
    Message.objects.filter(pk=message.pk).update(state="sending", claimed_until=now() - timedelta(hours=1))
    messages_interrupted(moment=now())
    message_deliver(message_id=message.pk, moment=now())
    assert len(carrier.sent) == 1


def test_a_refusal_ends_it_with_a_word_that_quotes_nobody(case: Recovery, carrier: Bridge) -> None:
    message = letter(case)
    carrier.moods = [422]
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "MOOD")


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "accepted", "at": "yesterday"},
        {"kind": "resurrected", "at": "2026-03-12T09:00:00Z"},
        {"kind": [], "at": None},
        "x",
    ],
)
def test_nonsense_is_no_news(case: Recovery, carrier: Bridge, told: Any) -> None:
    message = sent(case)
    carrier.letters[message.provider_ref]["events"].append(told)
    assert track_letters() == 0


def test_a_proof_is_fetched_from_the_bridge_alone(case: Recovery, carrier: Bridge) -> None:
    message = sent(case)
    carrier.tell(message.provider_ref, "deposited", now().isoformat(), "https://elsewhere.example/letters/x")
    assert track_letters() == 1
    assert message.facts.get(kind="deposited").proof is None


def test_a_proof_that_comes_behind_its_news_is_fetched_all_the_same(case: Recovery, carrier: Bridge) -> None:
    message = sent(case)
    path = f"/letters/{message.provider_ref}/proofs/acceptance"
    carrier.tell(message.provider_ref, "accepted", now().isoformat(), path)  # Not there yet: 404
    assert (track_letters(), track_letters()) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.facts.get(kind="delivered").proof) == ("delivered", None)
    carrier.proofs[path] = PDF
    assert (track_letters(), track_letters()) == (1, 0)
    assert message.facts.exclude(proof=None).get().kind == "delivered"
    carrier.letters.clear()
    assert track_letters() == 0


def test_a_letter_that_is_rejected_after_it_was_taken_has_failed(case: Recovery, carrier: Bridge) -> None:
    message = sent(case)
    carrier.letters[message.provider_ref].update(status="rejected", reason="identity")
    assert (track_letters(), track_letters()) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.facts.get(kind="failed").note) == ("failed", "identity")
    assert FormalNotice.objects.get().state == "failed"


def test_the_bridge_may_tell_of_news(case: Recovery, carrier: Bridge, settings: Any, client: Client) -> None:
    token, secret = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", secret_made()
    settings.HOOKS = {**settings.HOOKS, "electronic": Hook(token, secret)}
    message = sent(case)
    carrier.tell(message.provider_ref, "deposited", now().isoformat())
    body = json.dumps({"token": message.provider_ref}).encode()
    address = f"/hooks/electronic/{token}"
    assert client.post(address, body, content_type="application/json").status_code == 401
    headers = headers_signed([secret], "news-1", int(now().timestamp()), body)
    assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    hook_read(hook_id=InboundHook.objects.get().pk, moment=now())
    assert message.facts.filter(kind="deposited").exists()
