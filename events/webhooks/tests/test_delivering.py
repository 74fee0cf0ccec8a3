"""From what happened to a receiver, of every kind, and what is written down of it."""

import ssl
import threading
import time
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts.models import User
from accounts.services import secret_renew
from events.bodies import body_of
from events.models import Event
from events.public_ids import public_id
from events.types import Seen
from events.webhooks import claiming, delivering, sending
from events.webhooks.claiming import claim_due
from events.webhooks.delivering import deliver, sweep, tries_record
from events.webhooks.endpoints import endpoint_change, endpoint_disable, endpoint_remove, secret_rotate
from events.webhooks.fan_out import fan_out
from events.webhooks.keys import account_secrets
from events.webhooks.lanes import Room
from events.webhooks.models import Attempt, Body, Delivery, Endpoint
from events.webhooks.tests.receivers import Receiver, drip, endpoint_at, happen, receiving, reply
from legalcity.lib.clock import now
from legalcity.lib.web.fetching import Fetcher, FetchLimits, Policy
from tests.factories import ApiUserFactory
from tests.test_fetching import certificate  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LOCAL = ip_address("127.0.0.1")
HURRIED = FetchLimits(max_bytes=1 << 62, connect_seconds=2, read_seconds=2, total_seconds=0.4)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers have 0.4 s instead of fifteen."""
    monkeypatch.setattr(sending, "LIMITS", HURRIED)
    monkeypatch.setattr(sending.send, "__kwdefaults__", {"limits": HURRIED})


def states(endpoint: Endpoint) -> list[str]:
    return [delivery.state for delivery in endpoint.deliveries.order_by("pk")]


def last_try() -> Attempt:
    return Attempt.objects.latest("pk")


def fresh(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


# --- what arrives ----------------------------------------------------------------------------------------------------
def test_what_happened_arrives_signed_with_all_secrets(receiver: Receiver, endpoint: Endpoint) -> None:
    [event] = happen(endpoint.owner)
    assert (fan_out(), deliver()) == (1, 1)
    [got] = receiver.got
    assert (got.id, got.headers["content-type"]) == (public_id(event.pk), "application/json")
    assert got.body == body_of(event) == bytes(Body.objects.get().content)
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    assert len(got.headers["webhook-signature"].split()) == 2
    for secret in (endpoint.secret, *account_secrets(endpoint.owner, now())):
        assert Webhook(secret).verify(got.body, got.headers)["id"] == got.id
    [delivery] = endpoint.deliveries.all()
    assert (delivery.state, delivery.attempts, delivery.claimed_until) == ("delivered", 1, None)
    assert (last_try().status, last_try().reason, last_try().response_head) == (200, "", "ok")
    assert fan_out() == deliver() == 0


def test_after_a_rotation_both_secrets_verify_and_after_its_end_only_the_new_one(
    receiver: Receiver, endpoint: Endpoint
) -> None:
    rotated = secret_rotate(endpoint_id=endpoint.pk, keep_hours=2)
    happen(endpoint.owner, times=2)
    fan_out()
    deliver()
    for secret in (endpoint.secret, rotated.secret):
        assert Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    with time_machine.travel(now() + timedelta(hours=2, seconds=1)):
        happen(endpoint.owner)
        fan_out()
        deliver()
        assert Webhook(rotated.secret).verify(receiver.got[-1].body, receiver.got[-1].headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint.secret).verify(receiver.got[-1].body, receiver.got[-1].headers)


def test_a_renewed_secret_of_the_account_leaves_the_old_one_a_day_and_an_endpoint_may_do_without(
    receiver: Receiver, endpoint: Endpoint
) -> None:
    [old] = account_secrets(endpoint.owner, now())
    secret_renew(user=endpoint.owner)
    user = User.objects.get(pk=endpoint.owner_id)
    assert account_secrets(user, now())[1] == old
    assert old not in account_secrets(user, now() + timedelta(hours=24))
    endpoint_change(endpoint_id=endpoint.pk, by=None, values={"sign_with_auth_secret": False})
    happen(user)
    fan_out()
    deliver()
    assert len(receiver.got[0].headers["webhook-signature"].split()) == 1
    assert Webhook(endpoint.secret).verify(receiver.got[0].body, receiver.got[0].headers)


def test_each_endpoint_hears_what_it_asked_for_of_its_own_account_and_of_clients_alone(
    receiver: Receiver, client_user: User
) -> None:
    everything = endpoint_at(client_user, receiver.url)
    family = endpoint_at(client_user, receiver.url, types=["payment.*", "recovery.closed"])
    one = endpoint_at(client_user, receiver.url, types=["recovery.paid"])
    other = endpoint_at(ApiUserFactory(), receiver.url)
    removed = endpoint_at(client_user, receiver.url)
    endpoint_remove(endpoint_id=removed.pk)
    for code in ("recovery.paid", "payment.recorded", "recovery.closed"):
        happen(client_user, code)
    happen(client_user, "recovery.paid", audience=Seen.STAFF | Seen.DEBTOR)
    happen(None, "recovery.paid")
    fan_out()
    assert Event.objects.filter(fanned_out_at=None).count() == 0
    heard = {
        endpoint.pk: [row.event.type for row in endpoint.deliveries.select_related("event").order_by("event_id")]
        for endpoint in (everything, family, one, other, removed)
    }
    assert list(heard.values()) == [
        ["recovery.paid", "payment.recorded", "recovery.closed"],
        ["payment.recorded", "recovery.closed"],
        ["recovery.paid"],
        [],
        [],
    ]
    deliver()
    assert Body.objects.count() == 3


def test_handing_on_twice_makes_each_delivery_once(receiver: Receiver, endpoint: Endpoint) -> None:
    happen(endpoint.owner, times=3)
    fan_out()
    Event.objects.update(fanned_out_at=None)
    fan_out()
    assert states(endpoint) == ["waiting"] * 3


# --- receivers that do not take it -----------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [500, 404, 302, 301, 308])
def test_a_failure_is_tried_again_and_a_redirect_is_one(receiver: Receiver, endpoint: Endpoint, status: int) -> None:
    elsewhere = f"http://127.0.0.1:{receiver.port}/elsewhere"
    receiver.answer = lambda handler: reply(handler, status, b"no", Location=elsewhere)
    happen(endpoint.owner)
    fan_out()
    before = now()
    assert deliver() == 1
    [delivery] = endpoint.deliveries.all()
    assert (delivery.state, delivery.attempts, last_try().status) == ("waiting", 1, status)
    assert timedelta(seconds=5) <= delivery.due_at - before < timedelta(seconds=15)
    assert fresh(endpoint).failing_since is not None
    receiver.answer = lambda handler: reply(handler)
    assert deliver() == 0
    with time_machine.travel(delivery.due_at + timedelta(seconds=1)):
        assert deliver() == 1
    assert states(endpoint) == ["delivered"]
    assert fresh(endpoint).failing_since is None
    assert [got.id for got in receiver.got] == [receiver.got[0].id] * 2
    assert len({got.body for got in receiver.got}) == 1


def test_the_tenth_failure_is_the_last(receiver: Receiver, endpoint: Endpoint) -> None:
    receiver.answer = lambda handler: reply(handler, 500)
    happen(endpoint.owner)
    fan_out()
    for _turn in range(11):
        with time_machine.travel(Delivery.objects.get().due_at + timedelta(seconds=1)):
            deliver()
    assert (states(endpoint), Attempt.objects.count(), len(receiver.got)) == (["failed"], 10, 10)


def test_who_asks_for_a_pause_gets_it(receiver: Receiver, endpoint: Endpoint) -> None:
    receiver.answer = lambda handler: reply(handler, 429, Retry_After="3600")
    happen(endpoint.owner)
    fan_out()
    before = now()
    deliver()
    assert timedelta(seconds=3600) <= Delivery.objects.get().due_at - before < timedelta(seconds=3660)


def test_who_says_that_it_is_gone_is_disabled_at_once(
    receiver: Receiver, endpoint: Endpoint, mailoutbox: list[Any]
) -> None:
    receiver.answer = lambda handler: reply(handler, 410)
    happen(endpoint.owner, times=2)
    fan_out()
    Delivery.objects.filter(pk=Delivery.objects.latest("pk").pk).update(due_at=now() + timedelta(hours=1))
    deliver()
    assert (fresh(endpoint).state, fresh(endpoint).disabled_reason) == ("disabled", "gone")
    assert states(endpoint) == ["failed", "cancelled"]
    assert Event.objects.latest("pk").type == "webhook_endpoint.disabled"


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


def test_a_2xx_counts_even_when_its_body_has_no_end(receiver: Receiver, endpoint: Endpoint, hurried: None) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
    answers = [
        lambda handler: drip(handler, head, b"x"),
        lambda handler: drip(handler, head, b"y" * 65_536, every=0),
        lambda handler: handler.wfile.write(head + b"broken off"),
        lambda handler: reply(handler, 200, b"\x1f\x8b", Content_Encoding="gzip"),
        lambda handler: reply(handler, 204, b""),
        lambda handler: reply(handler, 200, b"\0\xff" * 2000),
        lambda handler: handler.wfile.write(EARLY + b"HTTP/1.1 102 Processing\r\n\r\n" + head + b"x"),
    ]
    for answer in answers:
        receiver.answer = answer
        happen(endpoint.owner)
        fan_out()
        deliver()
        assert last_try().status in (200, 204)
        assert len(last_try().response_head) <= 1024
        assert last_try().ms < 2000
    assert states(endpoint) == ["delivered"] * len(answers)


def test_a_receiver_that_never_answers_is_given_up(receiver: Receiver, endpoint: Endpoint, hurried: None) -> None:
    for answer in (
        lambda handler: time.sleep(1),
        lambda handler: drip(handler, b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        lambda handler: drip(handler, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda handler: handler.wfile.write(b"\0\1 what?\r\n\r\n"),
        lambda handler: handler.wfile.write(EARLY),
        lambda handler: handler.wfile.write(EARLY * 20 + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ):
        receiver.answer = answer
        happen(endpoint.owner)
        fan_out()
        Endpoint.objects.update(failing_since=None)
        deliver()
        assert (last_try().status, last_try().reason in ("timeout", "connection")) == (None, True)
        assert last_try().ms < 2000


def test_who_sends_without_end_what_is_no_answer_is_hung_up_on(receiver: Receiver, endpoint: Endpoint) -> None:
    many = b"HTTP/1.1 100 Continue\r\n\r\n" * 1000
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    hung_up = threading.Semaphore(0)

    def answers(head: bytes, piece: bytes) -> Any:
        def answer(handler: Any) -> None:
            try:
                drip(handler, head, piece, every=0)
            except OSError:
                hung_up.release()

        return answer

    for receiver.answer in (answers(b"", many), answers(chunked, b"1;" + b"x" * 60_000 + b"\r\ny\r\n")):
        happen(endpoint.owner)
        fan_out()
        deliver()
        assert hung_up.acquire(timeout=10)
    assert [(each.status, each.reason) for each in Attempt.objects.order_by("pk")] == [(None, "connection"), (200, "")]


# --- addresses -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://10.0.0.1/", "address"),
        ("https://[::1]/", "address"),
        ("https://169.254.169.254/latest", "address"),
        ("http://93.184.216.34/", "scheme"),
        ("https://93.184.216.34:22/", "port"),
    ],
)
def test_what_may_not_be_reached_is_refused_at_each_try(
    client_user: User, settings: Settings, url: str, reason: str
) -> None:
    settings.WEBHOOK_PLAIN_HTTP = settings.WEBHOOK_LOOPBACK = False
    endpoint_at(client_user, url)
    happen(client_user)
    fan_out()
    deliver()
    assert (last_try().status, last_try().reason) == (None, reason)


def reached_by(monkeypatch: pytest.MonkeyPatch, receiver: Receiver, **options: Any) -> None:
    """Webhooks leave by a fetcher of the test, to this receiver's port."""
    policy = Policy(ports=frozenset({receiver.port}), exempt=(sending.LOOPBACK,))
    monkeypatch.setattr(delivering, "fetcher_of_settings", lambda: Fetcher(policy, **options))


