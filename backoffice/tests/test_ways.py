"""The head of every page: the ways to the main pages, and the search."""

import pytest
from django.test import Client

from backoffice.people import staff_create
from tests.backoffice import browser_of, chief
from tests.factories import Api

pytestmark = pytest.mark.django_db

QUEUE, CASES, JOURNAL = "/admin/queue/", "/admin/recoveries/recovery/", "/admin/journal/"


def ways(browser: Client, page: str) -> dict[str, bool]:
    """The ways that a page has, each with whether it is on it."""
    return {way["url"]: way["is_here"] for way in browser.get(page).context["ways"]}


@pytest.mark.parametrize(
    ("role", "has", "has_not"),
    [
        ("handler", {QUEUE, CASES}, {JOURNAL}),
        ("accountant", {CASES, JOURNAL, "/admin/invoicing/firminvoice/"}, {QUEUE, "/admin/constance/config/"}),
        ("manager", {QUEUE, CASES, JOURNAL, "/admin/constance/config/"}, set()),
    ],
)
def test_each_role_has_its_ways(role: str, has: set[str], has_not: set[str]) -> None:
    person, _link = staff_create(email="new@example.com", first_name="Camille", last_name="Renard", role=role)
    found = set(ways(browser_of(person), "/admin/"))
    assert has <= found
    assert not has_not & found


def test_the_way_that_one_is_on(owner: Api) -> None:
    browser = browser_of(chief())
    assert [url for url, is_here in ways(browser, f"{CASES}?q=x").items() if is_here] == [CASES]
    assert not any(ways(browser, "/admin/account/").values())


def test_nobody_has_ways_before_the_login() -> None:
    assert Client().get("/admin/login/").context["ways"] == []


@pytest.mark.parametrize(
    "page", [JOURNAL, "/admin/tasks/", "/admin/constance/config/?q=reminder", "/admin/cases/new/?name=durand"]
)
def test_the_search_shows_nothing_that_another_field_was_asked(page: str) -> None:
    text = browser_of(chief()).get(page).content.decode()
    head = text[text.index('class="lc-find"') : text.index('id="lc-keys"')]
    assert 'value=""' in head
