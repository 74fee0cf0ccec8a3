"""The portfolio at the end of a past day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from kombu.exceptions import OperationalError as NoBroker

from accounts.models import AuditEvent
from legalcity.lib.settings.stores import caches_of
from recoveries.desk.reads.as_of import AsOf, as_of, as_of_at_once
from recoveries.desk.tasks import list_day, reckon_day
from recoveries.desk.tests.pages import case_of, person
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Recovery
from tests.backoffice import browser_of
from tests.factories import Api

pytestmark = pytest.mark.django_db

PAGE = "/admin/portfolio/as-of/"
DAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def no_worker() -> Iterator[None]:
    """Tasks are carried out where they are queued, as without a broker."""
    conf = reckon_day.app.conf
    before, conf.task_always_eager = conf.task_always_eager, True
    yield
    conf.task_always_eager = before


@pytest.fixture
def case(owner: Api) -> Recovery:
    """Claims of 300.00 due 40 days ago and 200.00 due in 20 days, filed today."""
    bills = [("300.00", DAY - timedelta(days=40)), ("200.00", DAY + timedelta(days=20))]
    return case_of(
        owner,
        invoices=[
            {"invoice_amount": amount, "invoice_date": "2026-09-01", "invoice_due_date": due.isoformat()}
            for amount, due in bills
        ],
    )


def left(found: AsOf) -> dict[int, tuple[int, Decimal]]:
    return {row.band: (row.cases, row.left) for row in found.late if row.cases}


def test_what_is_not_due_is_apart_and_later_money_does_not_count(case: Recovery, owner: Api, clock: Any) -> None:
    assert left(as_of(DAY)) == {-1: (1, Decimal("200.00")), 1: (1, Decimal("300.00"))}
    clock.shift(timedelta(days=3))
    paid = DAY + timedelta(days=2)
    acompte_record(recovery_id=case.pk, amount=Decimal(100), day=paid, confirmed=True, by=None)
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(50), day=DAY - timedelta(days=1), by=None)
    found = as_of(paid, owner_id=owner.user.pk)
    assert found.received == Decimal("100.00")
    assert found.left < Decimal("550.00")
    assert as_of(DAY, owner_id=owner.user.pk).received == Decimal("0.00")
    assert as_of(paid, handler_id=person("handler").pk).left == Decimal("0.00")


@pytest.mark.parametrize(
    ("on", "sentence"),
    [("2026-11-11", "still to come"), ("2026-11-09", "begins on"), ("x", ""), ("\x00", "")],
)
def test_a_day_that_the_ledger_does_not_know_is_told(case: Recovery, on: str, sentence: str) -> None:
    page = browser_of(person("manager")).get(PAGE, {"on": on})
    assert page.status_code == 200
    [error] = page.context["form"].errors["on"]
    assert sentence in error
    assert "found" not in page.context


@pytest.mark.parametrize(("role", "status"), [("handler", 403), ("manager", 200), ("accountant", 200)])
def test_who_sees_it(case: Recovery, role: str, status: int) -> None:
    answer = browser_of(person(role)).get(PAGE, {"on": "2026-11-10"})
    assert answer.status_code == status


def test_a_chosen_client_is_asked_alone(case: Recovery, stranger: Api) -> None:
    browser: Client = browser_of(person("manager"))
    found = browser.get(PAGE, {"on": "2026-11-10", "client": str(stranger.user.pk)}).context["found"]
    assert found.left == Decimal("0.00")


def test_each_figure_leads_to_its_cases(case: Recovery, owner: Api, stranger: Api) -> None:
    other = case_of(stranger, invoices=[{"invoice_date": "2026-01-05", "invoice_due_date": "2026-02-01"}])
    browser = browser_of(person("manager"))
    page = browser.get(PAGE, {"on": "2026-11-10", "client": str(owner.user.pk)})
    for _label, row, url in page.context["rows"]:
        rows = browser.get(url).context["rows"]
        assert [(one.case, one.left) for one in rows] == [(case, row.left)] * row.cases
    received, total = page.context["counters"]
    assert [one.left for one in browser.get(total[2]).context["rows"]] == [Decimal("300.00"), Decimal("200.00")]
    journal = browser.get(received[2]).context
    assert journal["came_in"] == page.context["found"].received
    assert journal["asked"].owner_id == owner.user.pk
    everybody = browser.get(f"{PAGE}cases/", {"on": "2026-11-10", "band": "4"})
    assert [one.case for one in everybody.context["rows"]] == [other]
    assert other.recovery_reference in everybody.text
    assert everybody.text.count('aria-label="Breadcrumbs"') == 1


def test_all_cases_are_in_the_file_which_is_written_down(case: Recovery) -> None:
    browser = browser_of(person("manager"))
    answer = browser.post(f"{PAGE}cases.csv", query_params={"on": "2026-11-10", "band": "1"})
    heading, line = b"".join(answer).decode("utf-8-sig").splitlines()
    assert heading.endswith("days_since_due_date;left")
    assert line.startswith(f"{case.recovery_reference};")
    assert line.endswith(";300.00")
    assert AuditEvent.objects.get(action="portfolio_exported").details["table"] == "as_of_cases"
    assert browser.post(f"{PAGE}cases.csv", query_params={"on": "x"}).status_code == 302


@pytest.mark.parametrize("query", [{"band": "9"}, {"band": "x"}, {"on": "2026-11-11"}, {"client": "\x00"}])
def test_a_list_of_nonsense_is_told(case: Recovery, query: dict[str, str]) -> None:
    page = browser_of(person("manager")).get(f"{PAGE}cases/", {"on": "2026-11-10", **query})
    assert page.context["form"].errors
    assert "rows" not in page.context


def test_who_sees_no_reports_sees_no_list(case: Recovery) -> None:
    browser = browser_of(person("handler"))
    assert browser.get(f"{PAGE}cases/", {"on": "2026-11-10"}).status_code == 403
    assert browser.post(f"{PAGE}cases.csv", query_params={"on": "2026-11-10"}).status_code == 403


def test_of_many_cases_a_worker_reckons_the_day_and_the_page_says_so(
    case: Recovery, owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recoveries.desk.reads.as_of.MANY", 1)
    asked: list[Any] = []
    with monkeypatch.context() as waiting:
        waiting.setattr(reckon_day, "delay", lambda *given: asked.append(given))
        for _time in range(2):
            page = browser_of(person("manager")).get(PAGE, {"on": f"{DAY}", "client": owner.user.pk})
            assert "are being added up" in page.content.decode()
            assert "found" not in page.context
    assert asked == [(f"{DAY}", owner.user.pk, None)], "one worker is enough"
    reckon_day(*asked[0])
    found = browser_of(person("manager")).get(PAGE, {"on": f"{DAY}", "client": owner.user.pk}).context["found"]
    assert found.left == Decimal("500.00")


def test_of_many_cases_a_worker_lists_those_behind_a_figure(
    case: Recovery, owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recoveries.desk.reads.as_of.MANY", 1)
    asked: list[Any] = []
    query = {"on": f"{DAY}", "client": owner.user.pk}
    with monkeypatch.context() as waiting:
        waiting.setattr(list_day, "delay", lambda *given: asked.append(given))
        for _time in range(2):
            page = browser_of(person("manager")).get(f"{PAGE}cases/", query)
            assert "are being added up" in page.content.decode()
            assert "rows" not in page.context
    assert asked == [(f"{DAY}", None, owner.user.pk, None)], "one worker is enough"
    list_day(*asked[0])
    rows = browser_of(person("manager")).get(f"{PAGE}cases/", query).context["rows"]
    assert sum(row.left for row in rows) == Decimal("500.00")


@pytest.mark.usefixtures("no_worker")
def test_of_many_cases_the_day_is_there_at_once_where_no_worker_is_beside(
    case: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recoveries.desk.reads.as_of.MANY", 1)
    page = browser_of(person("manager")).get(PAGE, {"on": f"{DAY}"})
    assert page.context["found"].left == Decimal("500.00")


def test_of_few_cases_of_a_client_nobody_waits(case: Recovery, owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoveries.desk.reads.as_of.MANY", 2)
    assert as_of_at_once(DAY, owner_id=owner.user.pk) == as_of(DAY, owner_id=owner.user.pk)


def test_of_many_cases_the_page_reckons_where_no_worker_can_be_told(
    case: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: Any) -> None:
        raise NoBroker

    monkeypatch.setattr("recoveries.desk.reads.as_of.MANY", 1)
    monkeypatch.setattr(reckon_day, "delay", refused)
    page = browser_of(person("manager")).get(PAGE, {"on": f"{DAY}"})
    assert page.context["found"].left == Decimal("500.00")


def test_of_many_cases_the_page_reckons_where_a_worker_could_leave_them_nowhere(
    case: Recovery, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    browser = browser_of(person("manager"))
    settings.CACHES = caches_of("redis://127.0.0.1:1/0")  # Nobody is there.
    asked: list[Any] = []
    monkeypatch.setattr("recoveries.desk.reads.as_of.MANY", 1)
    monkeypatch.setattr(reckon_day, "delay", lambda *given: asked.append(given))
    page = browser.get(PAGE, {"on": f"{DAY}"})
    assert page.context["found"].left == Decimal("500.00")
    assert asked == []