def tried_at(user: User, url: str) -> tuple[int | None, str]:
    endpoint_at(user, url)
    happen(user)
    fan_out()
    deliver()
    return last_try().status, last_try().reason


@pytest.mark.parametrize(("host", "told"), [("documents", (200, "")), ("other", (None, "certificate"))])
def test_the_certificate_is_that_of_the_host_or_nothing_is_sent(
    client_user: User,
    certificate: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    told: tuple[int | None, str],
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with receiving(tls=context) as receiver:
        reached_by(monkeypatch, receiver, resolve=lambda *_args: [LOCAL], tls=trusting)
        assert tried_at(client_user, f"https://{host}.example:{receiver.port}/") == told
        assert len(receiver.got) == (host == "documents")


def test_an_address_that_changes_behind_a_name_is_looked_at_anew(
    client_user: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[LOCAL], [LOCAL, ip_address("10.0.0.1")]])
    reached_by(monkeypatch, receiver, resolve=lambda *_args: next(answers))
    url = f"http://erp.example:{receiver.port}/"
    assert tried_at(client_user, url) == (200, "")
    Endpoint.objects.update(state="disabled")
    assert tried_at(client_user, url) == (None, "address")
    assert len(receiver.got) == 1


# --- what gets lost --------------------------------------------------------------------------------------------------
def test_what_a_lost_worker_had_is_tried_again_and_shown(receiver: Receiver, endpoint: Endpoint) -> None:
    happen(endpoint.owner)
    fan_out()
    [lost] = claim_due(Room(), moment=now())
    assert (deliver(), sweep(moment=now())) == (0, 0)
    with time_machine.travel(now() + timedelta(seconds=40)):
        assert (sweep(moment=now()), deliver()) == (1, 1)
    assert not lost.claim.write(state="failed")
    assert (states(endpoint), [each.reason for each in Attempt.objects.order_by("pk")]) == (
        ["delivered"],
        ["interrupted", ""],
    )


