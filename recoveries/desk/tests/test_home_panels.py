"""The home page: what waits for whom, counts that agree with the lists they lead to, and what it costs."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from accounts.models import User
from backoffice.audit import audit_record
from backoffice.home import KEPT, ROWS, Panel
from documents.models import Document
from legalcity.lib.clock import now, today
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.desk.reads.work import SOON
from recoveries.models import Comment, FollowUp, Injunction, Recovery
from recoveries.services.life import status_move
from scoring.models import ScoringOrder
from tests.backoffice import browser_of, chief
from tests.factories import Api, ApiUserFactory, case_id, move
from tests.noon import noon_of

pytestmark = pytest.mark.django_db

HOME = "/admin/"
DOOR = 8  # statements that any page takes when nothing is kept: session, person, second factor, rights, catalogues
DAY = today()
noon = noon_of(DAY)
LAST_WEEK, NEXT_WEEK = DAY - timedelta(days=7), DAY + timedelta(days=7)


def forget() -> None:
    """Empty the cache of this process; a shared one has the keys of others, too."""
    getattr(cache, "delete_pattern", lambda _pattern: cache.clear())("*")


def person(role: str, **fields: Any) -> User:
    user = ApiUserFactory(is_staff=True, language="en", **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def panels(browser: Client, **query: Any) -> dict[str, Panel]:
    """The panels of the home page, by title."""
    forget()
    page = browser.get(HOME, query)
    assert page.status_code == 200
    return {str(panel.title): panel for panel in page.context["panels"]}


def counts(browser: Client, **query: Any) -> dict[str, int]:
    return {title: panel.count for title, panel in panels(browser, **query).items()}


def write(case: int, author: User, **fields: Any) -> Comment:
    return Comment.objects.create(recovery_id=case, user=author, html="<p>Hello</p>", text="Hello", **fields)


def procedure(case: int, **fields: Any) -> Injunction:
    values = {"key": f"key{case}", "procedure": "national", "court_fee": Decimal("33.47"), "handling_fee": Decimal(100)}
    return Injunction.objects.create(recovery_id=case, **{**values, **fields})


@pytest.fixture
def handler() -> User:
    return person("handler")


@pytest.fixture
def of_handler(owner: Api, handler: User) -> Callable[..., int]:
    """Makes a case of the handler's that is not due and was touched just now; `fields` change it."""

    def make(**fields: Any) -> int:
        pk = case_id(owner)
        values = {"user": handler, "recovery_due_date": NEXT_WEEK, "updated_at": now(), **fields}
        Recovery.objects.filter(pk=pk).update(**values)
        return pk

    return make


def test_a_case_is_to_act_on_for_each_of_its_reasons(owner: Api, handler: User, of_handler: Callable[..., int]) -> None:
    browser = browser_of(handler)
    of_handler(recovery_due_date=LAST_WEEK)  # due to be paid, but not to be looked at
    look_again(of_handler(), today() + timedelta(days=1))
    assert counts(browser)["My cases to act on today"] == 0

    again, commented, lapsing = of_handler(), of_handler(), of_handler()
    look_again(again, today())
    write(commented, owner.user)
    procedure(lapsing)
    lapse(lapsing, today())
    panel = panels(browser)["My cases to act on today"]
    assert panel.count == 3
    badges = {row.url.split("/")[-3]: row.badge for row in panel.rows}
    assert badges == {
        str(again): date_format(today(), "SHORT_DATE_FORMAT"),
        str(commented): "Unread comment",
        str(lapsing): "Legal deadline",
    }

    Comment.objects.update(is_read=True)
    lapse(lapsing, today() + timedelta(days=SOON + 1))
    status_move(recovery_id=again, to_status=9, by=handler)
    assert counts(browser)["My cases to act on today"] == 0


def look_again(case: int, on: date) -> None:
    FollowUp.objects.create(recovery_id=case, on=on, reason="hand")


