"""*Annuler*: what somebody has just done to a case, if it still stands."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from law.vocabulary import Step
from legalcity.lib.clock import now, today
from recoveries.agenda.follow_ups import follow_up_set
from recoveries.desk.tests.pages import case_of, opened, person, words
from recoveries.ledger.services import acompte_record
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered
from recoveries.models import FollowUp, PaymentPromise, Recovery, StatusChange
from recoveries.services.handlers import case_assign
from tests.backoffice import act, browser_of, page_of
from tests.factories import Api, move
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
noon = noon_of(today())


@pytest.fixture
def manager() -> User:
    return person("manager")


@pytest.fixture
def office(manager: User) -> Client:
    return browser_of(manager)


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_of(owner)


def undo(office: Client, case: Recovery) -> None:
    assert act(office, case, "undo").status_code == 302


def test_a_case_that_was_taken_goes_back(office: Client, manager: User, case: Recovery) -> None:
    assert "Undo" not in words(opened(office, case))
    act(office, case, "take")
    assert Recovery.objects.get().user == manager
    assert "Undo: Take the case" in words(opened(office, case))
    undo(office, case)
    assert Recovery.objects.get().user is None
    assert "Undo" not in words(opened(office, case))


def test_a_follow_up_day_is_as_it_was_before(office: Client, case: Recovery) -> None:
    FollowUp.objects.update_or_create(
        pk=case.pk, defaults={"owner_id": case.owner_id, "on": today(), "reason": "opened"}
    )
    was = FollowUp.objects.values("on", "reason", "facts", "by_hand", "by_id").get()
    act(office, case, "follow-up", on=(today() + timedelta(9)).isoformat(), why="Holiday")
    undo(office, case)
    assert FollowUp.objects.values("on", "reason", "facts", "by_hand", "by_id").get() == was


def test_a_promise_stays_and_so_does_what_was_done_before_it(office: Client, case: Recovery) -> None:
    """The client was told of it."""
    day = (today() + timedelta(9)).isoformat()
    act(office, case, "follow-up", on=day, why="Holiday")
    act(office, case, "promise", amount="10", promised=day)
    assert "Undo: " not in words(opened(office, case))
    undo(office, case)
    assert PaymentPromise.objects.exists()
    assert not AuditEvent.objects.filter(action="undo", succeeded=True).exists()


def test_a_move_goes_back_and_a_closing_where_the_life_cycle_has_a_way(office: Client, case: Recovery) -> None:
    move(case.pk, Step.PAYMENT_PLAN)
    act(office, case, "move-status", to_status=Step.PRE_LITIGATION, reason="An instalment is missing.")
    undo(office, case)
    assert Recovery.objects.get().status_id == Step.PAYMENT_PLAN
    assert StatusChange.objects.filter(recovery=case).latest("pk").comment == "Taken back."
    act(office, case, "move-status", to_status=Step.DISPUTE, reason="The wrong case.")
    undo(office, case)  # The life cycle has no such move.
    assert Recovery.objects.get().status_id == Step.PAYMENT_PLAN
    act(office, case, "move-status", to_status=Step.DISPUTE, reason="The wrong case.")
    acompte_record(recovery_id=case.pk, amount=Decimal(1), day=today(), by=None)
    assert "Undo: " not in words(opened(office, case))
    act(office, case, "move-status", to_status=Step.CLOSED, reason="Given up.")
    assert "Undo: " not in words(opened(office, case))


def test_a_closing_that_has_ended_a_scenario_stays(office: Client, case: Recovery) -> None:
    move(case.pk, Step.DISPUTE)
    move(case.pk, Step.PRE_LITIGATION)
    act(office, case, "move-status", to_status=Step.CLOSED, reason="Given up.")
    undo(office, case)
    assert Recovery.objects.get().status_id == Step.PRE_LITIGATION
    enrolment = entered(case.pk, drawn(EMAIL))
    act(office, case, "move-status", to_status=Step.CLOSED, reason="Given up.")
    assert "Undo: " not in words(opened(office, case))
    undo(office, case)
    enrolment.refresh_from_db()
    assert (Recovery.objects.get().status_id, enrolment.state) == (Step.CLOSED, "finished")


def test_what_somebody_changed_since_stays(office: Client, case: Recovery) -> None:
    act(office, case, "take")
    other = person("handler")
    case_assign(recovery_id=case.pk, handler=other, by=None)
    undo(office, case)  # Back on the page, which says that it is not possible.
    assert Recovery.objects.get().user == other
    follow = {"on": (today() + timedelta(5)).isoformat(), "why": ""}
    act(office, case, "follow-up", **follow)
    follow_up_set(recovery_id=case.pk, on=today() + timedelta(7), by=other)
    undo(office, case)
    assert FollowUp.objects.get().on == today() + timedelta(7)


def test_another_act_than_the_named_one_is_not_undone(office: Client, manager: User, case: Recovery) -> None:
    """A page that was left open, while the same person went on in another."""
    move(case.pk, Step.PAYMENT_PLAN)
    act(office, case, "take")
    page = page_of(Recovery, "action", case.pk, "undo")
    form = office.get(page).context
    stale = {"form_token": form["token"], "event": form["form"]["event"].value()}
    assert f'name="event" value="{stale["event"]}"' in opened(office, case)
    act(office, case, "move-status", to_status=Step.PRE_LITIGATION, reason="Nothing came.")
    for event in (stale["event"], "", "9" * 40, "x", "\x00"):
        assert office.post(page, {**stale, "event": event}).status_code == 200
    answer = office.post(page, stale)
    assert "You have done something else since this page was shown." in answer.content.decode()
    now_there = Recovery.objects.get()
    assert (now_there.status_id, now_there.user) == (Step.PRE_LITIGATION, manager)


def test_only_ones_own_within_an_hour(office: Client, case: Recovery, monkeypatch: pytest.MonkeyPatch) -> None:
    act(office, case, "take")
    assert "Undo: " not in words(opened(browser_of(person("manager")), case))
    later = now() + timedelta(hours=1, minutes=1)
    monkeypatch.setattr("recoveries.desk.acts.taking_back.now", lambda: later)
    undo(office, case)
    assert Recovery.objects.get().user is not None
    assert not AuditEvent.objects.filter(action="undo", succeeded=True).exists()
