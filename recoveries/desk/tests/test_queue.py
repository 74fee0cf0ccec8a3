"""The queue *À traiter*: in the order of what is lost by waiting, with why; and from one case to the next."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from legalcity.lib.clock import today
from recoveries.agenda.follow_ups import follow_up_set
from recoveries.desk.reads.queue import queue, queue_ids
from recoveries.desk.tests.pages import opened, person, words
from recoveries.models import CaseBalance, Comment, FollowUp, Recovery
from tests.backoffice import act, browser_of, page_of
from tests.factories import Api, case_id
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
DAY = today()
noon = noon_of(DAY)


@pytest.fixture
def handler() -> User:
    return person("handler")


@pytest.fixture
def browser(handler: User) -> Client:
    return browser_of(handler)


def due(owner: Api, handler: User | None, *, owed: int = 100, late: int = 10, on: int = 0, **fields: Any) -> Recovery:
    """A case of `handler` that comes up in `on` days, and of which `owed` EUR are `late` days late."""
    case = Recovery.objects.get(pk=case_id(owner))
    values = {"user": handler, "recovery_due_date": DAY - timedelta(days=late), "next_deadline": None, **fields}
    Recovery.objects.filter(pk=case.pk).update(**values)
    CaseBalance.objects.filter(pk=case.pk).update(due=Decimal(owed))
    FollowUp.objects.update_or_create(
        pk=case.pk, defaults={"owner_id": case.owner_id, "on": DAY + timedelta(days=on), "reason": "opened"}
    )
    return case


def law(days: int) -> dict[str, Any]:
    return {"next_deadline": DAY + timedelta(days=days), "next_deadline_code": "limitation"}


def test_what_is_lost_by_waiting_comes_first(owner: Api, handler: User) -> None:
    small, large, old = due(owner, handler, owed=10), due(owner, handler, owed=900), due(owner, handler, late=200)
    unread = due(owner, handler, on=9)
    Comment.objects.create(recovery=unread, user=owner.user, html="<p>?</p>", text="?")
    soon, lapsed = due(owner, handler, on=9, **law(6)), due(owner, handler, on=9, **law(-2))
    due(owner, handler, on=1)
    due(owner, None)
    due(owner, handler, on=9, **law(30))
    due(owner, person("handler"))
    ids = [one.pk for one in (lapsed, soon, unread, old, large, small)]
    assert list(queue_ids(handler, mine=True, day=DAY)) == ids
    said = {one.pk: (str(one.why), one.tone) for one in queue(handler, mine=True, day=DAY)}
    assert said[lapsed.pk][1] == "bad"
    assert said[unread.pk][0] == "A comment waits to be read."
    assert said[old.pk] == ("Nobody has said yet when the case comes up.", "")


def test_a_case_that_was_put_off_does_not_come_up(owner: Api, handler: User) -> None:
    case = due(owner, handler, **law(6))
    assert queue_ids(handler, mine=True, day=DAY) == [case.pk]
    follow_up_set(recovery_id=case.pk, on=DAY + timedelta(days=3), by=handler)
    assert queue_ids(handler, mine=True, day=DAY) == []
    assert queue_ids(handler, mine=True, day=DAY + timedelta(days=3)) == [case.pk]


def test_the_page_shows_whose_queue_one_may_see(owner: Api, handler: User, browser: Client) -> None:
    mine, theirs = due(owner, handler), due(owner, person("handler"))
    for query in ("", "?scope=all"):
        page = browser.get(f"/admin/queue/{query}").content.decode()
        assert mine.recovery_reference in page
        assert theirs.recovery_reference not in page
    chief = browser_of(person("manager"))
    assert theirs.recovery_reference in chief.get("/admin/queue/?scope=all").content.decode()
    assert mine.recovery_reference not in chief.get("/admin/queue/").content.decode()


def next_url(page: str) -> str | None:
    found = re.search(r'href="([^"]+)" data-key="n"', page)
    return found and found[1].replace("&amp;", "&")


def test_one_goes_from_case_to_case_through_the_queue(owner: Api, handler: User, browser: Client) -> None:
    cases = [due(owner, handler, owed=owed) for owed in (300, 200, 100)]
    way = next_url(browser.get("/admin/queue/").content.decode())
    seen = []
    while way:
        page = browser.get(way).content.decode()
        seen.append(int(re.search(r"/recovery/(\d+)/", way)[1]))
        said = re.search(r"Next case (\d/\d)", words(page))
        way = next_url(page)
        assert (said and said[1]) == (f"{len(seen)}/3" if way else None)
    assert seen == [case.pk for case in cases]
    assert "This is the last one." in words(page)


def test_after_an_act_the_next_case_is_the_one_that_came_behind(owner: Api, handler: User, browser: Client) -> None:
    _first, second, third = (due(owner, handler, owed=owed) for owed in (300, 200, 100))
    way = f"/admin/recoveries/recovery/{second.pk}/"
    page = browser.get(f"{way}action/follow-up/?queue=mine&place=2")
    data = {"form_token": page.context["token"], "on": DAY + timedelta(days=3)}
    answer = browser.post(f"{way}action/follow-up/?queue=mine&place=2", data)
    assert answer["Location"] == f"{way}change/?queue=mine&place=2"
    after = next_url(browser.get(answer["Location"]).content.decode())
    assert after == f"/admin/recoveries/recovery/{third.pk}/change/?queue=mine&place=2"


def test_one_goes_through_the_list_with_its_filters(owner: Api, handler: User, browser: Client) -> None:
    cases = [due(owner, handler) for _number in range(3)]
    due(owner, None)
    page = browser.get("/admin/recoveries/recovery/?handler=me").content.decode()
    way = re.search(rf'href="(/admin/recoveries/recovery/{cases[2].pk}/change/[^"]+)"', page)[1]
    seen = [cases[2].pk]
    while following := next_url(browser.get(way.replace("&amp;", "&")).content.decode()):
        way = following
        seen.append(int(re.search(r"/recovery/(\d+)/", way)[1]))
    assert seen == [case.pk for case in reversed(cases)]


def test_the_next_page_of_a_list_follows(owner: Api, handler: User, browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("recoveries.desk.case_list.CaseList.list_per_page", 2)
    cases = [due(owner, handler) for _number in range(3)]
    page = opened(browser, cases[1], "?_changelist_filters=p%3D1")
    assert "Next case 2/3" in words(page)
    assert str(next_url(page)).startswith(f"/admin/recoveries/recovery/{cases[0].pk}/change/?_changelist_filters=p%3D2")


@pytest.mark.parametrize(
    "query",
    [
        "?queue=nonsense&place=x",
        "?queue=mine&place=99999999999",
        "?_changelist_filters=p%3Dx",
        "?_changelist_filters=owner__password%3Dx",
        "?_changelist_filters=o%3D99.1",
        "?_changelist_filters=%26%26%26",
        "?_changelist_filters=e%3D1",
    ],
)
def test_a_way_that_nobody_clicked_together_leads_nowhere(
    owner: Api, handler: User, browser: Client, query: str
) -> None:
    opened(browser, due(owner, handler), query)


def test_a_promise_is_noted_on_the_page_of_the_case(owner: Api, handler: User, browser: Client) -> None:
    case = due(owner, handler)
    promised = DAY + timedelta(days=4)
    assert act(browser, case, "promise", amount="250,50", promised=promised).status_code == 302
    assert "250.50 € were promised for" in words(opened(browser, case))
    assert queue_ids(handler, mine=True, day=DAY) == []


def test_a_case_of_nobody_is_taken_from_the_queue_by_one_click(owner: Api, handler: User, browser: Client) -> None:
    free, theirs = due(owner, None), due(owner, person("handler"))
    page = browser.get(reverse("queue"))
    [[address, token, offered]] = page.context["free"]
    assert offered.pk == free.pk != theirs.pk
    answer = browser.post(address, {"form_token": token})
    assert answer["Location"].startswith(page_of(Recovery, "change", free.pk))
    assert Recovery.objects.get(pk=free.pk).user == handler
    assert browser.get(reverse("queue")).context["free"] == []