def test_other_peoples_work_is_not_mine(owner: Api, handler: User, of_handler: Callable[..., int]) -> None:
    colleague = person("handler")
    for user in (handler, colleague, None):
        write(of_handler(user=user), owner.user)
    mine, theirs = counts(browser_of(handler)), counts(browser_of(person("manager")))
    assert (mine["My cases to act on today"], theirs["Cases to act on today"]) == (1, 2)
    assert (mine["Unread comments"], theirs["Unread comments"]) == (2, 3)
    assert mine["New cases unassigned"] == theirs["New cases unassigned"] == 1


def test_a_manager_looks_at_all_or_at_the_own_ones(owner: Api, of_handler: Callable[..., int]) -> None:
    manager = person("manager")
    for user in (manager, person("handler")):
        write(of_handler(user=user), owner.user)
    browser = browser_of(manager)
    assert counts(browser)["Unread comments"] == 2
    own = panels(browser, scope="mine")
    assert own["Unread comments"].count == own["My cases to act on today"].count == 1
    assert browser.get(HOME).context["may_switch"]
    assert not browser_of(person("handler")).get(HOME).context["may_switch"]
    assert counts(browser_of(person("handler")), scope="all")["Unread comments"] == 0


def test_unread_is_what_others_wrote(owner: Api, handler: User, of_handler: Callable[..., int]) -> None:
    case = of_handler()
    write(case, handler)
    write(case, owner.user, is_read=True)
    assert counts(browser_of(handler))["Unread comments"] == 0
    write(case, owner.user)
    write(case, owner.user)
    panel = panels(browser_of(handler))["Unread comments"]
    assert panel.count == 1, "cases are counted, as in the list"
    assert panel.rows[0].note == "Hello"


def test_documents_fees_deadlines_and_orders(owner: Api, handler: User, of_handler: Callable[..., int]) -> None:
    refused, unpaid, paid, closed = (of_handler() for _ in range(4))
    for state in (Document.State.REJECTED, Document.State.READY):
        Document.objects.create(recovery_id=refused, name="paper.pdf", state=state)
    procedure(unpaid)
    procedure(paid, fee_paid_on=today())
    procedure(closed)
    lapse(unpaid, NEXT_WEEK)
    lapse(paid, today() + timedelta(days=90))
    move(closed, 9)
    for number, status in enumerate(("failed", "completed")):
        ScoringOrder.objects.create(
            order_id=f"SCR-2026-{number:03}",
            user=owner.user,
            company_id=1,
            company_name="Debtor",
            solvency_report=True,
            surveillance=False,
            status=status,
            created_at=now(),
            estimated_delivery=now(),
        )
    shown = panels(browser_of(handler))
    titles = ("Documents to check", "Injunction fees unpaid", "Deadlines about to lapse", "Scoring orders failed")
    assert [shown[title].count for title in titles] == [1, 1, 1, 1]
    assert "133.47" in str(shown["Injunction fees unpaid"].rows[0].badge)


def test_each_count_leads_to_as_many_rows(owner: Api, handler: User, of_handler: Callable[..., int]) -> None:
    for user in (handler, handler, None):
        case = of_handler(user=user, recovery_due_date=LAST_WEEK, updated_at=now() - timedelta(days=60))
        write(case, owner.user)
        procedure(case)
        lapse(case, LAST_WEEK)
        Document.objects.create(recovery_id=case, name="paper.pdf", state=Document.State.FAILED)
    manager = person("manager")
    Recovery.objects.filter(pk=of_handler(user=manager)).update(updated_at=now() - timedelta(days=60))
    write(Recovery.objects.get(user=manager).pk, owner.user)
    for user, query in ((handler, {}), (manager, {}), (manager, {"scope": "mine"})):
        browser = browser_of(user)
        every = panels(browser, **query).values()
        shown = [panel for panel in every if "/recovery/" in panel.url]
        assert len(shown) == 5
        [to_do] = [panel for panel in every if "/queue/" in panel.url]
        assert len(browser.get(to_do.url).context["rows"]) == to_do.count > 0
        assert any(panel.count for panel in shown)
        for panel in shown:
            listed = browser.get(panel.url).context["cl"].result_count
            assert listed == panel.count, (user.email, query, panel.title)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("role", "sees", "does_not_see"),
    [
        ("handler", {"My cases to act on today", "Scoring orders failed"}, {"Audit of today"}),
        ("manager", {"Cases to act on today", "Audit of today"}, set()),
        ("auditor", {"Audit of today", "Deadlines about to lapse"}, {"Cases to act on today"}),
        ("accountant", {"Injunction fees unpaid"}, {"Cases to act on today", "Audit of today"}),
    ],
)
def test_each_role_has_its_panels(role: str, sees: set[str], does_not_see: set[str]) -> None:
    shown = set(panels(browser_of(person(role))))
    assert sees <= shown
    assert not does_not_see & shown


