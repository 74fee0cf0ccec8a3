"""The calendar of staff: what is on which day for whom, and the address at which a program reads it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent, User
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.reads import calendar
from recoveries.desk.tests.pages import case_of, person
from recoveries.models import CalendarFeed, FollowUp, Injunction, Recovery
from tests.backoffice import browser_of
from tests.factories import Api, ApiUserFactory

pytestmark = pytest.mark.django_db

PAGE, ADDRESS = "/admin/calendar/", "/admin/calendar/address/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The last day of November 2026, on which the calendar goes on to the end of the next year."""
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def handler() -> User:
    return person("handler")


@pytest.fixture
def case(owner: Api, handler: User) -> Recovery:
    """A case of `handler`, to be looked at again on 10 December 2026, whose legal date is the 15th."""
    case = case_of(owner)
    Recovery.objects.filter(pk=case.pk).update(
        user=handler,
        customer_company="Ateliers Morvan",
        debtor_company="Boulangerie Fictive",
        next_deadline=date(2026, 12, 15),
        next_deadline_code="limitation",
        next_deadline_article="art. 2224 C. civ.",
    )
    FollowUp.objects.filter(pk=case.pk).delete()
    case.refresh_from_db()
    FollowUp.objects.create(recovery=case, on=date(2026, 12, 10), reason="hand", facts={"why": "Mme Fictive appelle"})
    return case


def days(browser: Client, **query: str) -> dict[date, list[str]]:
    """What is shown by day."""
    page = browser.get(PAGE, {"month": "2026-12", "view": "list", **query})
    assert page.status_code == 200
    return {day: [entry.what for entry in entries] for day, entries in page.context["days"].items()}


BOTH = {date(2026, 12, 10): ["follow-up"], date(2026, 12, 15): ["legal"]}


def test_days_of_ones_own_cases(case: Recovery, handler: User) -> None:
    browser = browser_of(handler)
    assert days(browser) == BOTH
    assert days(browser, month="2027-01") == {}
    assert days(browser, kind="legal") == {date(2026, 12, 15): ["legal"]}
    page = browser.get(PAGE, {"month": "2026-12"}).content.decode()
    assert f"/admin/recoveries/recovery/{case.pk}/change/" in page


def test_nobody_sees_days_of_cases_out_of_reach(case: Recovery) -> None:
    colleague = browser_of(person("handler"))
    assert days(colleague) == {}
    assert days(colleague, scope="all", handler=str(case.user_id)) == {}


def test_a_manager_chooses_whose_days(case: Recovery, handler: User, owner: Api) -> None:
    browser, other = browser_of(person("manager")), ApiUserFactory()
    assert days(browser) == {}
    assert days(browser, scope="all") == BOTH
    assert days(browser, handler=str(handler.pk)) == BOTH
    assert days(browser, scope="all", client=str(owner.user.pk)) == BOTH
    assert days(browser, scope="all", client=str(other.pk)) == {}


@pytest.mark.parametrize("query", [{"month": "2026-13"}, {"month": "\x00"}, {"handler": "x"}, {"kind": "odd"}])
def test_what_cannot_be_asked_is_told(query: dict[str, str]) -> None:
    page = browser_of(person("manager")).get(PAGE, query)
    assert page.status_code == 200
    assert page.context["form"].errors


def test_hearings_and_later_dates_of_a_procedure_are_shown(owner: Api) -> None:
    case = Recovery.objects.get(pk=transferred(owner, transferable(owner)))
    Injunction.objects.filter(recovery=case).update(hearing_on=date(2026, 12, 3))
    browser = browser_of(person("manager"))
    assert days(browser, scope="all", kind="hearing") == {date(2026, 12, 3): ["hearing"]}
    Injunction.objects.filter(recovery=case).update(ended_on=date(2026, 12, 1))
    assert days(browser, scope="all", kind="hearing") == {}


