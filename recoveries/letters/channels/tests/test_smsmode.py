"""Text messages by the provider's published API, over the wire to a provider of the same form."""

from decimal import Decimal

import pytest

from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused
from recoveries.letters.channels.clients.smsmode import Account, sms_send
from recoveries.letters.channels.tests.providers import provider

MESSAGE = {"to": "+33612345678", "words": "Bonjour, c'est réglé ?", "token": "0f8fad", "callback": ""}


def test_a_text_message_goes():
    with provider() as there:
        taken = sms_send(Account(there.url, "key", "CABINET"), **MESSAGE)
    [sent] = there.messages
    assert (sent["recipient"]["to"], sent["body"]["text"]) == ("33612345678", "Bonjour, c'est réglé ?")
    assert (sent["from"], sent["refClient"]) == ("CABINET", "0f8fad")
    assert "callbackUrlStatus" not in sent
    assert (len(taken.ref), taken.cost) == (36, Decimal("0.05"))


def test_it_names_where_news_is_told():
    with provider() as there:
        sms_send(Account(there.url, "key", "CABINET"), **(MESSAGE | {"callback": "https://a.example/hooks/sms/t"}))
    assert there.messages[0]["callbackUrlMo"] == "https://a.example/hooks/sms/t"


def test_a_refusal_and_an_answer_that_is_lost():
    with provider() as there:
        with pytest.raises(ProviderRefused, match="ER-GNC-07"):
            sms_send(Account(there.url, "wrong", "CABINET"), **MESSAGE)
        there.moods["POST"] = [0, 503]
        for _time in range(2):
            with pytest.raises(ProviderAway):
                sms_send(Account(there.url, "key", "CABINET"), **MESSAGE)
    assert len(there.messages) == 1
