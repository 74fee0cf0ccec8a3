"""What every answer of the API carries: rate limits, CORS, caching, the request's id; and how limits count."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from pytest_django import Settings

from tests.factories import Api, RecoveryBody, case_id

CASES, LOGIN, REFRESH, HEALTH = "/api/recoveries", "/api/auth/login", "/api/auth/refresh", "/api/health"


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands still, and is moved by hand: no window of a limit ends in the middle of a test."""
    with time_machine.travel(datetime.now(UTC), tick=False) as stopped:
        yield stopped


@pytest.fixture
def limits(settings: Settings, clock: Any) -> Any:
    """Limits are counted; gives the clock."""
    settings.RATE_LIMITS_ENABLED = True
    return clock


def _answers(owner: Api, stranger: Api, anonymous: Api) -> dict[str, HttpResponse]:
    """One answer of every kind."""
    address = f"{CASES}/{case_id(owner)}"
    return {
        "200": owner.get(address),
        "201": owner.post(CASES, RecoveryBody()),
        "400": owner.raw("POST", CASES, b"{"),
        "400 of a view": owner.get("/api/companies/type/friend"),
        "401 without token": anonymous.get(address),
        "401 with a bad one": anonymous.get(address, Authorization="Bearer a.b.c"),
        "401 of login": anonymous.post(LOGIN, {"email": "a@b.fr", "key": "x"}),
        "403": stranger.get(address),
        "404": owner.get(f"{CASES}/987654"),
        "404 of the fallback": anonymous.get("/api/nothing"),
        "404 of nothing at all": anonymous.get("/api"),
        "405": owner.send("TRACE", CASES),
        "415": owner.raw("POST", CASES, b"x", "text/plain"),
        "422": owner.post(CASES, {}),
        "500": owner.post(f"{address}/companies", {**_third_company()}),
        "bare": anonymous.get(HEALTH),
        "head": owner.send("HEAD", CASES),
    }


def _third_company() -> dict[str, str]:
    return {"relation_type": "customer", "company_legalrep_firstname": "A", "company_legalrep_lastname": "B"}


# --- on every answer -------------------------------------------------------------------------------------------
def test_every_kind_of_answer_carries_the_headers(owner: Api, stranger: Api, anonymous: Api, limits: Any) -> None:
    for kind, answer in _answers(owner, stranger, anonymous).items():
        assert answer.status_code == int(kind[:3]) if kind[0].isdigit() else 200, kind
        limit, remaining = int(answer.headers["X-RateLimit-Limit"]), int(answer.headers["X-RateLimit-Remaining"])
        assert 0 <= remaining < limit, kind
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-cache, private, no-store"
        assert answer.headers["X-Request-ID"]
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Length"] == str(len(answer.content)) or kind == "head"
        assert "Set-Cookie" not in answer.headers


def test_limits_are_shown_while_nothing_is_counted(owner: Api, anonymous: Api) -> None:
    for person, limit in ((owner, "1000"), (anonymous, "60")):
        for _twice in range(2):
            answer = person.get("/api/auth/me")
            assert answer.headers["X-RateLimit-Limit"] == answer.headers["X-RateLimit-Remaining"] == limit


def test_the_request_id_is_the_client_s_if_it_is_a_good_one(anonymous: Api) -> None:
    assert anonymous.get(HEALTH, X_Request_ID="order-42.A_b").headers["X-Request-ID"] == "order-42.A_b"
    for bad in ("short", "x" * 65, "a b c d e f", "éééééééé", "<script>alert(1)</script>"):
        given = anonymous.get(HEALTH, X_Request_ID=bad).headers["X-Request-ID"]
        assert given != bad
        assert len(given) == 32
    assert anonymous.get(HEALTH).headers["X-Request-ID"] != anonymous.get(HEALTH).headers["X-Request-ID"]


# --- CORS ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("headers", [{}, {"Origin": "https://app.example.fr"}, {"Origin": "null"}])
def test_any_origin_may_read_the_answer(headers: dict[str, str], anonymous: Api, owner: Api) -> None:
    for answer in (anonymous.get(HEALTH, **headers), anonymous.get(CASES, **headers), owner.get(CASES, **headers)):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "Retry-After", "Idempotent-Replayed"} <= set(exposed)


