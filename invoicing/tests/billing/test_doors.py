"""Who may come in under /v1/firms/, how long, and what everybody else reads."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from invoicing.billing.services.clients import client_of
from invoicing.models import SubscriptionKey
from invoicing.tests.billing.doors import COOKIE, PASSWORD, Panel
from invoicing.tests.billing.papers import client_user
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
NOBODY = {"success": False, "message": "Unauthenticated"}
WRONG = {"success": False, "message": "Invalid credentials provided"}


@pytest.fixture
def user() -> User:
    user = client_user()
    client_of(user)
    return user


@pytest.fixture
def panel(user: User) -> Panel:
    return Panel.of(user.email)


def test_login_gives_the_cookie(user: User) -> None:
    panel = Panel()
    answer = panel.login("  Client@Example.COM ")
    assert (answer.status_code, answer.content) == (204, b"")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"]) == (
        True,
        True,
        "Lax",
        "/v1/firms/",
    )
    assert int(cookie["max-age"]) == 8 * 3600
    header = cookie.OutputString()
    assert header.startswith(f"{COOKIE}=")
    for word in ("HttpOnly", "Secure", "SameSite=Lax"):
        assert word in header
    assert "sessionid" not in answer.cookies
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert panel.get("invoice").status_code == 200
    user.refresh_from_db()
    assert user.last_login is not None


def test_the_key_may_stand_in_the_query(panel: Panel) -> None:
    assert panel.get(f"invoice?subscription-key={panel.key}", key="").status_code == 200


@pytest.mark.parametrize("key", ["", "x", "a" * 5000, "é", "' OR 1=1 --"])
def test_without_the_key_nothing_opens(panel: Panel, user: User, key: str) -> None:
    for method, path in (
        ("GET", "invoice"),
        ("GET", "invoice/1"),
        ("POST", "account/login"),
        ("POST", "account/logoff"),
    ):
        headers = {"headers": {"subscription-key": key}} if key and key.isascii() else {}
        answer = panel.send(method, path, key="", **headers)
        assert (answer.status_code, answer.json()) == (401, NOBODY)
        assert answer.headers["WWW-Authenticate"].startswith("LawPanel")
    assert panel.get("invoice").status_code == 200


def test_without_the_cookie_nothing_opens(panel: Panel) -> None:
    for value in ("", "x", "a" * 40, panel.cookie.upper(), "\x00"):
        other = Panel(panel.key)
        if value:
            other.client.cookies[COOKIE] = value
        answer = other.get("invoice")
        assert (answer.status_code, answer.json()) == (401, NOBODY)
        assert other.logoff().status_code == 401


def test_wrong_credentials_are_401_whoever_they_name(user: User) -> None:
    User.objects.create_user("keyonly@example.com", first_name="K", last_name="O")
    inactive = client_user("gone@example.com", is_active=False)
    client_of(inactive)
    panel = Panel()
    for email, password in (
        (user.email, "wrong"),
        ("nobody@example.com", PASSWORD),
        ("keyonly@example.com", ""),
        ("keyonly@example.com", "!"),
        (inactive.email, PASSWORD),
    ):
        answer = panel.login(email, password or "x")
        assert (answer.status_code, answer.json()) == (401, WRONG)
        assert COOKIE not in answer.cookies


def test_somebody_without_a_client_is_403() -> None:
    ApiUserFactory(email="new@example.com", password=PASSWORD)
    answer = Panel().login("new@example.com")
    assert (answer.status_code, answer.json()["success"]) == (403, False)
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "a@b.fr"}, {"password"}),
        ({"email": 1, "password": []}, {"email", "password"}),
        ({"email": "a\x00@b.fr", "password": "a\x00"}, {"email", "password"}),
        ({"email": "a@b.fr", "password": "x" * 1001}, {"password"}),
        ({"email": "a@b.fr", "password": "\ud800"}, {"password"}),
    ],
)
def test_a_login_that_cannot_be_read_is_422(db: None, body: dict[str, object], fields: set[str]) -> None:
    answer = Panel().send("POST", "account/login", body)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, fields)


def test_only_json_logs_in(db: None) -> None:
    panel = Panel()
    assert panel.send("POST", "account/login", b"{").status_code == 400
    form = panel.send("POST", "account/login", b"email=a&password=b", content_type="application/x-www-form-urlencoded")
    assert form.status_code == 415
    assert panel.send("POST", "account/login", b"x" * 6_000_000).status_code == 413


def test_logoff_kills_the_session_on_the_server(panel: Panel) -> None:
    stolen = panel.cookie
    answer = panel.logoff()
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.cookies[COOKIE].value == ""
    assert not Session.objects.exists()
    thief = Panel(panel.key)
    thief.client.cookies[COOKIE] = stolen
    assert thief.get("invoice").status_code == 401


def test_each_login_is_a_session_of_its_own(panel: Panel) -> None:
    other = Panel(panel.key)
    other.login("client@example.com")
    assert other.cookie != panel.cookie
    other.logoff()
    assert panel.get("invoice").status_code == 200


def test_a_session_ends_with_its_time(panel: Panel, settings: Settings) -> None:
    with time_machine.travel(now() + timedelta(hours=7, minutes=59)):
        assert panel.get("invoice").status_code == 200
    with time_machine.travel(now() + timedelta(hours=8, minutes=1)):
        assert panel.get("invoice").status_code == 401


def test_a_session_ends_with_the_password_and_with_the_account(panel: Panel, user: User) -> None:
    user.set_password("another long password")
    user.save()
    assert panel.get("invoice").status_code == 401
    second = Panel(panel.key)
    assert second.login(user.email, "another long password").status_code == 204
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert second.get("invoice").status_code == 401


def test_the_cookie_opens_no_other_door(panel: Panel) -> None:
    boss = ApiUserFactory(email="boss@example.com", is_staff=True, is_superuser=True, password=PASSWORD)
    staff = Panel.of(boss.email)
    backoffice = Client()
    backoffice.cookies["sessionid"] = staff.cookie
    assert backoffice.get("/admin/").status_code == 302
    assert staff.client.get("/api/recoveries").status_code == 401
    signed_in = Client()
    signed_in.force_login(boss)
    other = Panel(panel.key)
    other.client.cookies[COOKIE] = signed_in.cookies["sessionid"].value
    assert other.get("invoice").status_code == 401
    other.client.cookies["sessionid"] = signed_in.cookies["sessionid"].value
    assert other.get("invoice").status_code == 401


def test_guessing_a_password_locks_the_account_for_that_address(user: User) -> None:
    panel = Panel()
    answers = [panel.login(user.email, f"guess {turn}").status_code for turn in range(6)]
    assert answers[0] == 401
    assert answers[-1] == 429
    locked = panel.login(user.email)
    assert (locked.status_code, locked.json()["success"]) == (429, False)
    assert int(locked.headers["Retry-After"]) > 60
    assert COOKIE not in locked.cookies
    assert panel.login(user.email, REMOTE_ADDR="203.0.113.9").status_code == 204


def test_logins_of_an_address_are_counted(user: User, settings: Settings) -> None:
    settings.RATE_LIMITS_ENABLED = True
    panel = Panel()
    answers = [panel.login(f"nobody{turn}@example.com") for turn in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["message"].startswith("Too Many Attempts.")
    assert int(answers[-1].headers["Retry-After"]) <= 61


@pytest.mark.parametrize("path", ["", "x", "invoice/", "account", "account/login/", "invoice/1/2/3", "%00", "é"])
def test_unknown_addresses_are_404_json(panel: Panel, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PROPFIND"):
        answer = panel.send(method, path)
        assert answer.status_code == 404, path
        assert answer.json() == {"success": False, "message": "API endpoint not found"}
    for address in ("/v1/", "/v1/firms", "/v1/other"):
        assert panel.client.get(address).json() == {"success": False, "message": "API endpoint not found"}


def test_other_methods_are_405_json(panel: Panel) -> None:
    for path, allowed in (
        ("account/login", "POST"),
        ("account/logoff", "POST"),
        ("invoice", "GET"),
        ("invoice/1", "GET"),
    ):
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {allowed}:
            answer = panel.send(method, path)
            assert (answer.status_code, answer.json()["message"]) == (405, "Method not allowed")
            assert allowed in answer.headers["Allow"]


def test_failures_speak_french_when_asked(panel: Panel) -> None:
    answer = panel.get("invoice/1", headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (404, "fr")


def rotate(*options: str) -> str:
    out = StringIO()
    call_command("rotate_subscription_key", *options, stdout=out)
    return out.getvalue().strip()


def test_keys_are_rotated_by_command(panel: Panel) -> None:
    first, second = rotate(), rotate("--grace", "2")
    assert panel.get("invoice").status_code == 401
    assert [panel.get("invoice", key=key).status_code for key in (first, second)] == [200, 200]
    with time_machine.travel(now() + timedelta(days=3)):
        again = Panel(second)
        again.login("client@example.com")
        assert [again.get("invoice", key=key).status_code for key in (first, second)] == [401, 200]
    third = rotate()
    assert [panel.get("invoice", key=key).status_code for key in (first, second, third)] == [401, 401, 200]


def test_keys_are_stored_hashed(db: None) -> None:
    key = rotate()
    row = SubscriptionKey.objects.get()
    assert key not in f"{row.digest}{row.hint}{row}"
    assert len(key) >= 40


@pytest.mark.parametrize("days", ["-1", "366"])
def test_a_grace_has_bounds(db: None, days: str) -> None:
    with pytest.raises(CommandError):
        rotate("--grace", days)


def test_the_key_is_in_no_log(
    panel: Panel, caplog: pytest.LogCaptureFixture, system_setting: Callable[..., None]
) -> None:
    with caplog.at_level("DEBUG"):
        panel.get(f"invoice?subscription-key={panel.key}", key="")
    assert "firms" in caplog.text
    for secret in (panel.key, panel.cookie):
        assert secret not in caplog.text
