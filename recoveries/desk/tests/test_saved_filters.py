"""Saved filters: kept by their author, shared by who may, checked as the list checks them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AuditEvent, User
from recoveries.models import SavedFilter
from tests.backoffice import browser_of
from tests.factories import Api, ApiUserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/recoveries/recovery/"


def person(role: str, **fields: Any) -> User:
    """A member of staff with a role."""
    user = ApiUserFactory(is_staff=True, language="en", **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def save(office: Client, query: str, name: str = "Mine", **data: str) -> Any:
    """Keep `query` under `name`; the list afterwards."""
    return office.post(f"{LIST}filters/save/?{query}", {"name": name, **data}, follow=True)


def links(office: Client) -> list[str]:
    """The names of the saved filters above the list."""
    return [offered.saved.name for offered in office.get(LIST).context["saved_filters"]["filters"]]


def test_a_filter_is_kept_and_offered_as_a_link() -> None:
    office = browser_of(person("handler"))
    page = save(office, "handler=me&deadline=7&q=dupont", "Urgent & mine")
    saved = SavedFilter.objects.get()
    assert f'href="?{saved.query.replace("&", "&amp;")}"' in page.content.decode()
    assert "Urgent &amp; mine" in page.content.decode()
    answer = office.get(f"{LIST}?{saved.query}")
    assert answer.context["filter_form"].active == {"handler": "me", "deadline": "7"}
    assert answer.context["cl"].query == "dupont"
    assert answer.context["saved_filters"]["present"].saved == saved
    assert AuditEvent.objects.get(action="filter_saved").object_id == str(saved.pk)


def test_only_what_the_list_knows_is_kept() -> None:
    office = browser_of(person("manager"))
    save(office, "handler=me&country=ZZ&foo=1&owner__password__startswith=x&p=3&o=4")
    assert SavedFilter.objects.get().query == "handler=me&o=4"
    page = save(office, "foo=1&country=ZZ", "Nothing")
    assert "There is nothing to save" in page.content.decode()
    assert SavedFilter.objects.count() == 1


def test_the_same_name_replaces_and_other_authors_have_their_own() -> None:
    mine, other = person("handler"), person("handler")
    save(browser_of(mine), "group=1")
    save(browser_of(mine), "group=2")
    save(browser_of(other), "group=3")
    kept = {(saved.user_id, saved.query) for saved in SavedFilter.objects.all()}
    assert kept == {(mine.pk, "group=2"), (other.pk, "group=3")}
    assert links(browser_of(mine)) == ["Mine"]


def test_sharing_is_for_managers() -> None:
    handler, manager = person("handler"), person("manager")
    page = save(browser_of(handler), "group=1", is_shared="on")
    assert "You may not share filters." in page.content.decode()
    save(browser_of(manager), "group=1", "For all", is_shared="on")
    assert SavedFilter.objects.get().is_shared
    assert links(browser_of(handler)) == ["For all"]
    save(browser_of(manager), "group=2", "For me")
    assert links(browser_of(handler)) == ["For all"]


def test_deleting_is_for_the_author_and_for_managers() -> None:
    author, other, manager = person("handler"), person("handler"), person("manager")
    save(browser_of(author), "group=1")
    own = SavedFilter.objects.get()
    for stranger in (other, manager):
        browser_of(stranger).post(f"{LIST}filters/{own.pk}/delete/")
        assert SavedFilter.objects.filter(pk=own.pk).exists(), "private: not theirs to know"
    browser_of(author).post(f"{LIST}filters/{own.pk}/delete/")
    assert not SavedFilter.objects.exists()
    assert AuditEvent.objects.get(action="filter_deleted").details == {"query": "group=1"}
    save(browser_of(manager), "group=1", "For all", is_shared="on")
    shared = SavedFilter.objects.get()
    browser_of(other).post(f"{LIST}filters/{shared.pk}/delete/")
    assert SavedFilter.objects.exists()
    browser_of(person("manager")).post(f"{LIST}filters/{shared.pk}/delete/")
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 101, "a\x00b"])
def test_a_bad_name_is_refused(name: str) -> None:
    page = save(browser_of(person("handler")), "group=1", name)
    assert "Give the filter a name" in page.content.decode()
    assert not SavedFilter.objects.exists()


def test_a_huge_query_is_not_kept() -> None:
    office = browser_of(person("handler"))
    save(office, "group=1&q=" + "x" * 3000)
    assert not SavedFilter.objects.exists()
    save(office, "&".join(f"x{n}=1" for n in range(200)))
    assert not SavedFilter.objects.exists()


def test_strangers_and_clients_stay_outside(owner: Api) -> None:
    assert owner.user is not None
    for office in (Client(), browser_of(owner.user)):
        office.post(f"{LIST}filters/save/?group=1", {"name": "x"})
    assert (
        browser_of(ApiUserFactory(is_staff=True)).post(f"{LIST}filters/save/?group=1", {"name": "x"}).status_code == 403
    )
    assert not SavedFilter.objects.exists()
    assert browser_of(person("handler")).get(f"{LIST}filters/save/?group=1").status_code == 405
