"""Ids of events as outsiders see them."""

import re

import pytest
from django.core.management import call_command
from pytest_django import Settings

from events import public_ids
from events.models import IdKey
from events.public_ids import event_id_of, public_id

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("event_id", [1, 2, 255, 10**9, 2**63 - 1])
def test_a_public_id_leads_back(event_id: int) -> None:
    told = public_id(event_id)
    assert re.fullmatch(r"evt_[a-z2-7]{26}", told)
    assert event_id_of(told) == event_id
    assert public_id(event_id) == told


def test_neighbours_have_nothing_in_common() -> None:
    ids = [public_id(n) for n in range(1, 200)]
    assert len({told[4:9] for told in ids}) > 190
    assert ids != sorted(ids)


BAD_CODES = ("", "a" * 26, "1" * 26, "é" * 26, "a" * 25, "\0" * 26)


@pytest.mark.parametrize("told", ["", "1", "x" * 30, *("evt_" + code for code in BAD_CODES)])
def test_what_was_never_an_id_leads_nowhere(told: str) -> None:
    assert event_id_of(told) is None


def test_of_one_event_there_is_one_text_only() -> None:
    told = public_id(7)
    assert event_id_of(told.upper()) is None
    assert event_id_of("evt_" + told[4:].upper()) is None
    others = [told[:-1] + letter for letter in "abcdefghijklmnopqrstuvwxyz234567" if letter != told[-1]]
    assert {event_id_of(other) for other in others} == {None}


def test_the_key_is_sealed_and_stays_when_keys_rotate(settings: Settings) -> None:
    told = public_id(7)
    settings.ENCRYPTION_KEYS = ["another key that now encrypts, of its own", *settings.ENCRYPTION_KEYS]
    public_ids._cipher.cache_clear()
    assert public_id(7) == told
    assert len(IdKey.objects.get().key) == 64


def test_the_tables_are_as_the_models_say() -> None:
    call_command("makemigrations", "events", check=True, dry_run=True, verbosity=0)
