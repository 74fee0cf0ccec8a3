"""Calls that come in are believed by what they bear."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from events.webhooks.signing import headers_signed, secret_made
from recoveries.letters.channels.signatures import is_let_in, is_signed, is_token

NOW = datetime(2026, 3, 12, 10, tzinfo=UTC)
SECRET, BODY = secret_made(), b'{"type":"bounce"}'
SIGNED = headers_signed([SECRET], "msg_1", int(NOW.timestamp()), BODY)


def test_a_signed_call():
    assert is_signed(SECRET, SIGNED, BODY, moment=NOW)
    assert is_signed(
        SECRET, {**SIGNED, "webhook-signature": "v1,eA== " + SIGNED["webhook-signature"]}, BODY, moment=NOW
    )


@pytest.mark.parametrize("late", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=365)])
def test_a_call_of_another_time(late):
    assert not is_signed(SECRET, SIGNED, BODY, moment=NOW + late)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 300},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": ""},
        {"webhook-signature": "v1," + "é" * 40},
    ],
)
def test_a_call_that_was_changed(changed):
    assert not is_signed(SECRET, SIGNED | changed, BODY, moment=NOW)


def test_other_bytes_another_secret_no_headers():
    assert not is_signed(SECRET, SIGNED, BODY + b" ", moment=NOW)
    assert not is_signed(secret_made(), SIGNED, BODY, moment=NOW)
    assert not is_signed(SECRET, {}, BODY, moment=NOW)


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_a_login():
    assert is_let_in("maileva:geheim", basic("maileva:geheim"))
    for headers in (
        {},
        basic("maileva:falsch"),
        basic("maileva"),
        {"authorization": "Basic %%"},
        {"authorization": "x"},
    ):
        assert not is_let_in("maileva:geheim", headers)


def test_no_secret_lets_nobody_in():
    assert not is_let_in("", basic(""))
    assert not is_signed("", headers_signed([""], "msg_1", int(NOW.timestamp()), BODY), BODY, moment=NOW)


def test_a_token():
    assert is_token("t" * 32, "t" * 32)
    assert not is_token("t" * 32, "t" * 31)
    assert not is_token("", "")
