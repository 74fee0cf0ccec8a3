"""*Événements*: what staff find of what has happened, and who sees it."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from events.models import Delivery, Endpoint, Event
from events.public_ids import public_id
from events.tests.feeds import committed
from events.webhooks.endpoints import endpoint_create, endpoint_remove
from legalcity.lib.dates import PARIS
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, bare_case_id, case_id

pytestmark = pytest.mark.django_db

LIST = page_of(Event, "changelist")


@pytest.fixture
def office() -> Client:
    return browser_of(chief())


def found(office: Client, query: str) -> set[int]:
    answer = office.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return {event.pk for event in answer.context["cl"].result_list}


def test_events_are_found_by_case_client_day_id_and_type(office: Client, owner: Api, stranger: Api) -> None:
    case = Recovery.objects.get(pk=bare_case_id(owner))
    [created] = Event.objects.filter(type="recovery.created")
    day = datetime(2026, 11, 20, 23, 30, tzinfo=PARIS)
    old = committed(stranger.user.pk, "comment.created", recorded_at=day, recovery_id=None)
    for query in (case.recovery_reference, case.recovery_reference.lower(), case.pk, public_id(created.pk)):
        assert found(office, f"q={query}") == {created.pk}, query
    assert created.pk in found(office, f"q={owner.user.email}")
    assert found(office, f"q={stranger.user.email}+2026-11-20") == {old.pk}
    assert found(office, "q=20/11/2026") == {old.pk}
    assert found(office, "type=recovery.created") == {created.pk}
    assert found(office, f"recovery_id={case.pk}") == {created.pk}
    for odd in ("9" * 40, "evt_" + "a" * 26, "' OR 1=1"):
        assert found(office, f"q={odd}") == set(), odd


def test_the_page_of_an_event_shows_it_as_it_is_sent_and_changes_nothing(office: Client, owner: Api) -> None:
    bare_case_id(owner)
    event = Event.objects.get(type="recovery.created")
    page = office.get(page_of(Event, "change", event.pk)).content.decode()
    assert public_id(event.pk) in page
    assert "&quot;livemode&quot;: true" in page
    assert "A case was opened." in page
    assert office.get(page_of(Event, "add")).status_code == 403
    assert office.post(page_of(Event, "delete", event.pk), {"post": "yes"}).status_code == 403


def test_a_handler_sees_the_events_of_the_own_cases(owner: Api) -> None:
    mine, other = bare_case_id(owner), bare_case_id(owner)
    handler, colleague = (ApiUserFactory(is_staff=True) for _each in range(2))
    handler.groups.add(Group.objects.get(name="handler"))
    Recovery.objects.filter(pk=mine).update(user=handler)
    Recovery.objects.filter(pk=other).update(user=colleague)
    browser = browser_of(handler)
    seen = found(browser, "")
    assert set(Event.objects.filter(pk__in=seen).values_list("recovery_id", flat=True)) == {mine}
    hidden = Event.objects.get(recovery_id=other)
    assert browser.get(page_of(Event, "change", hidden.pk)).status_code == 302


def test_the_timeline_has_the_events_on_a_tab_of_their_own(office: Client, owner: Api) -> None:
    case = case_id(owner)
    event = Event.objects.get(type="recovery.created")
    page = page_of(Recovery, "change", case)
    assert public_id(event.pk) not in office.get(page).content.decode()
    tab = office.get(f"{page}?kind=event").content.decode()
    assert "A case was opened." in tab
    assert public_id(event.pk) in tab
    assert f'id="event-{event.pk}"' in tab


def test_a_handler_sees_that_something_was_sent_and_not_what(office: Client, owner: Api) -> None:
    bare_case_id(owner)
    event = Event.objects.get(type="recovery.created")
    endpoint = endpoint_create(owner=owner.user, values={"url": "https://erp.example.com/hook"})
    delivery = Delivery.objects.create(endpoint=endpoint, event=event)
    page = page_of(Delivery, "change", delivery.pk)
    assert public_id(event.pk) in office.get(page).content.decode()
    handler = ApiUserFactory(is_staff=True)
    handler.groups.add(Group.objects.get(name="handler"))
    seen = browser_of(handler).get(page).content.decode()
    assert "recovery.created" in seen
    assert public_id(event.pk) not in seen


def test_an_endpoint_that_its_owner_has_removed_is_not_one_that_staff_may_enable(office: Client, owner: Api) -> None:
    endpoint = endpoint_create(owner=owner.user, values={"url": "https://erp.example.com/hook"})
    endpoint_remove(endpoint_id=endpoint.pk)
    listed = office.get(page_of(Endpoint, "changelist")).content.decode()
    assert '<td class="field-standing">removed</td>' in listed
    assert "enable-endpoint" not in office.get(page_of(Endpoint, "change", endpoint.pk)).content.decode()