def test_what_is_cut_short_each_time_is_given_up(receiver: Receiver, endpoint: Endpoint) -> None:
    happen(endpoint.owner)
    fan_out()
    moment = now()
    for _turn in range(11):
        claim_due(Room(), moment=moment)
        moment += timedelta(seconds=40)
        sweep(moment=moment)
    assert (states(endpoint), Delivery.objects.get().claimed_until) == (["failed"], None)
    assert [each.reason for each in Attempt.objects.all()] == ["interrupted"] * 10


def test_a_worker_that_ends_at_any_step_loses_nothing(
    receiver: Receiver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    ids = {public_id(event.pk) for event in happen(endpoint.owner, times=4)}
    fan_out()
    steps = [(claiming, "_read"), (delivering, "send"), (delivering, "tries_record"), (delivering, "endpoints_work")]
    for number, (module, name) in enumerate(steps, start=1):
        with monkeypatch.context() as patch, time_machine.travel(now() + number * timedelta(minutes=10)):
            patch.setattr(module, name, die)
            with pytest.raises(Killed):
                deliver()
            sweep(moment=now() + timedelta(seconds=40))
    with time_machine.travel(now() + timedelta(hours=1)):
        sweep(moment=now())
        deliver()
    assert states(endpoint) == ["delivered"] * 4
    assert {got.id for got in receiver.got} == ids


def test_while_an_endpoint_is_disabled_nothing_is_made_and_what_waited_is_cancelled(
    receiver: Receiver, endpoint: Endpoint
) -> None:
    happen(endpoint.owner)
    fan_out()
    endpoint_disable(endpoint_id=endpoint.pk, reason=Endpoint.Reason.STAFF)
    happen(endpoint.owner)
    fan_out()
    assert (states(endpoint), deliver()) == (["cancelled"], 0)


def test_what_arrives_while_its_endpoint_is_disabled_has_arrived(receiver: Receiver, endpoint: Endpoint) -> None:
    happen(endpoint.owner, times=2)
    fan_out()
    taken, other = claim_due(Room(), moment=now())
    arrived, failed = (sending.Outcome(at=now(), ms=1, status=status) for status in (200, 500))
    endpoint_disable(endpoint_id=endpoint.pk, reason=Endpoint.Reason.OWNER)
    assert states(endpoint) == ["cancelled"] * 2
    tries_record([(taken, arrived), (other, failed)])
    told = dict(endpoint.deliveries.values_list("pk", "state"))
    assert (told[taken.delivery.pk], told[other.delivery.pk]) == ("delivered", "cancelled")


@pytest.mark.parametrize("status", [410, 500, 200])
def test_what_an_address_answers_after_it_was_changed_says_nothing_of_the_new_one(
    receiver: Receiver, endpoint: Endpoint, status: int
) -> None:
    happen(endpoint.owner)
    fan_out()
    [taken] = claim_due(Room(), moment=now())
    endpoint_change(endpoint_id=endpoint.pk, by=None, values={"url": f"{receiver.url}&new"})
    failing_since = now() if status == 200 else None
    Endpoint.objects.update(failing_since=failing_since)
    tries_record([(taken, sending.Outcome(at=now(), ms=1, status=status))])
    assert (fresh(endpoint).state, fresh(endpoint).failing_since) == ("enabled", failing_since)
    assert states(endpoint) == ["delivered" if status == 200 else "waiting"]


def test_a_removed_endpoint_that_is_gone_too_hinders_no_other(receiver: Receiver, endpoint: Endpoint) -> None:
    other = endpoint_at(endpoint.owner, receiver.url)
    happen(endpoint.owner)
    fan_out()
    taken = claim_due(Room(), moment=now())
    endpoint_remove(endpoint_id=endpoint.pk)
    assert tries_record([(each, sending.Outcome(at=now(), ms=1, status=410)) for each in taken]) == 2
    assert fresh(other).disabled_reason == "gone"


def test_nobody_hears_of_what_was_rolled_back_or_waits_in_vain(
    endpoint: Endpoint, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinted: list[str] = []
    monkeypatch.setattr("events.webhooks.listening.hint", hinted.append)
    with django_capture_on_commit_callbacks(execute=True):
        happen(ApiUserFactory())
    assert hinted == []
    with django_capture_on_commit_callbacks(execute=True):
        happen(endpoint.owner, times=3)
    assert hinted == ["events.tasks.fan_out"]
