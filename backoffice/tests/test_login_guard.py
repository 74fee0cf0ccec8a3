"""Guessing passwords of staff: who is locked out, for how long, and what they read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import AuditEvent, User
from backoffice.login_guard import lockout_answer
from tests.factories import Api

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
LOGIN = "/admin/login/"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def chief(clock: Any) -> User:
    return User.objects.create_superuser("chief@example.com", PASSWORD, first_name="Ann", last_name="Martin")


def attempt(password: str, *, email: str = "chief@example.com", address: str = HERE, **headers: str) -> Any:
    return Client(headers={"User-Agent": headers.pop("agent", "one")}).post(
        LOGIN, {"username": email, "password": password, "next": "/admin/"}, REMOTE_ADDR=address, **headers
    )


def lock(**more: Any) -> Any:
    for _wrong in range(5):
        answer = attempt("wrong", **more)
    return answer


def test_addresses_of_ipv4_in_the_clothes_of_ipv6_are_not_locked_together(chief: User) -> None:
    assert lock(address=f"::ffff:{HERE}").status_code == 429
    assert attempt(PASSWORD, address=HERE).status_code == 429
    assert attempt(PASSWORD, address=f"::ffff:{THERE}").status_code == 302


def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour(chief: User, clock: Any) -> None:
    answers = [attempt("wrong") for _wrong in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert 899 <= int(answers[-1].headers["Retry-After"]) <= 901
    clock.shift(timedelta(minutes=14))
    held = attempt(PASSWORD)
    assert held.status_code == 429
    assert 59 <= int(held.headers["Retry-After"]) <= 61
    clock.shift(timedelta(minutes=2))
    assert attempt(PASSWORD).status_code == 302


def test_attempts_during_the_lock_do_not_prolong_it(chief: User, clock: Any) -> None:
    lock()
    for _minute in range(14):
        clock.shift(60)
        assert attempt("wrong").status_code == 429
    clock.shift(61)
    assert attempt(PASSWORD).status_code == 302


def test_the_answer_is_a_page_of_the_house(chief: User) -> None:
    answer = lock()
    page = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<title>" in page
    assert "15 minutes" in page
    assert chief.email not in page


def test_another_person_and_another_address_are_not_locked(chief: User) -> None:
    User.objects.create_superuser("other@example.com", PASSWORD, first_name="O", last_name="P")
    lock()
    assert attempt(PASSWORD, address=THERE).status_code == 302
    assert attempt(PASSWORD, email="other@example.com").status_code == 302


@pytest.mark.parametrize("disguise", ["Chief@Example.com", " CHIEF@example.com "])
def test_capitals_and_another_browser_make_no_other_person(disguise: str, chief: User) -> None:
    for number in range(4):
        assert attempt("wrong", email=disguise, agent=f"browser {number}").status_code == 200
    assert attempt("wrong").status_code == 429
    assert attempt(PASSWORD, email=disguise).status_code == 429


def test_the_right_password_forgets_the_wrong_ones(chief: User) -> None:
    for _round in range(3):
        for _wrong in range(4):
            assert attempt("wrong").status_code == 200
        assert attempt(PASSWORD).status_code == 302


def test_an_unknown_person_is_locked_alike(clock: Any) -> None:
    assert lock(email="nobody@example.com").status_code == 429


def test_hostile_names_are_counted_without_a_failure(clock: Any) -> None:
    for email in ("x" * 5000, "a\0b@example.com", "é" * 300, ""):
        assert attempt("wrong", email=email).status_code == 200


def test_the_address_is_the_one_behind_trusted_proxies(chief: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        answer = attempt("wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.7")
    assert answer.status_code == 429
    assert attempt(PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.8").status_code == 302


def test_without_trusted_proxies_a_forged_address_counts_for_nothing(chief: User) -> None:
    for number in range(5):
        answer = attempt("wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert answer.status_code == 429


@pytest.mark.parametrize("address", ["2001:db8:1:2::7", "", "not an address"])
def test_every_kind_of_address_is_counted(address: str, chief: User) -> None:
    assert lock(address=address).status_code == 429


def test_an_ipv6_network_is_one_client(chief: User) -> None:
    for host in range(5):
        answer = attempt("wrong", address=f"2001:db8:1:2::{host + 1:x}")
    assert answer.status_code == 429


def test_an_address_that_tries_many_people_is_held_by_the_rate_limit(
    chief: User, settings: Settings, clock: Any
) -> None:
    settings.RATE_LIMITS_ENABLED = True
    answers = [attempt("wrong", email=f"person{number}@example.com") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61
    clock.shift(61)
    assert attempt(PASSWORD).status_code == 302


def test_a_program_reads_json(chief: User) -> None:
    lock()
    request = RequestFactory().post("/v1/firms/account/login", {"username": chief.email}, REMOTE_ADDR=HERE)
    assert authenticate(request, username=chief.email, password=PASSWORD) is None
    answer = lockout_answer(request, None, {"username": chief.email})
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/json")
    assert int(answer.headers["Retry-After"]) > 0
    assert b'"success": false' in answer.content


def test_the_keys_of_the_api_are_not_touched_by_the_lock(owner: Api) -> None:
    lock(email=owner.user.email)
    assert owner.login()


def test_ops_and_managers_lift_the_lock(chief: User, client: Client) -> None:
    lock()
    call_command("axes_reset", verbosity=0)
    assert attempt(PASSWORD).status_code == 302
    lock()
    client.force_login(chief)
    row = AccessAttempt.objects.get()
    page = client.get(f"/admin/axes/accessattempt/{row.pk}/action/lift-lock/")
    client.post(page.request["PATH_INFO"], {"form_token": page.context["token"]})
    assert attempt(PASSWORD).status_code == 302
    assert AuditEvent.objects.filter(action="lift-lock", actor_email=chief.email).count() == 1


def test_the_audit_tells_of_logins_and_of_one_lock(chief: User) -> None:
    lock()
    for _again in range(3):
        attempt(PASSWORD)
    attempt(PASSWORD, address=THERE)
    events = AuditEvent.objects.filter(action__in=("signed_in", "locked_out")).order_by("id")
    assert list(events.values_list("action", "succeeded", "address")) == [
        ("locked_out", False, HERE),
        ("signed_in", True, THERE),
    ]


def test_what_was_sent_is_not_kept_in_the_open(chief: User, client: Client) -> None:
    attempt("hunter2hunter2")
    row = AccessAttempt.objects.values().get()
    assert "hunter2" not in str(row)
    client.force_login(chief)
    page = client.get(f"/admin/axes/accessattempt/{AccessAttempt.objects.get().pk}/change/").content.decode()
    assert "post_data" not in page
