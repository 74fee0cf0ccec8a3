"""Endpoints as clients make, change, try and repair them by the API."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from accounts.models import IdempotentRequest
from events.models import Event
from events.public_ids import public_id
from events.webhooks import endpoints, sending
from events.webhooks.delivering import deliver
from events.webhooks.endpoints import endpoint_disable, waiting_cancel
from events.webhooks.fan_out import fan_out
from events.webhooks.judging import endpoints_judge, owners_tell
from events.webhooks.models import Attempt, Body, Delivery, Endpoint
from events.webhooks.retention import deliveries_forget
from events.webhooks.tests.receivers import Receiver, endpoint_at, happen, reply
from legalcity.lib.clock import now
from legalcity.lib.places import place
from legalcity.lib.web import addresses
from legalcity.lib.web.fetching import Fetcher, Policy
from tests.factories import Api
from tests.races import statuses_at_once

pytestmark = pytest.mark.django_db
HOOKS = "/api/webhook-endpoints"
PUBLIC = "https://93.184.216.34/hook"
DAY = timedelta(days=1)


@pytest.fixture
def hook(owner: Api, receiver: Receiver) -> dict[str, Any]:
    """An endpoint of the account, as its making has answered."""
    return owner.data("POST", HOOKS, {"url": receiver.url})


def at(hook: dict[str, Any], *rest: str) -> str:
    return "/".join((HOOKS, hook["id"], *rest))


def sent(owner: Api, times: int = 1) -> list[Event]:
    """Things that happen, handed on and tried."""
    assert owner.user is not None
    events = happen(owner.user, times=times)
    fan_out()
    deliver()
    return events


# --- made, shown, changed, removed -----------------------------------------------------------------------------------
def test_an_endpoint_is_made_shown_changed_and_removed(owner: Api) -> None:
    body = {"url": PUBLIC, "types": ["recovery.*", "recovery.paid", "recovery.*"], "description": "  The ERP "}
    made = owner.data("POST", HOOKS, body)
    secret = made.pop("secret")
    assert made == {
        "id": made["id"],
        "url": PUBLIC,
        "description": "The ERP",
        "types": ["recovery.*", "recovery.paid"],
        "state": "enabled",
        "sign_with_auth_secret": True,
        "failing_since": None,
        "disabled_at": None,
        "disabled_reason": None,
        "created_at": made["created_at"],
    }
    assert owner.data("GET", at(made)) == made
    assert owner.data("GET", at(made, "secret")) == {"secret": secret, "previous": None, "previous_until": None}
    assert owner.data("PATCH", at(made), {"types": None, "state": None})["types"] == made["types"]
    changed = owner.data("PATCH", at(made), {"types": [], "description": None, "sign_with_auth_secret": False})
    assert changed == {**made, "types": [], "description": None, "sign_with_auth_secret": False}
    assert owner.data("GET", HOOKS) == {"items": [changed], "next": None}
    assert "data" not in owner.delete(at(made)).json()
    assert owner.get(at(made)).status_code == 404
    assert owner.data("GET", HOOKS)["items"] == []


def test_a_new_address_has_not_failed_and_a_disabled_endpoint_remembers_since_when(owner: Api) -> None:
    made = owner.data("POST", HOOKS, {"url": PUBLIC})
    Endpoint.objects.update(failing_since=now())
    assert owner.data("PATCH", at(made), {"url": PUBLIC})["failing_since"] is not None
    assert owner.data("PATCH", at(made), {"url": f"{PUBLIC}/2"})["failing_since"] is None
    Endpoint.objects.update(failing_since=now())
    owner.data("PATCH", at(made), {"state": "disabled"})
    assert owner.data("PATCH", at(made), {"url": PUBLIC})["failing_since"] is not None


def test_endpoints_are_read_page_by_page(owner: Api) -> None:
    ids = [owner.data("POST", HOOKS, {"url": PUBLIC})["id"] for _turn in range(3)]
    first = owner.data("GET", f"{HOOKS}?limit=2")
    second = owner.data("GET", f"{HOOKS}?limit=2&after={first['next']}")
    assert [row["id"] for row in (*first["items"], *second["items"])] == ids
    assert second["next"] is None
    for query in ("after=x", f"after={first['next']}x", "limit=0", "page=1"):
        assert set(owner.errors("GET", f"{HOOKS}?{query}")) == {query.partition("=")[0]}


REFUSED_URLS = (
    *("", "x", "ftp://93.184.216.34/", "http://93.184.216.34/", "https://", "https://u:p@93.184.216.34/"),
    *("https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://0x7f.1/"),
    *("https://169.254.169.254/", "https://2130706433/", "https://93.184.216.34:22/", "https://a b/", "https://x\\y/"),
    *("https://inside.example/", "https://nowhere.example/", "https://" + "a" * 3000),
    "https://93.184.216.34/hook#part",
    "https://93.184.216.34/hook#",
)


CODES = {
    "": "required",
    "https://93.184.216.34:22/": "invalid",
    **dict.fromkeys(("https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/"), "invalid"),
    **dict.fromkeys(("https://[::ffff:10.0.0.1]/", "https://169.254.169.254/"), "invalid"),
    "https://inside.example/": "invalid",
    "https://nowhere.example/": "unreachable",
    "https://" + "a" * 3000: "too_long",
}


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_an_address_that_nothing_would_be_sent_to_is_refused(
    owner: Api, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(host: str, _port: int) -> Any:
        if host == "inside.example":
            return [addresses.ipaddress.ip_address(ip) for ip in ("93.184.216.34", "10.0.0.1")]
        return addresses.UnknownHost()

    monkeypatch.setattr(addresses, "_look_up", look_up)
    made = owner.data("POST", HOOKS, {"url": PUBLIC})
    refused = owner.post(HOOKS, {"url": url}).json()
    assert set(refused["errors"]) == {"url"}
    assert refused["codes"]["url"] == [CODES.get(url, "not_url")]
    assert set(owner.errors("PATCH", at(made), {"url": url})) == {"url"}
    assert owner.data("GET", at(made))["url"] == PUBLIC


def test_a_host_is_looked_up_before_the_key_is_taken_and_a_repeat_is_answered_without_it(
    owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the transaction of the key, a name server that hangs would keep the feed of all from moving on."""
    keys_taken: list[int] = []

    def resolve(*_asked: Any) -> list[addresses.IPAddress]:
        keys_taken.append(IdempotentRequest.objects.count())
        if len(keys_taken) > 1:
            raise addresses.UnknownHost
        return [addresses.ipaddress.ip_address("93.184.216.34")]

    monkeypatch.setattr(sending, "fetcher_of_settings", lambda: Fetcher(Policy(), resolve=resolve))
    key = {"Idempotency_Key": "a"}
    made = owner.post(HOOKS, {"url": "https://erp.example/"}, **key)
    assert owner.post(HOOKS, {"url": "https://erp.example/"}, **key).json() == made.json()
    assert owner.post(HOOKS, {"url": "https://gone.example/"}, Idempotency_Key="b").status_code == 422
    assert (made.status_code, keys_taken) == (201, [0, 1, 1])
    assert Endpoint.objects.count() == 1


