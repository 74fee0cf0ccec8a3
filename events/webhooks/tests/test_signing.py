"""Signatures as the reference library of Standard Webhooks reads them, and what follows from an answer. No database."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events.webhooks.sending import Outcome
from events.webhooks.signing import headers_signed, secret_made, secret_over, signature
from events.webhooks.verdicts import MOST_TRIES, PAUSES, asked_pause, verdict_of

NOW = datetime(2026, 1, 12, 8, tzinfo=UTC)
BODY = '{"id":"evt_x","name":"été"}'.encode()


def test_every_secret_verifies_by_the_reference_library_and_no_other() -> None:
    secrets = [secret_made(), secret_made(), secret_over(b"06572215-cb86-4ca2-b6b1-2ba6ceb1e8a5")]
    headers = headers_signed(secrets, "evt_x", int(time.time()), BODY)
    for secret in secrets:
        assert Webhook(secret).verify(BODY, headers) == {"id": "evt_x", "name": "été"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_made()).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secrets[0]).verify(BODY + b" ", headers)


def test_the_worked_example_of_the_specification() -> None:
    # https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Verifying signatures"
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def outcome(status: int | None = 500, retry_after: str | None = None) -> Outcome:
    return Outcome(NOW, 12, status, "" if status else "timeout", "", retry_after)


def test_ten_tries_over_seventy_five_hours_each_up_to_a_tenth_later() -> None:
    assert MOST_TRIES == 10
    assert timedelta(hours=75) < sum(PAUSES, timedelta(0)) < timedelta(hours=76)
    for tries, pause in enumerate(PAUSES, start=1):
        assert verdict_of(outcome(), tries=tries, chance=0).pause == pause
        assert verdict_of(outcome(None), tries=tries, chance=1).pause == pause * 1.1
    assert verdict_of(outcome(), tries=10, chance=0) == (False, None, False)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_whatever_is_2xx_is_taken(status: int) -> None:
    assert verdict_of(outcome(status), tries=1, chance=0).is_delivered


@pytest.mark.parametrize("status", [None, 101, 199, 300, 302, 304, 400, 404, 500])
def test_everything_else_is_tried_again(status: int | None) -> None:
    assert verdict_of(outcome(status), tries=1, chance=0) == (False, PAUSES[0], False)


def test_gone_is_the_end() -> None:
    assert verdict_of(outcome(410), tries=1, chance=0) == (False, None, True)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("60", timedelta(seconds=60)),
        ("0", PAUSES[0]),
        ("1", PAUSES[0]),
        ("999999999999999999999", timedelta(hours=24)),
        (format_datetime(NOW + timedelta(hours=1), usegmt=True), timedelta(hours=1)),
        (format_datetime(NOW + timedelta(days=30), usegmt=True), timedelta(hours=24)),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), PAUSES[0]),
        *((nonsense, PAUSES[0]) for nonsense in (None, "", "soon", "-5", "1.5", "٣", "Wed, 99 Jan 2026", "\0")),
    ],
)
def test_retry_after_is_obeyed_up_to_a_day_and_never_sooner_than_the_step(asked: str | None, pause: timedelta) -> None:
    for status in (429, 503):
        assert verdict_of(outcome(status, asked), tries=1, chance=0).pause == pause
    assert verdict_of(outcome(500, asked), tries=1, chance=0).pause == PAUSES[0]
    assert asked_pause("10", NOW) == timedelta(seconds=10)