@pytest.mark.parametrize("path", [CASES, f"{CASES}/1/invoices/2", LOGIN, "/api/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_preflight_is_answered_without_a_token(path: str, method: str, anonymous: Api) -> None:
    asked = {"Access_Control_Request_Method": method, "Access_Control_Request_Headers": "authorization, content-type"}
    answer = anonymous.send("OPTIONS", path, Origin="https://app.example.fr", **asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key"} <= set(allowed)
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert answer.headers["X-RateLimit-Limit"] == answer.headers["X-RateLimit-Remaining"] == "60"


def test_the_address_of_the_api_itself_speaks_as_the_api(anonymous: Api) -> None:
    for path in ("/api", "/v1", "/v1%0A"):
        answer = anonymous.get(path)
        assert (answer.status_code, answer.json()["message"]) == (404, "API endpoint not found")
        assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    "path", ["/api/x%0Ay", "/api/recoveries%0A", "/api/%0A", "/api%0A", "/api%00x", "/api/x%0D%0Ay%00"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_an_address_with_a_line_break_gets_the_contract_s_answer_and_is_counted(
    path: str, method: str, anonymous: Api, limits: Any
) -> None:
    first, second = anonymous.send(method, path), anonymous.send(method, path)
    assert first.status_code == 404
    if method != "HEAD":
        assert first.json() == {"success": False, "message": "API endpoint not found", "code": "no_such_call"}
    assert int(second.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


def test_pages_outside_the_api_are_for_nobody_else_s_scripts(anonymous: Api) -> None:
    for path in ("/admin/login/", "/healthz"):
        assert "Access-Control-Allow-Origin" not in anonymous.get(path, Origin="https://app.example.fr").headers


# --- pages ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/admin/login/", "/docs", "/nothing", "/healthz", "/injonction/none"])
def test_pages_get_at_no_device_of_their_reader(path: str, anonymous: Api) -> None:
    policy = anonymous.get(path).headers["Permissions-Policy"].split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"} <= set(policy)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("safety@firm.example", "mailto:safety@firm.example"), ("https://firm.example/s", "https://firm.example/s")],
)
def test_who_finds_a_weakness_learns_whom_to_tell(contact: str, shown: str, anonymous: Api, settings: Settings) -> None:
    settings.SECURITY_CONTACT, settings.PUBLIC_BASE_URL = contact, "https://api.firm.example"
    answer = anonymous.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert told["Contact"] == shown
    assert told["Canonical"] == "https://api.firm.example/.well-known/security.txt"
    left = datetime.fromisoformat(told["Expires"]) - datetime.now(UTC)
    assert 170 < left.days < 365


# --- how limits count ------------------------------------------------------------------------------------------
def _try_login(person: Api, **headers: str) -> HttpResponse:
    return person.post(LOGIN, {"email": "nobody@example.com", "key": "x"}, **headers)


def _assert_too_many(answer: HttpResponse, limit: int) -> int:
    """The seconds to wait, which header and sentence say alike."""
    seconds = int(answer.headers["Retry-After"])
    assert answer.status_code == 429
    assert answer.json() == {
        "success": False,
        "message": f"Too Many Attempts. Please wait {seconds} seconds before trying again.",
        "code": "too_many_attempts",
    }
    assert answer.headers["X-RateLimit-Limit"] == str(limit)
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return seconds


def test_the_sixth_login_of_a_minute_is_429_until_the_time_that_it_names(anonymous: Api, limits: Any) -> None:
    for remaining in (4, 3, 2, 1, 0):
        answer = _try_login(anonymous)
        assert answer.status_code == 401
        assert answer.headers["X-RateLimit-Limit"] == "5"
        assert answer.headers["X-RateLimit-Remaining"] == str(remaining)
    seconds = _assert_too_many(_try_login(anonymous), 5)
    assert 1 <= seconds <= 60
    limits.shift(seconds - 1)
    assert _assert_too_many(_try_login(anonymous), 5) == 1
    limits.shift(1)
    assert _try_login(anonymous).status_code == 401


def test_every_login_attempt_counts_the_good_and_the_malformed_too(owner: Api, anonymous: Api, limits: Any) -> None:
    good = {"email": owner.user.email, "key": owner.key}
    assert anonymous.post(LOGIN, good).status_code == 200
    assert anonymous.raw("POST", LOGIN, b"{").status_code == 400
    assert anonymous.post(LOGIN, {}).status_code == 422
    assert _try_login(anonymous).status_code == 401
    assert anonymous.post(LOGIN, good).status_code == 200
    _assert_too_many(anonymous.post(LOGIN, good), 5)


def test_logins_are_counted_for_each_address(anonymous: Api, limits: Any) -> None:
    for _attempt in range(6):
        answer = _try_login(anonymous, REMOTE_ADDR="192.0.2.1")
    _assert_too_many(answer, 5)
    assert _try_login(anonymous, REMOTE_ADDR="192.0.2.2").status_code == 401


def test_a_token_does_not_lift_the_limit_of_logins(owner: Api, limits: Any) -> None:
    for _attempt in range(6):
        answer = _try_login(owner)
    _assert_too_many(answer, 5)
    assert owner.get(CASES).status_code == 200


def test_an_ipv6_client_counts_as_its_network(anonymous: Api, limits: Any) -> None:
    answers = [_try_login(anonymous, REMOTE_ADDR=f"2001:db8:1:2::{host:x}") for host in range(1, 7)]
    _assert_too_many(answers[-1], 5)
    assert _try_login(anonymous, REMOTE_ADDR="2001:db8:1:3::1").status_code == 401


def test_an_ipv4_client_is_itself_in_the_clothes_of_ipv6(anonymous: Api, limits: Any) -> None:
    for number in range(1, 7):
        answer = _try_login(anonymous, REMOTE_ADDR=("::ffff:198.51.100.7", "198.51.100.7")[number % 2])
    _assert_too_many(answer, 5)
    assert _try_login(anonymous, REMOTE_ADDR="::ffff:198.51.100.8").status_code == 401


def test_forwarded_addresses_count_for_nothing_without_trusted_proxies(anonymous: Api, limits: Any) -> None:
    for attempt in range(6):
        answer = _try_login(anonymous, X_Forwarded_For=f"203.0.113.{attempt}")
    _assert_too_many(answer, 5)


def test_forwarded_addresses_count_behind_trusted_proxies(anonymous: Api, limits: Any, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    for attempt in range(6):
        answer = _try_login(anonymous, X_Forwarded_For=f"203.0.113.{attempt}")
    assert answer.status_code == 401
    # What the client itself wrote into the header comes first and is not believed.
    for attempt in range(6):
        answer = _try_login(anonymous, X_Forwarded_For=f"198.51.100.{attempt}, 203.0.113.200")
    _assert_too_many(answer, 5)


def test_two_trusted_proxies_look_one_hop_further(anonymous: Api, limits: Any, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 2
    for attempt in range(6):
        answer = _try_login(anonymous, X_Forwarded_For=f"198.51.100.9, 203.0.113.7, 10.0.0.{attempt}")
    _assert_too_many(answer, 5)
    assert _try_login(anonymous, X_Forwarded_For="198.51.100.9, 203.0.113.8, 10.0.0.1").status_code == 401


@pytest.mark.parametrize("nonsense", ["", "unknown", "not an address", ",,,", "127.0.0.1:80", "é"])
def test_a_forwarded_address_that_is_none_is_the_peer_s(
    nonsense: str, anonymous: Api, limits: Any, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for _attempt in range(5):
        assert _try_login(anonymous).status_code == 401
    _assert_too_many(_try_login(anonymous, X_Forwarded_For=nonsense), 5)


def test_refresh_is_limited_for_each_user(owner: Api, stranger: Api, limits: Any) -> None:
    for remaining in range(9, -1, -1):
        answer = owner.post(REFRESH)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"] == "10"
        assert answer.headers["X-RateLimit-Remaining"] == str(remaining)
        owner.token = answer.json()["data"]["token"]
    _assert_too_many(owner.post(REFRESH), 10)
    assert owner.get("/api/auth/me").status_code == 200
    assert stranger.post(REFRESH).status_code == 200


def test_requests_are_limited_for_each_user_over_all_tokens(
    owner: Api, stranger: Api, limits: Any, system_setting: Any
) -> None:
    system_setting(REQUESTS_PER_HOUR=3)
    other_token = Api.of(owner.user, owner.key)
    assert [owner.get(CASES).status_code, other_token.get(f"{CASES}/1").status_code] == [200, 404]
    assert owner.post(CASES, RecoveryBody()).headers["X-RateLimit-Remaining"] == "0"
    seconds = _assert_too_many(owner.get(CASES), 3)
    assert 1 <= seconds <= 3600
    assert other_token.get(CASES).status_code == 429
    assert stranger.get(CASES).status_code == 200
    limits.shift(seconds)
    assert owner.get(CASES).status_code == 200


def test_a_refused_call_does_nothing(owner: Api, limits: Any, system_setting: Any) -> None:
    system_setting(REQUESTS_PER_HOUR=1)
    assert owner.post(CASES, RecoveryBody()).status_code == 201
    assert owner.post(CASES, RecoveryBody()).status_code == 429
    system_setting(REQUESTS_PER_HOUR=1000)
    assert owner.data("GET", CASES)["pagination"]["total"] == 1


def test_anonymous_calls_are_limited_for_each_address(anonymous: Api, limits: Any, system_setting: Any) -> None:
    system_setting(ANONYMOUS_PER_MINUTE=2)
    assert anonymous.get(HEALTH).status_code == 200
    assert anonymous.get("/api/nothing").status_code == 404
    _assert_too_many(anonymous.get("/api/info"), 2)
    # A token that opens nothing is nobody's, so guesses count as well.
    _assert_too_many(anonymous.get(CASES, Authorization="Bearer a.b.c"), 2)
    assert anonymous.get(HEALTH, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_the_documented_rates_are_the_ones_in_force(anonymous: Api, owner: Api, limits: Any) -> None:
    assert anonymous.get("/api/nothing").headers["X-RateLimit-Limit"] == "60"
    assert anonymous.get("/api/info").json()["rate_limits"] == {
        "login_attempts": "5 per minute per IP",
        "api_requests": "1000 per hour per user",
        "file_uploads": "50 per hour per user",
    }
    assert owner.get(CASES).headers["X-RateLimit-Limit"] == "1000"


def test_info_tells_the_rates_that_staff_have_set(anonymous: Api, system_setting: Any) -> None:
    system_setting(LOGIN_PER_MINUTE=7, REQUESTS_PER_HOUR=70)
    rates = anonymous.get("/api/info").json()["rate_limits"]
    assert (rates["login_attempts"], rates["api_requests"]) == ("7 per minute per IP", "70 per hour per user")
