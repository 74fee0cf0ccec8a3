"""Registered letters by a provider: printed once, followed by their events and proofs, onto the formal notice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from documents.services.storage import bytes_open
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid
from recoveries.desk.tests.pages import case_of
from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
from recoveries.letters.channels.registry import carrier_of
from recoveries.letters.channels.tasks import track_letters
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.letters.channels.tests.providers import PDF, Provider, provider
from recoveries.letters.services import message_send
from recoveries.models import FormalNotice, Message, PartyFact, Recovery
from tests.factories import Api, move
from tests.told import last_event, told_since

LOGIN = {"client_id": "c", "client_secret": "s", "username": "u", "password": "p"}


@pytest.fixture
def carrier(settings: Any):
    with provider() as there:
        settings.REGISTERED_CARRIER = "maileva"
        settings.MAILEVA = {"url": there.url, "auth_url": there.url, **LOGIN}
        carrier_of.cache_clear()
        yield there
    carrier_of.cache_clear()


def letter(case: Recovery) -> Message:
    return message_send(case_id=case.pk, kind="mise_en_demeure", channel="registered", to="", by=None)


def sent(case: Recovery) -> Message:
    message = letter(case)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, message.error) == ("sent", "")
    return message


def day(text: str) -> str:
    return f"{text}T09:00:00.000Z"


def notice() -> tuple[Any, ...]:
    row = FormalNotice.objects.get()
    return row.channel, row.state, row.sent_on, row.presented_on, row.received_on


@time_machine.travel(datetime(2026, 3, 12, 10, tzinfo=UTC), tick=False)
def test_a_letter_from_deposit_to_receipt(case: Recovery, carrier: Provider) -> None:
    move(case.pk, 2, 3)
    message = sent(case)
    [there] = carrier.submitted
    assert there["custom_id"] == message.client_token.hex
    assert there["recipients"][0]["address_line_6"] == "69001 LYON"
    assert b"%PDF" in there["documents"][0]["pdf"]
    assert notice() == ("registered", "sent", date(2026, 3, 12), None, None)
    assert Recovery.objects.get(pk=case.pk).status_id == 3
    ref = message.provider_ref
    paths = {name: f"/sendings/{ref}/{name}" for name in ("deposit", "ar")}
    carrier.proofs.update(dict.fromkeys(paths.values(), PDF))
    carrier.tell(ref, deposit_proof_date=day("2026-03-12"), deposit_proof_url=paths["deposit"])
    assert track_letters() == 1
    assert Recovery.objects.get(pk=case.pk).status_id == 4
    [first, second] = message.facts.all()
    assert (first.kind, second.kind) == ("deposited", "sent") or (first.kind, second.kind) == ("sent", "deposited")
    proof = message.facts.get(kind="deposited").proof
    with bytes_open(key=proof.key) as file:
        assert file.read() == PDF
    assert proof.sha256
    shown = [{"category": "FIRST_PRESENTATION", "date": day("2026-03-14")}]
    carrier.tell(ref, main_delivery_statuses=shown)
    assert track_letters() == 1
    assert notice() == ("registered", "presented", date(2026, 3, 12), date(2026, 3, 14), None)
    carrier.tell(
        ref,
        main_delivery_statuses=[*shown, {"category": "DELIVERED", "date": day("2026-03-16")}],
        acknowledgement_of_receipt_date=day("2026-03-16"),
        acknowledgement_of_receipt_url=paths["ar"],
    )
    last = last_event()
    assert track_letters() == 1
    assert notice() == ("registered", "received", date(2026, 3, 12), date(2026, 3, 14), date(2026, 3, 16))
    message.refresh_from_db()
    assert message.state == "delivered"
    assert "message.delivered" in told_since(last)
    assert message.facts.get(kind="delivered").proof.sha256
    assert track_letters() == 0


def test_a_proof_that_comes_behind_its_news_is_fetched_all_the_same(case: Recovery, carrier: Provider) -> None:
    message = sent(case)
    ref, at = message.provider_ref, now().isoformat().replace("+00:00", "Z")
    path = f"/sendings/{ref}/ar"
    there = {"acknowledgement_of_receipt_date": at, "acknowledgement_of_receipt_url": path}
    carrier.tell(ref, main_delivery_statuses=[{"category": "DELIVERED", "date": at}], **there)
    carrier.proofs[path], carrier.moods["/ar$"] = PDF, [404]
    assert track_letters() == 1
    message.refresh_from_db()
    assert (message.state, message.facts.get(kind="delivered").proof) == ("delivered", None)
    assert (track_letters(), track_letters()) == (1, 0)
    assert message.facts.exclude(proof=None).get().kind == "delivered"


def test_a_carrier_that_is_away_is_asked_for_few_of_its_letters(
    owner: Api, carrier: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [sent(case_of(owner, debtor=DEBTOR)) for _ in range(5)]
    at = now().isoformat().replace("+00:00", "Z")
    for message in messages:
        carrier.tell(message.provider_ref, main_delivery_statuses=[{"category": "FIRST_PRESENTATION", "date": at}])
    carrier.moods["/sendings"] = [503] * 50
    assert track_letters() == 0
    assert caplog.text.count("letter_not_tracked") == 3
    carrier.moods["/sendings"] = [503, 503, 404, 503, 503]  # It answers between: it is not away.
    assert track_letters() + track_letters() == 5


@pytest.mark.parametrize(
    ("reason", "state", "told", "kept"),
    [
        ("N03", "unclaimed", "message.returned", "unclaimed"),
        ("N05", "refused", "message.refused", "refused"),
        ("N02", "returned", "message.returned", "failed"),
    ],
)
def test_a_letter_that_does_not_arrive(
    case: Recovery, carrier: Provider, reason: str, state: str, told: str, kept: str
) -> None:
    message = sent(case)
    at = now().isoformat().replace("+00:00", "Z")
    carrier.tell(message.provider_ref, undelivered_mail_date=at, undelivered_mail_reason=reason)
    last = last_event()
    assert track_letters() == 1
    message.refresh_from_db()
    assert (message.state, FormalNotice.objects.get().state) == (state, kept)
    assert told in told_since(last)
    assert PartyFact.objects.exists() is (state == "returned")


def test_a_letter_that_nobody_fetches_is_unclaimed_after_fifteen_days(case: Recovery, carrier: Provider) -> None:
    with time_machine.travel(datetime(2026, 3, 12, 10, tzinfo=UTC), tick=False):
        message = sent(case)
        shown = [{"category": "FIRST_PRESENTATION", "date": day("2026-03-13")}]
        carrier.tell(message.provider_ref, main_delivery_statuses=shown)
    with time_machine.travel(datetime(2026, 3, 27, 10, tzinfo=UTC), tick=False):
        track_letters()
        assert notice()[1] == "presented"
    with time_machine.travel(datetime(2026, 3, 29, 10, tzinfo=UTC), tick=False):
        assert track_letters() == 1
        assert track_letters() == 0
    assert notice() == ("registered", "unclaimed", date(2026, 3, 12), date(2026, 3, 13), None)
    message.refresh_from_db()
    assert message.state == "unclaimed"


@pytest.mark.parametrize("place", ["POST .*/sendings$", "/documents$", "/recipients$", "/submit$"])
@pytest.mark.parametrize("mood", [0, 503])
def test_a_letter_is_printed_once_whatever_is_lost_on_the_way(
    case: Recovery, carrier: Provider, place: str, mood: int
) -> None:
    message = letter(case)
    carrier.moods[place] = [mood]
    assert message_deliver(message_id=message.pk, moment=now()) is not None
    message.refresh_from_db()
    assert (message.state, message.claimed_until) == ("sending", None)
    assert message_deliver(message_id=message.pk, moment=now()) is None
    message.refresh_from_db()
    assert (message.state, len(carrier.submitted)) == ("sent", 1)
    [one] = carrier.submitted
    assert (len(one["documents"]), len(one["recipients"])) == (1, 1)


def test_what_a_lost_worker_has_left_is_asked_for(case: Recovery, carrier: Provider) -> None:
    message = sent(case)
    lost = {"state": "sending", "claimed_until": now() - timedelta(hours=1)}
    Message.objects.filter(pk=message.pk).update(**lost)
    assert messages_interrupted(moment=now()) == 1
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, len(carrier.submitted)) == ("sent", 1)


def test_a_refusal_of_the_carrier_ends_the_letter(case: Recovery, carrier: Provider) -> None:
    message = letter(case)
    carrier.moods["/submit$"] = [400]
    assert message_deliver(message_id=message.pk, moment=now()) is None
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "MOOD")
    assert FormalNotice.objects.get().state == "failed"


def test_an_address_that_the_carrier_does_not_deliver_to(owner: Api, carrier: Provider) -> None:
    for wrong in ({"company_country": "Allemagne"}, {"company_address": "x" * 60}):
        with pytest.raises(Invalid):
            letter(case_of(owner, debtor={**DEBTOR, **wrong}))


def test_a_carrier_that_is_away_keeps_no_other_letter_back(case: Recovery, carrier: Provider) -> None:
    sent(case)
    carrier.moods["GET"] = [503]
    assert track_letters() == 0