# A ping comes of a trial alone: nobody waits for one.
UNKNOWN = ("nothing.known", "recovery", "*", "recovery.*.*", "rec*", "payment.unmatched", "test.ping", "test.*")


def test_an_unknown_type_is_named_by_its_place(owner: Api) -> None:
    for word in (*UNKNOWN, " ", "\0", None):
        errors = owner.errors("POST", HOOKS, {"url": PUBLIC, "types": ["recovery.paid", word]})
        assert set(errors) == {"types.1"}, word
    assert owner.errors("POST", HOOKS, {"url": PUBLIC, "types": [5, None]}) == {
        "types.0": ["The item field must be a string."],
        "types.1": ["There is no such type of events."],
    }
    told = owner.post(HOOKS, {"url": PUBLIC, "types": [None, "test.ping", ""]}).json()
    assert told["codes"] == {f"types.{place}": ["unknown"] for place in range(3)}


def test_null_is_no_list_of_types_for_a_new_endpoint(owner: Api) -> None:
    for slip in (None, "", " "):
        errors = owner.errors("POST", HOOKS, {"url": PUBLIC, "types": slip})
        assert errors == {"types": ["The types field must be an array."]}
    assert owner.data("POST", HOOKS, {"url": PUBLIC})["types"] == []


def test_an_account_has_ten_endpoints_disabled_ones_included(owner: Api) -> None:
    made = [owner.data("POST", HOOKS, {"url": PUBLIC}) for _turn in range(10)]
    owner.data("PATCH", at(made[0]), {"state": "disabled"})
    assert owner.post(HOOKS, {"url": PUBLIC}).json()["codes"] == {"endpoints": ["too_many"]}
    owner.delete(at(made[0]))
    owner.data("POST", HOOKS, {"url": PUBLIC})


