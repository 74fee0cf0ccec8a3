"""The way into the back-office: password, second factor, end of the session, language."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuditEvent, User

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
INDEX, LOGIN, ACCOUNT = "/admin/", "/admin/login/", "/admin/account/"
AGAIN = "/admin/second-factor/again/"
STEP, SETUP, CODES = "/admin/second-factor/", "/admin/second-factor/setup/", "/admin/second-factor/codes/"
REMOVE = "/admin/second-factor/remove/"
BACKUP = re.compile(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b")


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def chief(clock: Any) -> User:
    return User.objects.create_superuser("chief@example.com", PASSWORD, first_name="Ann", last_name="Martin")


@pytest.fixture
def window() -> Client:
    return Client()


@pytest.fixture
def required(system_setting: Callable[..., None]) -> None:
    system_setting(STAFF_SECOND_FACTOR_REQUIRED=True)


def enter(window: Client, user: User, *, onward: str = INDEX) -> Any:
    """The answer to the password."""
    return window.post(LOGIN, {"username": user.email, "password": PASSWORD, "next": onward})


def code_now(user: User) -> str:
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):06d}"


def set_up(window: Client, user: User) -> list[str]:
    """Set the second factor up, as the page asks; the backup codes."""
    if window.get(SETUP).status_code == 302:  # Where none is required, the password is asked for once more.
        window.post(AGAIN, {"password": PASSWORD})
    assert window.get(SETUP).status_code == 200
    done = window.post(SETUP, {"code": code_now(user)})
    assert done.status_code == 200
    return BACKUP.findall(done.content.decode())


@pytest.fixture
def enrolled(chief: User, window: Client, clock: Any) -> list[str]:
    """The backup codes of a chief who has set up the second factor and left."""
    enter(window, chief)
    codes = set_up(window, chief)
    window.post("/admin/logout/")
    clock.shift(60)
    return codes


# --- who must ---------------------------------------------------------------------------------------------------
def test_without_the_setting_the_password_is_enough(chief: User, window: Client) -> None:
    assert enter(window, chief).headers["Location"] == INDEX
    assert window.get(INDEX).status_code == 200


def test_with_the_setting_nothing_opens_before_the_second_factor_is_set_up(
    chief: User, window: Client, required: None
) -> None:
    enter(window, chief)
    for path in (INDEX, ACCOUNT, "/admin/accounts/user/", "/admin/password_change/", CODES):
        answer = window.get(path, follow=True)
        assert answer.redirect_chain[-1][0].startswith(SETUP), path
    assert window.post(CODES).status_code == 302
    assert not StaticToken.objects.exists()
    set_up(window, chief)
    assert window.get(INDEX).status_code == 200


def test_the_setting_shuts_out_a_session_that_came_in_before(chief: User, window: Client, system_setting: Any) -> None:
    enter(window, chief)
    assert window.get(INDEX).status_code == 200
    system_setting(STAFF_SECOND_FACTOR_REQUIRED=True)
    assert window.get(INDEX, follow=True).redirect_chain[-1][0].startswith(SETUP)


def test_strangers_and_clients_have_no_second_step(window: Client, clock: Any) -> None:
    for path in (STEP, SETUP):
        assert window.get(path).headers["Location"] == f"{LOGIN}?next={path}"
    client = User.objects.create_user("client@example.com", PASSWORD, first_name="C", last_name="D")
    window.force_login(client)
    for path in (STEP, SETUP):
        assert window.get(path).status_code == 302
    assert not TOTPDevice.objects.exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"])
def test_whoever_sends_a_person_to_the_login_leads_them_home(onward: str, chief: User, window: Client) -> None:
    answer = enter(window, chief, onward=onward)
    assert answer.headers["Location"] == INDEX
    assert window.get(answer.headers["Location"]).status_code == 200


# --- the password ------------------------------------------------------------------------------------------------
EVEN = ["aaaaaaaaaaaa", "abababababab", "abcabcabcabc", "abcdefghijkl", "lkjihgfedcba", "Bailiff7Bailiff7"]
ON_THE_KEYS = ["azertyuiopqs", "qwertyuiopas", "Poiuytreza1234", "1qaz2wsx3edc", "&é\"'(-è_çàaz"]


@pytest.mark.same_everywhere
@pytest.mark.parametrize("weak", [*EVEN, *ON_THE_KEYS, "123456789012", "918273645546", "chief@example.com", "short1!"])
def test_a_password_that_is_guessed_first_is_refused(weak: str, chief: User, window: Client) -> None:
    enter(window, chief)
    sent = {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    assert window.post("/admin/password_change/", sent).status_code == 200
    chief.refresh_from_db()
    assert chief.check_password(PASSWORD)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("good", ["tulipe sur le port", "qT7#kLm2vX9w", "motdepassedurable"])
def test_a_password_of_many_letters_is_taken(good: str, chief: User, window: Client) -> None:
    enter(window, chief)
    sent = {"old_password": PASSWORD, "new_password1": good, "new_password2": good}
    assert window.post("/admin/password_change/", sent).status_code == 302


# --- setting it up -----------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
def test_the_page_shows_the_secret_as_picture_and_text_without_script_or_style(chief: User, window: Client) -> None:
    enter(window, chief)
    window.post(AGAIN, {"password": PASSWORD})
    page = window.get(SETUP)
    text = page.content.decode()
    device = TOTPDevice.objects.get(user=chief)
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    assert "<svg" in text
    assert secret in re.search(r"<code>([^<]+)</code>", text).group(1).replace(" ", "")
    main = text[text.index('id="content"') :]
    assert "<script" not in main
    assert " style=" not in main
    assert "no-store" in page.headers["Cache-Control"]
    assert window.get(SETUP).content.decode().count(secret[:4]) >= 1
    assert TOTPDevice.objects.count() == 1


def test_a_wrong_code_sets_nothing_up(chief: User, window: Client) -> None:
    enter(window, chief)
    window.post(AGAIN, {"password": PASSWORD})
    window.get(SETUP)
    wrong = f"{(int(code_now(chief)) + 1) % 10**6:06d}"
    answer = window.post(SETUP, {"code": wrong})
    assert "Ce code" in answer.content.decode() or "This code is wrong" in answer.content.decode()
    assert not TOTPDevice.objects.get().confirmed
    assert not StaticToken.objects.exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("code", ["", " ", "x" * 5000, "12\0456", "١٢٣٤٥٦", "-12345", "1e5", "<script>"])
def test_hostile_codes_are_refused_with_a_page(code: str, chief: User, window: Client, enrolled: list[str]) -> None:
    enter(window, chief)
    assert window.post(STEP, {"code": code}).status_code == 200
    assert window.get(INDEX).status_code == 302


def test_ten_backup_codes_are_shown_once_and_stored_hashed(chief: User, window: Client) -> None:
    enter(window, chief)
    codes = set_up(window, chief)
    assert len(set(codes)) == 10
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}
    for path in (SETUP, ACCOUNT, INDEX):
        assert not set(codes) & set(BACKUP.findall(window.get(path).content.decode()))
    assert window.get(ACCOUNT).status_code == 200


def test_who_has_only_the_password_cannot_replace_the_second_factor(
    chief: User, window: Client, enrolled: list[str]
) -> None:
    enter(window, chief)
    assert window.get(SETUP).headers["Location"] == STEP
    assert window.post(SETUP, {"code": "123456"}).headers["Location"] == STEP
    for path in (CODES, REMOVE):
        assert window.post(path).headers["Location"].startswith(LOGIN)
    assert TOTPDevice.objects.filter(user=chief, confirmed=True).count() == 1
    assert StaticToken.objects.count() == 10


# --- the second step ---------------------------------------------------------------------------------------------
def test_password_and_code_open_the_page_that_was_asked_for(chief: User, window: Client, enrolled: list[str]) -> None:
    wanted = "/admin/accounts/user/"
    enter(window, chief, onward=wanted)
    assert window.get(wanted, follow=True).redirect_chain[-1][0] == f"{STEP}?next=%2Fadmin%2Faccounts%2Fuser%2F"
    passed = window.post(STEP, {"code": code_now(chief), "next": wanted})
    assert passed.headers["Location"] == wanted
    assert window.get(wanted).status_code == 200


@pytest.mark.same_everywhere
@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_on_stays_in_the_house(onward: str, chief: User, window: Client, enrolled: list[str]) -> None:
    enter(window, chief)
    assert window.post(STEP, {"code": code_now(chief), "next": onward}).headers["Location"] == INDEX


def test_a_code_opens_once(chief: User, window: Client, enrolled: list[str]) -> None:
    code, thief = code_now(chief), Client()
    enter(window, chief)
    enter(thief, chief)
    assert window.post(STEP, {"code": code}).status_code == 302
    assert thief.post(STEP, {"code": code}).status_code == 200
    assert thief.get(INDEX).status_code == 302


def test_a_backup_code_opens_once(chief: User, window: Client, enrolled: list[str], clock: Any) -> None:
    code = enrolled[3]
    enter(window, chief)
    assert window.post(STEP, {"code": code.upper().replace("-", " ")}).status_code == 302
    assert window.get(INDEX).status_code == 200
    assert StaticToken.objects.count() == 9
    thief = Client()
    enter(thief, chief)
    assert thief.post(STEP, {"code": code}).status_code == 200
    assert thief.get(INDEX).status_code == 302


def test_wrong_codes_make_the_next_one_wait(chief: User, window: Client, enrolled: list[str], clock: Any) -> None:
    enter(window, chief)
    wrong = f"{(int(code_now(chief)) + 1) % 10**6:06d}"
    for _attempt in range(4):
        window.post(STEP, {"code": wrong})
        clock.shift(9)
    window.post(STEP, {"code": wrong})
    held = window.post(STEP, {"code": code_now(chief)})
    assert held.status_code == 200
    assert window.get(INDEX).status_code == 302
    clock.shift(60)
    assert window.post(STEP, {"code": code_now(chief)}).status_code == 302


def test_the_code_of_somebody_else_opens_nothing(chief: User, window: Client, enrolled: list[str]) -> None:
    other = User.objects.create_superuser("other@example.com", PASSWORD, first_name="O", last_name="P")
    elsewhere = Client()
    enter(elsewhere, other)
    set_up(elsewhere, other)
    enter(window, chief)
    assert window.post(STEP, {"code": code_now(other)}).status_code == 200
    assert window.get(INDEX).status_code == 302


# --- one's own account -------------------------------------------------------------------------------------------
def test_new_backup_codes_end_the_former_ones(chief: User, window: Client) -> None:
    enter(window, chief)
    former = set_up(window, chief)
    fresh = BACKUP.findall(window.post(CODES).content.decode())
    assert len(set(fresh)) == 10
    assert not set(fresh) & set(former)
    assert StaticToken.objects.count() == 10


def test_another_telephone_takes_the_place_of_the_first(chief: User, window: Client, clock: Any) -> None:
    enter(window, chief)
    set_up(window, chief)
    first = TOTPDevice.objects.get()
    window.get(SETUP)
    second = TOTPDevice.objects.get(confirmed=False)
    code = f"{totp(second.bin_key):06d}"
    assert window.post(SETUP, {"code": code}).status_code == 200
    assert list(TOTPDevice.objects.values_list("pk", "confirmed")) == [(second.pk, True)]
    assert second.key != first.key
    assert window.get(INDEX).status_code == 200


def test_it_is_given_up_only_where_it_is_not_required(chief: User, window: Client, system_setting: Any) -> None:
    enter(window, chief)
    set_up(window, chief)
    system_setting(STAFF_SECOND_FACTOR_REQUIRED=True)
    window.post(REMOVE)
    assert TOTPDevice.objects.exists()
    system_setting(STAFF_SECOND_FACTOR_REQUIRED=False)
    window.post(REMOVE)
    assert not TOTPDevice.objects.exists()
    assert window.get(INDEX).status_code == 200
    actions = list(AuditEvent.objects.order_by("id").values_list("action", "actor_email"))
    assert ("second_factor_set_up", chief.email) in actions
    assert ("second_factor_removed", chief.email) in actions


@pytest.mark.same_everywhere
def test_staff_read_french_until_they_choose_english(chief: User, window: Client) -> None:
    enter(window, chief)
    page = window.get(ACCOUNT, headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "fr"
    assert '<html lang="fr"' in page.content.decode()
    assert window.post(ACCOUNT, {"language": "de"}).status_code == 200
    assert window.post(ACCOUNT, {"language": "en", "is_superuser": "", "email": "x@example.com"}).status_code == 302
    page = window.get(ACCOUNT, headers={"Accept-Language": "fr"})
    assert page.headers["Content-Language"] == "en"
    chief.refresh_from_db()
    assert (chief.language, chief.email, chief.is_superuser) == ("en", "chief@example.com", True)


# --- the end of a session ------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
def test_a_session_ends_after_idle_time(chief: User, window: Client, clock: Any) -> None:
    enter(window, chief)
    for _visit in range(4):
        clock.shift(timedelta(minutes=29))
        assert window.get(INDEX).status_code == 200
    clock.shift(timedelta(minutes=30))
    ended = window.get("/admin/accounts/user/")
    assert ended.headers["Location"] == f"{LOGIN}?next=/admin/accounts/user/"
    assert window.get(INDEX).status_code == 302


@pytest.mark.same_everywhere
def test_a_session_ends_after_a_working_day_however_busy(chief: User, window: Client, clock: Any) -> None:
    enter(window, chief)
    for _visit in range(12 * 3 - 1):
        clock.shift(timedelta(minutes=20))
        assert window.get(INDEX).status_code == 200
    clock.shift(timedelta(minutes=20))
    assert window.get(INDEX).status_code == 302


@pytest.mark.same_everywhere
def test_staff_set_how_long_a_session_lasts(chief: User, window: Client, clock: Any, system_setting: Any) -> None:
    system_setting(STAFF_IDLE_MINUTES=5, STAFF_SESSION_HOURS=1)
    enter(window, chief)
    assert window.get(INDEX).status_code == 200
    clock.shift(timedelta(minutes=5))
    assert window.get(INDEX).status_code == 302


@pytest.mark.same_everywhere
def test_a_new_session_begins_anew(chief: User, window: Client, clock: Any) -> None:
    enter(window, chief)
    window.get(INDEX)
    clock.shift(timedelta(hours=13))
    enter(window, chief)
    assert window.get(INDEX).status_code == 200


def test_a_session_of_yesterday_has_not_shown_the_second_factor(
    chief: User, window: Client, enrolled: list[str], clock: Any
) -> None:
    enter(window, chief)
    window.post(STEP, {"code": code_now(chief)})
    clock.shift(timedelta(hours=1))
    window.get(INDEX)
    enter(window, chief)
    assert window.get(INDEX, follow=True).redirect_chain[-1][0].startswith(STEP)


@pytest.mark.same_everywhere
def test_cookies_are_for_this_house_and_this_browser_session(chief: User, window: Client) -> None:
    cookie = enter(window, chief).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""
