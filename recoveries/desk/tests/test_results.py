"""Results by handler and client: what is counted, for whom, the cases behind each figure, and goals."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent, User
from recoveries.agenda.follow_ups import promise_note
from recoveries.desk import results
from recoveries.desk.reads.results import Did
from recoveries.desk.results import CLIENT, HANDLER, results_of, results_take
from recoveries.desk.tests.pages import case_of, person
from recoveries.ledger.services import acompte_record
from recoveries.models import DeadlineAlert, HandlerGoal, Message, Recovery, ResultFigure
from tests.backoffice import browser_of, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db

PAGE = "/admin/results/"
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def handler() -> User:
    return person("handler", first_name="Lise", last_name="Arnaud")


@pytest.fixture
def manager() -> Client:
    return browser_of(person("manager"))


@pytest.fixture
def case(owner: Api, handler: User) -> Recovery:
    case = case_of(owner)
    Recovery.objects.filter(pk=case.pk).update(user=handler, created_at=datetime(2026, 11, 5, 9, tzinfo=UTC))
    case.refresh_from_db()
    return case


def pay(case: Recovery, amount: int, day: date) -> None:
    acompte_record(recovery_id=case.pk, amount=Decimal(amount), day=day, confirmed=True, by=None)


def test_what_was_done_is_counted_for_who_handles_the_case(case: Recovery, handler: User, owner: Api) -> None:
    pay(case, 100, date(2026, 11, 6))
    pay(case, 7, date(2026, 10, 30))
    sent = datetime(2026, 11, 8, 9, tzinfo=UTC)
    Message.objects.create(
        recovery=case, kind="relance_1", state="sent", recipient="x@example.com", subject="x", text="x", sent_at=sent
    )
    for pk in (handler.pk, None):
        assert pk is None or results_of(MONTH, MONTH, by=HANDLER).by[pk].numbers[Did.OPENED] == 1
    of = results_of(MONTH, MONTH, by=HANDLER).by[handler.pk]
    assert (of.numbers[Did.RECEIVED], of.amounts[Did.RECEIVED]) == (1, Decimal("100.00"))
    assert (of.numbers[Did.CONTACTED], of.amounts[Did.CONTACTED]) == (1, Decimal("3.00"))
    assert of.open_cases == 1
    assert results_of(MONTH, MONTH, by=CLIENT).by[owner.user.pk].amounts[Did.RECEIVED] == Decimal("100.00")
    assert results_of(date(2026, 10, 1), MONTH, by=HANDLER).by[handler.pk].amounts[Did.RECEIVED] == Decimal("107.00")


@pytest.mark.parametrize(("days", "said"), [(1, "1,0 jour"), (2, "2,0 jours")])
def test_days_have_no_plural_below_two(case: Recovery, days: int, said: str) -> None:
    sent = case.created_at + timedelta(days=days)
    Message.objects.create(
        recovery=case, kind="relance_1", state="sent", recipient="x@example.com", subject="x", text="x", sent_at=sent
    )
    reader = person("manager")
    User.objects.filter(pk=reader.pk).update(language="fr")
    page = browser_of(reader).get(PAGE)
    assert said in [cell.text for line in page.context["lines"] for cell in line.cells]


@pytest.mark.parametrize(("amount", "day", "kept"), [(80, 13, 1), (79, 13, 0), (80, 17, 1), (80, 18, 0), (80, 9, 0)])
def test_a_promise_is_kept_by_money_that_comes_in_time(
    case: Recovery, handler: User, clock: Any, amount: int, day: int, kept: int
) -> None:
    promise_note(recovery_id=case.pk, amount=Decimal(80), promised=date(2026, 11, 12), by=handler)
    assert results_of(MONTH, MONTH, by=HANDLER).by[handler.pk].numbers[Did.PROMISED] == 0
    clock.shift(timedelta(days=15))
    pay(case, amount, date(2026, 11, day))
    of = results_of(MONTH, MONTH, by=HANDLER).by[handler.pk]
    assert (of.numbers[Did.PROMISED], of.numbers[Did.KEPT]) == (1, kept)


def test_a_legal_date_is_met_when_it_no_longer_stood_on_its_day(case: Recovery, handler: User) -> None:
    dates = (("limitation", 3, False), ("service", 4, True), ("opposition", 5, True), ("service", 20, False))
    for kind, day, over in dates:
        DeadlineAlert.objects.create(recovery=case, kind=kind, date=date(2026, 11, day), article="", is_over_told=over)
    of = results_of(MONTH, MONTH, by=HANDLER).by[handler.pk]
    assert (of.numbers[Did.DATED], of.numbers[Did.MET]) == (2, 1)


def test_the_night_takes_the_same(case: Recovery, handler: User, owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(case, 100, date(2026, 11, 6))
    now = {by: results_of(MONTH, MONTH, by=by).by for by in (HANDLER, CLIENT)}
    assert results_take() == 0
    monkeypatch.setattr(results, "MANY", 1)
    assert results_take() == ResultFigure.objects.count() > 0
    for by, pk in ((HANDLER, handler.pk), (CLIENT, owner.user.pk)):
        kept = results_of(MONTH, MONTH, by=by).by[pk]
        assert (kept.numbers, kept.amounts) == (now[by][pk].numbers, now[by][pk].amounts)


def test_months_that_the_night_does_not_take_are_refused(
    case: Recovery, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = {"first": "2023-11", "last": "2023-12"}
    assert not manager.get(PAGE, early).context["form"].errors
    monkeypatch.setattr(results, "MANY", 1)
    results_take()
    page = manager.get(PAGE, early)
    assert "lines" not in page.context
    assert page.context["form"].non_field_errors() == [
        "With as many cases as there are, results begin with December 2023."
    ]
    assert not manager.get(PAGE, {**early, "first": "2023-12"}).context["form"].errors


def test_each_figure_leads_to_its_cases(case: Recovery, owner: Api, handler: User, manager: Client) -> None:
    pay(case, 100, date(2026, 11, 6))
    other = case_of(owner)
    page = manager.get(PAGE)
    line = next(line for line in page.context["lines"] if line.name == str(handler))
    urls = [cell.url for cell in line.cells if cell.url]
    assert len(urls) == 4
    for url in urls:
        text = manager.get(url).content.decode()
        assert case.recovery_reference in text, url
        assert other.recovery_reference not in text, url


@pytest.mark.parametrize("did", ["odd.2026-01.2026-02", "received", "received.2026-02.2026-01", "received.x.y", "\x00"])
def test_a_figure_that_is_not_known_filters_nothing(did: str, manager: Client) -> None:
    assert manager.get(page_of(Recovery, "changelist"), {"did": did}).status_code == 200


def test_a_manager_sets_a_goal_and_takes_it_away(handler: User, manager: Client) -> None:
    sent = {"handler": handler.pk, "month": "2026-11", "amount": "1 500,00"}
    assert manager.post(PAGE, sent).status_code == 302
    assert results_of(MONTH, MONTH, by=HANDLER).by[handler.pk].goal == Decimal("1500.00")
    assert AuditEvent.objects.filter(action="changed", object_id=str(handler.pk)).count() == 1
    assert manager.post(PAGE, {**sent, "amount": ""}).status_code == 302
    assert not HandlerGoal.objects.exists()
    gone = manager.post(PAGE, {**sent, "month": "2026-10"})
    assert gone.context["goal"].errors
    assert not HandlerGoal.objects.exists()


@pytest.mark.parametrize(("role", "seen", "set_by"), [("handler", 403, 403), ("accountant", 200, 403)])
def test_who_sees_results_and_who_sets_goals(handler: User, role: str, seen: int, set_by: int) -> None:
    browser = browser_of(person(role))
    assert browser.get(PAGE).status_code == seen
    sent = {"handler": handler.pk, "month": "2026-11", "amount": "5"}
    assert browser.post(PAGE, sent).status_code == set_by
    assert not HandlerGoal.objects.exists()
