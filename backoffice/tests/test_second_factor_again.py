"""Acts that ask for the second factor once more, and the bank details of the firm."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken

from accounts.models import AuditEvent, User
from backoffice.tests.test_entrance import BACKUP, CODES, PASSWORD, REMOVE, SETUP, STEP, code_now, enter, set_up
from documents.tests.conftest import in_process  # noqa: F401 - a fixture
from legalcity.lib.settings.live import live
from tests.backoffice import browser_of
from tests.factories import Api, ApiUserFactory

pytestmark = pytest.mark.django_db

AGAIN, FIRM, SETTINGS = "/admin/second-factor/again/", "/admin/constance/config/firm/", "/admin/constance/config/"
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def manager(clock: Any) -> User:
    user = ApiUserFactory(email="manager@example.com", is_staff=True, password=PASSWORD, language="en")
    user.groups.add(Group.objects.get(name="manager"))
    return user


@pytest.fixture
def desk(manager: User, clock: Any) -> Client:
    """The browser of a manager who came in with password and code a minute ago."""
    browser = Client()
    enter(browser, manager)
    set_up(browser, manager)
    browser.post("/admin/logout/")
    clock.shift(60)
    enter(browser, manager)
    assert browser.post(STEP, {"code": code_now(manager)}).status_code == 302
    clock.shift(60)
    return browser


def asked_again(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(AGAIN)


def prove(desk: Client, manager: User) -> None:
    assert desk.post(AGAIN, {"code": code_now(manager)}).status_code == 302


def test_each_act_that_changes_money_or_access_asks_once_more(desk: Client, owner: Api) -> None:
    colleague = ApiUserFactory(is_staff=True)
    pages = (FIRM, SETUP, f"/admin/accounts/user/{owner.user.pk}/action/issue-key/")
    for page in (*pages, f"/admin/accounts/user/{colleague.pk}/password/"):
        assert asked_again(desk.get(page)), page
        assert asked_again(desk.post(page, {"form_token": "0" * 32})), page
    for page in (CODES, REMOVE):
        assert asked_again(desk.post(page)), page
    assert owner.user.api_keys.count() == 1
    assert StaticToken.objects.count() == 10


def test_a_right_code_opens_them_for_five_minutes(desk: Client, manager: User, clock: Any) -> None:
    answer = desk.post(AGAIN, {"code": code_now(manager), "next": FIRM})
    assert answer.headers["Location"] == FIRM
    assert desk.get(FIRM).status_code == 200
    clock.shift(299)
    assert BACKUP.findall(desk.post(CODES).content.decode())
    clock.shift(1)
    assert asked_again(desk.get(FIRM))


@pytest.mark.parametrize("code", ["000000", "", "x" * 41, "\x00"])
def test_a_wrong_code_opens_nothing(code: str, desk: Client) -> None:
    assert desk.post(AGAIN, {"code": code}).status_code == 200
    assert asked_again(desk.get(FIRM))


def test_the_way_on_stays_in_the_house(desk: Client, manager: User) -> None:
    answer = desk.post(AGAIN, {"code": code_now(manager), "next": "https://example.com/"})
    assert answer.headers["Location"] == "/admin/"


# --- without a second factor, where none is required ----------------------------------------------------------------


@pytest.fixture
def plain_desk(manager: User, clock: Any) -> Client:
    """The browser of a manager who came in with the password alone, a minute ago."""
    browser = Client()
    enter(browser, manager)
    clock.shift(60)
    return browser


def test_without_a_second_factor_the_password_is_asked_for_once_more(
    plain_desk: Client, clock: Any, owner: Api
) -> None:
    colleague = ApiUserFactory(is_staff=True)
    pages = (FIRM, SETUP, f"/admin/accounts/user/{owner.user.pk}/action/issue-key/")
    for page in (*pages, f"/admin/accounts/user/{colleague.pk}/password/"):
        assert asked_again(plain_desk.get(page)), page
        assert asked_again(plain_desk.post(page, {"form_token": "0" * 32})), page
    asked = plain_desk.get(AGAIN, {"next": FIRM}).content.decode()
    assert "It asks for your password once more" in asked
    answer = plain_desk.post(AGAIN, {"password": PASSWORD, "next": FIRM})
    assert answer.headers["Location"] == FIRM
    clock.shift(299)
    assert plain_desk.get(FIRM).status_code == 200
    clock.shift(1)
    assert asked_again(plain_desk.get(FIRM))


@pytest.mark.parametrize("password", ["wrong", "", "\x00", "x" * 5000])
def test_a_wrong_password_opens_nothing(plain_desk: Client, password: str) -> None:
    assert plain_desk.post(AGAIN, {"password": password}).status_code == 200
    assert plain_desk.post(AGAIN, {"code": "000000"}).status_code == 200
    assert asked_again(plain_desk.get(FIRM))


def test_guessing_the_password_locks_the_guesser_out(plain_desk: Client) -> None:
    statuses = [plain_desk.post(AGAIN, {"password": f"wrong {number}"}).status_code for number in range(8)]
    assert statuses[-1] == 429
    assert plain_desk.post(AGAIN, {"password": PASSWORD}).status_code == 429
    assert asked_again(plain_desk.get(FIRM))


def test_strangers_are_asked_for_their_password_first(client: Client) -> None:
    assert client.get(AGAIN).headers["Location"].startswith("/admin/login/")
    assert client.get(FIRM).headers["Location"].startswith("/admin/login/")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_every_manager_is_told_of_new_bank_details(
    in_process: None,  # noqa: F811
    desk: Client,
    manager: User,
) -> None:
    chief = User.objects.create_superuser("chief@example.com", PASSWORD, first_name="A", last_name="B", language="fr")
    ApiUserFactory(is_staff=True)
    prove(desk, manager)
    answer = desk.post(FIRM, {"FIRM_IBAN": IBAN, "FIRM_BIC": "", "FIRM_SIREN": "", "FIRM_VAT_NUMBER": ""})
    assert answer.status_code == 302
    live.forget()
    assert live.FIRM_IBAN == IBAN
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {manager.email, chief.email}
    assert "manager@example.com" in letters[chief.email].body
    assert letters[chief.email].subject == "Les coordonnées bancaires du cabinet ont été changées"
    assert IBAN not in letters[chief.email].body
    event = AuditEvent.objects.get(object_label="FIRM_IBAN")
    assert (event.before, event.after, event.actor_email) == ({"value": ""}, {"value": IBAN}, manager.email)


def test_saving_what_stands_there_tells_nobody(desk: Client, manager: User) -> None:
    prove(desk, manager)
    assert desk.post(FIRM, {"FIRM_IBAN": "", "FIRM_BIC": ""}).status_code == 302
    assert not AuditEvent.objects.filter(action="changed").exists()


def test_the_big_form_changes_neither_bank_details_nor_the_second_factor(desk: Client) -> None:
    form = desk.get(SETTINGS).context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {**data, "FIRM_IBAN": "not an iban", "STAFF_SECOND_FACTOR_REQUIRED": "on", "COMMENT_LENGTH": 1500}
    answer = desk.post(SETTINGS, {name: value for name, value in sent.items() if value is not False})
    assert answer.status_code == 302
    live.forget()
    assert (live.FIRM_IBAN, live.STAFF_SECOND_FACTOR_REQUIRED, live.COMMENT_LENGTH) == ("", False, 1500)


def test_other_roles_have_no_page_of_the_firms_details(db: None) -> None:
    user = ApiUserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="auditor"))
    assert browser_of(user).get(FIRM).status_code == 403