@pytest.mark.skipif(connection.vendor != "postgresql", reason="locks are those of PostgreSQL")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_at_once_ten_are_made(owner: Api) -> None:
    for _turn in range(8):
        owner.data("POST", HOOKS, {"url": PUBLIC})
    answers = statuses_at_once(6, owner, lambda api, _number: api.post(HOOKS, {"url": PUBLIC}))
    assert answers == {201: 2, 422: 4}


def test_another_account_finds_none_of_it(owner: Api, stranger: Api, hook: dict[str, Any]) -> None:
    other = stranger.data("POST", HOOKS, {"url": hook["url"]})
    sent(owner)
    delivery = owner.data("GET", at(hook, "deliveries"))["items"][0]["id"]
    calls = [
        *(("GET", at(hook)), ("PATCH", at(hook)), ("DELETE", at(hook)), ("GET", at(hook, "secret"))),
        *(("POST", at(hook, "rotate")), ("POST", at(hook, "test")), ("POST", at(hook, "replay"))),
        *(("GET", at(hook, "deliveries")), ("GET", at(hook, "deliveries", delivery))),
        ("POST", at(hook, "deliveries", delivery, "replay")),
        *(("GET", at(other, "deliveries", delivery)), ("POST", at(other, "deliveries", delivery, "replay"))),
    ]
    for method, address in calls:
        assert stranger.send(method, address).status_code == 404, address
    for wrong in ("0", "x", "%00", str(uuid4()), hook["id"].upper(), hook["id"].replace("-", ""), "é"):
        assert owner.get(f"{HOOKS}/{wrong}").status_code == 404
        assert owner.get(at(hook, "deliveries", wrong)).status_code == 404


# --- secrets and trials ----------------------------------------------------------------------------------------------
def test_a_second_rotation_drops_the_first_old_secret(owner: Api, hook: dict[str, Any]) -> None:
    first = owner.data("POST", at(hook, "rotate"))
    assert first["previous"] == hook["secret"]
    second = owner.data("POST", at(hook, "rotate"), {"keep_hours": 1})
    assert (second["previous"], owner.data("GET", at(hook, "secret"))) == (first["secret"], second)
    with time_machine.travel(now() + timedelta(hours=1, minutes=1)):
        assert owner.data("GET", at(hook, "secret"))["previous"] is None
    assert owner.data("POST", at(hook, "rotate"), {"keep_hours": 0})["previous"] is None


def test_a_trial_is_sent_at_once_and_leaves_no_trace(owner: Api, hook: dict[str, Any], receiver: Receiver) -> None:
    receiver.answer = lambda handler: reply(handler, 500, b"not today")
    attempt = owner.data("POST", at(hook, "test"), {"type": "recovery.paid"})["attempt"]
    assert (attempt["status"], attempt["reason"], attempt["response_head"]) == (500, None, "not today")
    owner.data("POST", at(hook, "test"))
    first, second = receiver.got
    assert b'"type":"recovery.paid"' in first.body
    assert b'"type":"test.ping"' in second.body
    assert b'"livemode":false' in first.body
    assert first.id.encode() in first.body
    assert not Event.objects.filter(type="test.ping").exists()
    assert not Delivery.objects.exists()
    assert owner.data("GET", at(hook))["failing_since"] is None
    assert set(owner.errors("POST", at(hook, "test"), {"type": "recovery.*"})) == {"type"}


def test_trials_are_ten_a_minute(owner: Api, hook: dict[str, Any], settings: Settings) -> None:
    settings.RATE_LIMITS_ENABLED = True
    with time_machine.travel(now(), tick=False):
        answers = [owner.post(at(hook, "test"), {"type": "x"}).status_code for _turn in range(11)]
    assert answers == [422] * 10 + [429]


