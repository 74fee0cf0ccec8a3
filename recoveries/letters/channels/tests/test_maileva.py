"""Registered letters by the provider's published API, over the wire to a provider of the same form."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused
from recoveries.letters.channels.clients.maileva import Account, Event, Maileva, Proof
from recoveries.letters.channels.tests.providers import PDF, provider

TOKEN = "0f8fad5bd9cb469fa16570867728950e"
FIRM = ("Cabinet Exemple", "12 rue de la Paix", "75002 Paris")
DEBTOR = ("Société Exemple", "Mme Anne Durand", "Résidence des Lilas", "3 rue Haute", "69001 Lyon")


@pytest.fixture
def house():
    with provider() as there:
        account = Account(there.url, there.url, "client", "secret", "user", "password")
        yield there, Maileva(account)


def drafted(client):
    ref = client.draft(token=TOKEN, name="REC-AB12CD", sender=FIRM)
    client.fill(ref, pdf=b"%PDF-1.4 letter", token=TOKEN, address=DEBTOR, country="FR")
    return ref


def test_a_letter_goes(house):
    there, client = house
    ref = drafted(client)
    assert client.status(ref) == "DRAFT"
    client.submit(ref)
    assert client.status(ref) == "PENDING"
    [letter] = there.submitted
    assert (letter["custom_id"], letter["acknowledgement_of_receipt"]) == (TOKEN, True)
    assert letter["sender_address_line_6"] == "75002 Paris"
    assert b"%PDF-1.4 letter" in letter["documents"][0]["pdf"]
    [recipient] = letter["recipients"]
    assert [recipient[f"address_line_{n}"] for n in (1, 6)] == ["Société Exemple", "69001 Lyon"]
    assert {recipient[f"address_line_{n}"] for n in (2, 3, 4)} == set(DEBTOR[1:4])


def test_a_draft_is_filled_once(house):
    there, client = house
    ref = drafted(client)
    client.fill(ref, pdf=b"%PDF-1.4 letter", token=TOKEN, address=DEBTOR, country="FR")
    assert (len(there.sendings[ref]["documents"]), len(there.sendings[ref]["recipients"])) == (1, 1)


def test_what_became_of_it(house):
    there, client = house
    ref = drafted(client)
    client.submit(ref)
    path = f"/sendings/{ref}/recipients/r1/download_deposit_proof"
    there.proofs[path] = PDF
    there.tell(
        ref,
        registered_number="2C01234567890",
        postage_price=7.53,
        deposit_proof_date="2026-03-12T16:00:00.000Z",
        deposit_proof_url=path,
        main_delivery_statuses=[
            {"category": "DELIVERING", "date": "2026-03-13T06:00:00.000Z"},
            {"category": "FIRST_PRESENTATION", "date": "2026-03-13T09:00:00.000Z"},
        ],
        undelivered_mail_date="2026-03-30T09:00:00.000Z",
        undelivered_mail_reason="N03",
    )
    tracked = client.track(ref)
    at = datetime(2026, 3, 12, 16, tzinfo=UTC)
    assert tracked.events == (
        Event("deposited", at),
        Event("presented", datetime(2026, 3, 13, 9, tzinfo=UTC)),
        Event("unclaimed", datetime(2026, 3, 30, 9, tzinfo=UTC), "N03"),
    )
    assert (tracked.number, tracked.cost) == ("2C01234567890", Decimal("7.53"))
    assert tracked.proofs == (Proof("depot", at, path),)
    assert client.proof(path) == PDF


@pytest.mark.parametrize(
    "told",
    [
        {"main_delivery_statuses": ["x", {"category": 5, "date": []}, {"category": "DELIVERED", "date": "yesterday"}]},
        {"deposit_proof_date": "2026-99-99T00:00:00Z", "postage_price": "NaN"},
        {"deposit_proof_date": "2026-03-12T16:00:00Z", "deposit_proof_url": "https://elsewhere.example/x"},
        {"deposit_proof_date": "2026-03-12T16:00:00Z", "deposit_proof_url": "/sendings/../../admin"},
        {"undelivered_mail_date": "2026-03-12T16:00:00Z", "undelivered_mail_reason": "N99"},
        {"registered_number": "1\x002" * 500},
    ],
)
def test_nonsense_is_no_news(house, told):
    there, client = house
    ref = drafted(client)
    there.tell(ref, **told)
    tracked = client.track(ref)
    assert [event.kind for event in tracked.events] in ([], ["deposited"])
    assert tracked.proofs == ()
    assert tracked.cost is None
    assert "\x00" not in tracked.number


def test_a_token_that_ran_out_is_asked_for_anew(house):
    there, client = house
    ref = drafted(client)
    there.tokens += 1  # The one that we have does not do any more.
    assert client.status(ref) == "DRAFT"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_provider_that_is_away(house, status):
    there, client = house
    there.moods["POST .*/sendings$"] = [status]
    with pytest.raises(ProviderAway, match=f"http_{status}"):
        client.draft(token=TOKEN, name="REC", sender=FIRM)


def test_an_answer_that_is_lost_says_nothing(house):
    there, client = house
    ref = drafted(client)
    there.moods["submit"] = [0]
    with pytest.raises(ProviderAway):
        client.submit(ref)
    assert client.status(ref) == "PENDING"


def test_a_provider_that_refuses_says_why_in_a_word(house):
    there, client = house
    ref = drafted(client)
    client.submit(ref)
    with pytest.raises(ProviderRefused, match=r"^SENDING_NOT_DRAFT$"):
        client.submit(ref)
    there.moods["GET .*/sendings/"] = [404]
    with pytest.raises(ProviderRefused, match=r"^MOOD$"):
        client.status(ref)
    assert len(there.submitted) == 1
