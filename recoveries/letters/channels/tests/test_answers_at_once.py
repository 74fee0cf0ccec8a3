"""Answers of phones that several workers read at the same moment (PostgreSQL)."""

import json

import pytest
from django.db import connection

from legalcity.lib.clock import now
from recoveries.desk.tests.pages import case_of
from recoveries.letters.channels.hook_calls import hook_read
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.models import Comment, InboundHook, Message, PartyFact, Recovery, StaffTask
from tests.factories import Api
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
NUMBER = "+33612345678"
SIRENS = ("732829320", "552100554", "552081317", "542065479")


@pytest.fixture
def texts(owner: Api) -> list[Message]:
    """Text messages to one phone, that of four companies."""
    cases = [case_of(owner, debtor=DEBTOR | {"company_siren": siren}) for siren in SIRENS]
    values = {"channel": "sms", "kind": "relance_1", "state": "sent", "provider": "smsmode", "recipient": NUMBER}
    return [Message.objects.create(recovery=case, sent_at=now(), due_at=now(), **values) for case in cases]


def answers(texts: list[Message], words: str) -> list[int]:
    """An answer to each of them, that waits to be read."""
    told = [
        {"messageId": f"m{text.pk}", "refClient": text.client_token.hex, "direction": "MO", "body": {"text": words}}
        for text in texts
    ]
    calls = [
        InboundHook(adapter="smsmode", provider_id=one["messageId"], body=json.dumps(one).encode()) for one in told
    ]
    return [call.pk for call in InboundHook.objects.bulk_create(calls)]


def read_at_once(hooks: list[int]) -> None:
    """By two workers each."""
    at_once(2 * len(hooks), lambda number: hook_read(hook_id=hooks[number // 2], moment=now()))
    assert InboundHook.objects.exclude(read_at=None).filter(error="").count() == len(hooks)


def test_stop_is_entered_once_of_each(texts: list[Message]) -> None:
    read_at_once(answers(texts, "STOP"))
    debtors = set(Recovery.objects.values_list("debtor_id", flat=True))
    found = list(PartyFact.objects.filter(kind="opted_out", value=NUMBER).values_list("party_id", flat=True))
    assert sorted(found) == sorted(debtors)


def test_words_are_noted_once(texts: list[Message]) -> None:
    read_at_once(answers(texts, "Je paie lundi"))
    assert Comment.objects.filter(text__contains="lundi").count() == len(texts)
    assert StaffTask.objects.filter(kind="reply_received").count() == len(texts)