def test_the_audit_of_today(owner: Api) -> None:
    auditor = person("auditor")
    before = counts(browser_of(auditor))["Audit of today"]
    audit_record(action="looked_into", target=owner.user, actor=auditor)
    browser = browser_of(auditor)
    panel = panels(browser)["Audit of today"]
    assert panel.count > before
    assert browser.get(panel.url).context["cl"].result_count == panel.count


def test_the_audit_names_a_setting_by_what_it_is_for() -> None:
    audit_record(action="setting_changed", label="FIRM_NAME")
    texts = [row.text for row in panels(browser_of(person("auditor")))["Audit of today"].rows]
    assert not any("FIRM_NAME" in text for text in texts)


@pytest.mark.same_everywhere
def test_nothing_to_do_is_said_kindly() -> None:
    page = browser_of(person("accountant")).get(HOME).content.decode()
    assert "Nothing is waiting for you" in page
    assert "<style" not in page
    assert " style=" not in page


@pytest.mark.same_everywhere
def test_hostile_names_are_text(owner: Api, handler: User) -> None:
    case = case_id(owner, debtor={"company_name": "<script>alert(1)</script>"})
    Recovery.objects.filter(pk=case).update(user=None)
    page = browser_of(handler).get(HOME).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def lapse(case: int, day: date) -> None:
    """Have the order of a case wait to be served until then."""
    Recovery.objects.filter(pk=case).update(
        next_deadline=day, next_deadline_code="service", next_deadline_article="art. 1411 CPC"
    )


def statements(browser: Client, **query: str) -> int:
    """With nothing kept by the process or the cache."""
    forget()
    catalogue.forget()
    live.forget()
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(HOME, query).status_code == 200
    return len(captured)


def test_the_page_stays_within_its_budget(owner: Api, handler: User, of_handler: Callable[..., int]) -> None:
    boss = browser_of(chief(language="en"))
    browsers = [browser_of(handler), browser_of(person("manager")), boss]
    for browser in browsers:
        browser.get(HOME)  # The first page of a session writes it.
    for number in range(12):
        case = of_handler(user=handler if number % 2 else None)
        write(case, owner.user)
        procedure(case)
        lapse(case, today())
    few = [statements(browser) for browser in browsers]
    for browser, asked in zip(browsers, few, strict=True):
        assert asked <= DOOR + 2 * len(panels(browser)), "its rows, and how many there are"
    for _ in range(12):
        write(of_handler(), owner.user)
    assert [statements(browser) for browser in browsers] == few


def test_what_is_not_counted_to_its_end_says_so(
    of_handler: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _case in range(ROWS + 2):
        of_handler(user=None)
    office = browser_of(chief())
    assert panels(office)["New cases unassigned"].counted == str(ROWS + 2)
    monkeypatch.setattr("backoffice.home.MOST_ROWS", ROWS + 1)
    panel = panels(office)["New cases unassigned"]
    assert (panel.counted, len(panel.rows)) == (f"{ROWS + 1}+", ROWS)
    assert f"See all {ROWS + 1}+" in office.get(HOME).text


def test_what_is_the_same_for_all_is_kept_for_a_minute(owner: Api, of_handler: Callable[..., int]) -> None:
    assert KEPT <= 60
    manager = browser_of(person("manager"))
    forget()
    manager.get(HOME)
    with CaptureQueriesContext(connection) as captured:
        manager.get(HOME)
    assert not [query for query in captured if "recoveries_recovery" in query["sql"]]