@pytest.mark.parametrize("limit", ["MOST", "PROCEDURES"])
def test_what_a_limit_leaves_out_is_told_and_nothing_else(
    owner: Api, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _turn in range(2):
        transferred(owner, transferable(owner))
    Recovery.objects.update(next_deadline=date(2026, 12, 15))
    browser, query = browser_of(person("manager")), {"month": "2026-12", "scope": "all", "kind": "legal"}
    for most, told in ((2, False), (1, True)):
        monkeypatch.setattr(calendar, limit, most)
        assert browser.get(PAGE, query).context["is_cut"] is told


def test_more_of_a_day_is_in_the_list_of_its_month(case: Recovery, handler: User) -> None:
    FollowUp.objects.filter(recovery=case).update(on=date(2026, 12, 15))
    browser = browser_of(handler)
    cells = {
        cell.day: cell
        for month in ("2026-11", "2026-12")
        for week in browser.get(PAGE, {"month": month, "kind": "legal"}).context["weeks"]
        for cell in week
    }
    beside = browser.get(PAGE, {"month": "2027-01", "kind": "legal"}).context["weeks"][0][0]
    for cell in (cells[date(2026, 12, 15)], beside):
        assert cell.url == f"?month=2026-12&kind=legal&view=list#day-{cell.day:%Y%m%d}"


# --- the address -----------------------------------------------------------------------------------------------------
def made(browser: Client) -> str:
    """A new address of the calendar: its path."""
    assert browser.post(ADDRESS, {"act": "renew"}).status_code == 302
    address = browser.get(PAGE).context["address"]
    assert browser.get(PAGE).context["address"] is None
    return "/calendar/" + address.rpartition("/")[2]


def test_a_program_reads_the_days_without_the_debtor(case: Recovery, handler: User) -> None:
    address = made(browser_of(handler))
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == 2
    assert {"DTSTART;VALUE=DATE:20261215", "DTEND;VALUE=DATE:20261216"} <= set(lines)
    assert f"SUMMARY:Case to look at again – {case.recovery_reference} – Ateliers Morvan" in lines
    assert "Fictive" not in answer.content.decode()
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_an_address_is_kept_as_a_hash_renewed_and_closed(handler: User) -> None:
    browser = browser_of(handler)
    first = made(browser)
    assert CalendarFeed.objects.get().token_hash not in first
    second = made(browser)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    assert browser.post(ADDRESS, {"act": "revoke"}).status_code == 302
    assert Client().get(second).status_code == 404
    assert browser.post(ADDRESS, {"act": "revoke"}).status_code == 302
    actions = list(AuditEvent.objects.filter(action__startswith="calendar_feed").values_list("action", flat=True))
    assert sorted(actions) == ["calendar_feed_made"] * 2 + ["calendar_feed_revoked"]


def test_who_may_no_longer_come_in_has_no_calendar(handler: User) -> None:
    address = made(browser_of(handler))
    for change in ({"is_active": False}, {"is_active": True, "is_staff": False}):
        User.objects.filter(pk=handler.pk).update(**change)
        assert Client().get(address).status_code == 404
    User.objects.filter(pk=handler.pk).update(is_staff=True)
    handler.groups.clear()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "%00", "a" * 300])
def test_an_address_that_is_nobodys(token: str) -> None:
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    assert Client().post(f"/calendar/{token}.ics").status_code in (404, 405)


def test_a_file_that_lacks_days_says_so(case: Recovery, handler: User, monkeypatch: pytest.MonkeyPatch) -> None:
    address = made(browser_of(handler))
    assert b"UID:cut@" not in Client().get(address).content
    monkeypatch.setattr(calendar, "MOST", 0)
    cut = Client().get(address).content.decode()
    assert "UID:cut@" in cut
    assert "SUMMARY:Calendar incomplete" in cut
    assert "DTSTART;VALUE=DATE:20261130" in cut