def test_receivers_that_never_answer_leave_threads_for_everybody_else(
    owner: Api, hook: dict[str, Any], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("legalcity.lib.places.most", lambda: 1)
    with place():  # As another trial does while it waits.
        answer = owner.post(at(hook, "test"), {})
        assert (answer.status_code, answer["Retry-After"]) == (429, "5")
        assert receiver.got == []
    assert owner.post(at(hook, "test"), {}).status_code == 200


# --- deliveries and sending again ------------------------------------------------------------------------------------
def test_deliveries_are_shown_with_their_tries_the_newest_first(
    owner: Api, hook: dict[str, Any], receiver: Receiver
) -> None:
    sent(owner)
    receiver.answer = lambda handler: reply(handler, 503, b"\xe9t\xe9\0")
    sent(owner)
    newest, oldest = owner.data("GET", at(hook, "deliveries"))["items"]
    assert (newest["state"], newest["attempts"], newest["type"]) == ("waiting", 1, "recovery.paid")
    assert newest["next_attempt_at"] > newest["created_at"]
    assert (oldest["state"], oldest["next_attempt_at"], oldest["event_id"]) == ("delivered", None, receiver.got[0].id)
    [attempt] = owner.data("GET", at(hook, "deliveries", newest["id"]))["tries"]
    assert (attempt["status"], attempt["reason"], attempt["response_head"]) == (503, None, "�t��")
    first = owner.data("GET", at(hook, "deliveries?limit=1"))
    assert first["items"] == [newest]
    assert owner.data("GET", at(hook, f"deliveries?limit=1&after={first['next']}")) == {"items": [oldest], "next": None}
    assert owner.data("GET", at(hook, "deliveries?state=delivered"))["items"] == [oldest]
    assert set(owner.errors("GET", at(hook, "deliveries?state=lost"))) == {"state"}
    assert set(owner.errors("GET", at(hook, "deliveries?page=1"))) == {"page"}


def test_what_failed_is_sent_again_once_each_and_tried_once(
    owner: Api, hook: dict[str, Any], receiver: Receiver
) -> None:
    sent(owner)
    failed = happen(owner.user, times=2)
    fan_out()
    Delivery.objects.filter(state="waiting").update(state="failed", ended_at=now())
    receiver.answer = lambda handler: reply(handler, 500)
    assert owner.post(at(hook, "replay")).json()["data"] == {"count": 2}
    answer = owner.post(at(hook, "replay"))
    assert (answer.status_code, answer.json()["message"]) == (
        409,
        "Deliveries are being sent there again already. Try again when they have ended.",
    )
    assert 1 <= int(answer["Retry-After"]) <= 2
    deliver()
    assert [row["state"] for row in owner.data("GET", at(hook, "deliveries"))["items"][:2]] == ["failed", "failed"]
    assert owner.data("GET", at(hook))["failing_since"] is None
    receiver.answer = lambda handler: reply(handler)
    assert owner.post(at(hook, "replay"), {"state": "all"}).json()["data"] == {"count": 3}
    deliver()
    assert owner.post(at(hook, "replay"), {"state": "failed"}).json()["data"] == {"count": 0}
    assert len({got.id for got in receiver.got}) == 3
    assert Body.objects.count() == 3
    one = Delivery.objects.get(event=failed[0], is_replay=False).public_id
    assert owner.post(at(hook, "deliveries", str(one), "replay")).status_code == 202
    assert owner.post(at(hook, "deliveries", str(one), "replay")).status_code == 409


def test_a_time_bounds_what_is_sent_again(owner: Api, hook: dict[str, Any]) -> None:
    happen(owner.user, times=2)
    fan_out()
    Delivery.objects.update(state="failed", ended_at=now(), created_at=now() - DAY)
    hour_ago = (now() - timedelta(hours=1)).isoformat()
    assert owner.post(at(hook, "replay"), {"since": hour_ago}).json()["data"] == {"count": 0}
    wrong = {"since": hour_ago, "until": (now() - DAY).isoformat()}
    assert set(owner.errors("POST", at(hook, "replay"), wrong)) == {"since"}
    made = Delivery.objects.values_list("created_at", flat=True)[0].isoformat()
    assert owner.post(at(hook, "replay"), {"until": made}).json()["data"] == {"count": 0}  # As the feed has it.
    assert owner.post(at(hook, "replay"), {"since": made, "until": hour_ago}).json()["data"] == {"count": 2}


# --- disabled, enabled -----------------------------------------------------------------------------------------------
def test_what_was_missed_is_sent_when_it_is_asked_for(owner: Api, hook: dict[str, Any], receiver: Receiver) -> None:
    happen(owner.user)
    fan_out()
    disabled = owner.data("PATCH", at(hook), {"state": "disabled"})
    assert (disabled["state"], disabled["disabled_reason"]) == ("disabled", "owner")
    assert owner.data("PATCH", at(hook), {"state": "disabled"})["disabled_at"] == disabled["disabled_at"]
    happen(owner.user)
    fan_out()
    assert owner.post(at(hook, "replay")).status_code == 409
    Delivery.objects.update(attempts=3, state="failed")
    Attempt.objects.bulk_create(Attempt(delivery=Delivery.objects.get(), at=now(), ms=1) for _try in range(3))
    enabled = owner.data("PATCH", at(hook), {"state": "enabled", "missed": "all"})
    assert (enabled["state"], enabled["disabled_at"], enabled["disabled_reason"]) == ("enabled", None, None)
    happen(owner.user)
    fan_out()
    deliver()
    # The two that were missed, the disabling itself, and what came after.
    assert [got.body.count(b"recovery.paid") for got in receiver.got].count(1) == 3
    listed = owner.data("GET", at(hook, "deliveries"))["items"]
    told = [owner.data("GET", at(hook, "deliveries", row["id"])) for row in listed]
    assert [row["attempts"] for row in listed] == [len(one["tries"]) for one in told] == [1, 1, 1, 4]
    assert Event.objects.filter(type="webhook_endpoint.disabled").count() == 1


def test_what_was_answered_by_gone_is_among_what_was_missed(
    owner: Api, hook: dict[str, Any], receiver: Receiver
) -> None:
    receiver.answer = lambda handler: reply(handler, 410)
    happened = sent(owner, times=3)
    failed_at = owner.data("GET", at(hook))["failing_since"]
    assert Delivery.objects.filter(state="failed", ended_at__gte=failed_at).count() == 3
    receiver.answer, receiver.got[:] = reply, []
    owner.data("PATCH", at(hook), {"state": "enabled", "missed": "all"})
    deliver()
    assert {public_id(event.pk) for event in happened} < {got.id for got in receiver.got}


def test_without_a_word_what_was_missed_stays_so(owner: Api, hook: dict[str, Any], receiver: Receiver) -> None:
    happen(owner.user)
    fan_out()
    owner.data("PATCH", at(hook), {"state": "disabled"})
    happen(owner.user)  # Handed on only after the endpoint is enabled again.
    owner.data("PATCH", at(hook), {"state": "enabled"})
    fan_out()
    assert (deliver(), receiver.got) == (0, [])
    assert [row["state"] for row in owner.data("GET", at(hook, "deliveries"))["items"]] == ["cancelled"]
    assert set(owner.errors("PATCH", at(hook), {"missed": "all"})) == {"missed"}


def test_a_large_backlog_is_cancelled_in_parts_before_it_is_enabled_again(
    owner: Api, hook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "AT_ONCE", 2)
    happen(owner.user, times=5)
    fan_out()
    owner.data("PATCH", at(hook), {"state": "disabled"})
    assert owner.patch(at(hook), {"state": "enabled"}).status_code == 409
    assert (waiting_cancel(), waiting_cancel()) == (2, 1)
    owner.data("PATCH", at(hook), {"state": "enabled"})


def test_who_has_failed_for_five_days_is_disabled_and_told(
    owner: Api, hook: dict[str, Any], receiver: Receiver, mailoutbox: list[Any]
) -> None:
    receiver.answer = lambda handler: reply(handler, 500)
    start = now()
    sent(owner)
    with time_machine.travel(start + 6 * DAY):
        # One failure, and then days in which nothing was tried, prove nothing.
        assert endpoints_judge(moment=now()) == 0
        deliver()
        assert endpoints_judge(moment=now()) == 1
        assert owners_tell(moment=now()) == 1
        assert owners_tell(moment=now()) == 0
        shown = Endpoint.objects.get()
    assert (shown.state, shown.disabled_reason) == ("disabled", "failing")
    [letter] = mailoutbox
    assert (letter.to, receiver.url in letter.body) == (["owner@example.com"], True)
    event = Event.objects.latest("pk")
    assert (event.type, event.data["current"]["reason"]) == ("webhook_endpoint.disabled", "failing")


def test_a_letter_that_does_not_leave_is_sent_later(
    owner: Api, hook: dict[str, Any], mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_disable(endpoint_id=hook["id"], reason=Endpoint.Reason.STAFF)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", lambda _message: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            owners_tell(moment=now())
    assert owners_tell(moment=now()) == 0
    assert owners_tell(moment=now() + timedelta(minutes=11)) == 1
    assert len(mailoutbox) == 1


def test_deliveries_go_after_thirty_days_with_all_that_belongs_to_them(owner: Api, hook: dict[str, Any]) -> None:
    sent(owner)
    owner.delete(at(hook))
    assert (deliveries_forget(moment=now() + 29 * DAY), Attempt.objects.count()) == (0, 1)
    assert deliveries_forget(moment=now() + 31 * DAY) == 1
    assert [model.objects.count() for model in (Delivery, Attempt, Body, Endpoint)] == [0, 0, 0, 0]
    assert Event.objects.exists()


def test_addresses_are_not_looked_up_again_when_they_are_not_sent(owner: Api) -> None:
    endpoint = endpoint_at(owner.user, "https://gone.example/")
    shown = owner.data("PATCH", f"{HOOKS}/{endpoint.pk}", {"description": "Old"})
    assert (shown["url"], shown["description"]) == ("https://gone.example/", "Old")
