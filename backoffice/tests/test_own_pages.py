"""Pages of the house where Django would show its own: nothing there, not allowed, a form not taken, a room's index."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, User
from tests.backoffice import browser_of, chief, page_of
from tests.factories import ApiUserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["nothing/here/", "recoveries/nothing/"])
def test_an_address_where_nothing_is_has_a_page_of_the_house(
    path: str, debug: bool, office: Client, settings: Settings
) -> None:
    settings.DEBUG = debug
    answer = office.get(f"/admin/{path}", follow=True)
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()
    assert "URLconf" not in answer.content.decode()


def test_who_is_not_allowed_reads_so(settings: Settings) -> None:
    settings.DEBUG = True
    user = ApiUserFactory(is_staff=True, language="en")
    user.groups.add(Group.objects.get(name="handler"))
    answer = browser_of(user).get("/admin/constance/config/firm/")
    assert answer.status_code == 403
    assert "You may not open this page" in answer.content.decode()


def test_who_may_only_read_the_settings_is_told_so_in_french() -> None:
    user = ApiUserFactory(is_staff=True, language="fr")
    user.groups.add(Group.objects.get(name="auditor"))
    browser, settings = browser_of(user), "/admin/constance/config/"
    assert "le droit de changer ces valeurs" in browser.get(settings).content.decode()
    answer = browser.post(settings, {"MAX_PAGE_SIZE": "5"})
    assert answer.status_code == 403
    assert "Vous ne pouvez pas ouvrir cette page" in answer.content.decode()


@pytest.mark.parametrize("debug", [True, False])
def test_a_form_from_elsewhere_is_refused_in_words(debug: bool, settings: Settings) -> None:
    settings.DEBUG = debug
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(chief(language="fr"))
    answer = browser.post("/admin/account/", {"language": "en"})
    assert answer.status_code == 403
    assert "Rien n’a été modifié" in answer.content.decode()


def test_the_index_of_a_room_lists_its_pages(office: Client) -> None:
    text = office.get("/admin/recoveries/").content.decode()
    assert "Hello" not in text
    assert "/admin/recoveries/recovery/" in text
    assert "/admin/accounts/user/" not in text.split('id="content-main"')[1]


def test_pages_of_things_bear_the_names_of_the_things() -> None:
    browser = browser_of(chief(language="fr"))
    asked = (page_of(User, "changelist"), page_of(User, "add"), page_of(AuditEvent, "changelist"))
    titles = [browser.get(address).context["title"] for address in asked]
    assert titles == ["Utilisateurs", "Utilisateur", "Événements de l’audit"]
