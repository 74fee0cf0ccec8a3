"""The end of a session is told before it comes, and a form that came too late gives its text back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from backoffice.staying import PATH
from tests.backoffice import browser_of, chief

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
HOME = "/admin/"
TEXT = "Le débiteur promet de payer vendredi."


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(clock: Any, system_setting: Callable[..., None]) -> Client:
    system_setting(STAFF_IDLE_MINUTES=30, STAFF_SESSION_HOURS=1)
    browser = browser_of(chief(language="fr"))
    browser.get(HOME)
    return browser


def told(answer: Any) -> tuple[int, bool]:
    state = answer.json()
    return state["seconds"], state["may_stay"]


def test_asking_prolongs_nothing_and_the_button_does(office: Client, clock: Any) -> None:
    assert 'data-seconds="1800"' in office.get(HOME).content.decode()
    clock.shift(timedelta(minutes=20))
    assert told(office.get(PATH)) == (600, True)
    clock.shift(timedelta(minutes=5))
    assert told(office.get(PATH)) == (300, True)
    assert told(office.post(PATH)) == (1800, True)
    clock.shift(timedelta(minutes=25))
    assert told(office.post(PATH)) == (600, False)  # The working day ends then, whatever one does.
    clock.shift(timedelta(minutes=10))
    assert told(office.get(PATH)) == (0, False)
    assert office.get(HOME).status_code == 302


def test_who_has_not_logged_in_has_no_time_left() -> None:
    stranger = Client()
    assert told(stranger.get(PATH)) == told(stranger.post(PATH)) == (0, False)
    assert stranger.put(PATH).status_code == 405


@pytest.mark.parametrize("origin", ["same-origin", "cross-site", "none", None])
def test_the_text_of_a_late_form_goes_back_to_who_typed_it_here(origin: str | None) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(chief(language="fr"))
    headers = {"Sec-Fetch-Site": origin} if origin else {}
    sent = {"text": TEXT, "password": "a secret of many words", "form_token": "0" * 32, "csrfmiddlewaretoken": "x y z"}
    answer = browser.post("/admin/recoveries/recovery/1/action/comment/", sent, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Rien n’a été modifié" in page
    assert 'href="/admin/recoveries/recovery/1/action/comment/"' in page
    assert (TEXT in page) is (origin == "same-origin")
    assert "secret" not in page
    assert "x y z" not in page


@pytest.mark.parametrize(
    "sent",
    [{"text": "<script>alert(1)</script> et \x00"}, {f"text_{n}": "a b" for n in range(1500)}, {"a": "b " * 30_000}],
)
def test_whatever_was_sent_is_text(sent: dict[str, str]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(chief())
    answer = browser.post(HOME, sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in (400, 403)
    assert "<script>alert" not in answer.content.decode()
    assert len(answer.content) < 100_000
