"""A case that its client files for the court: amicable, until it is transferred like any other."""

import pytest
from django.test import Client

from law.vocabulary import Step
from recoveries.court.tests.transfers import assert_transferred_once, eligibility_path, transfer_path, transferable
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, detail, move

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]


@pytest.fixture
def wished(owner: Api) -> int:
    """A case filed with type 2 that may go to court."""
    return transferable(owner, recovery={"type": 2})


@pytest.fixture
def office() -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def test_it_is_shown_without_a_procedure(owner: Api, wished: int) -> None:
    shown = detail(owner, wished)
    assert (shown["type"], shown["recovery_status"], shown["injunction"]) == (2, 1, None)


def test_it_is_eligible_and_transferred_like_any_other(owner: Api, wished: int) -> None:
    assert owner.data("GET", eligibility_path(wished))["eligible"] is True
    data = owner.data("POST", transfer_path(wished))
    assert_transferred_once(wished)
    original, court_case = detail(owner, wished), detail(owner, data["id"])
    assert original["injunction"]["id"] == court_case["injunction"]["id"] == data["id"]
    assert (original["recovery_status"], court_case["recovery_status"]) == (10, 101)


def test_its_client_may_change_his_mind(owner: Api, wished: int) -> None:
    for wish in (1, 2, 1):
        assert owner.data("PUT", f"/api/recoveries/{wished}", {"type": wish})["type"] == wish
    assert owner.post(transfer_path(wished)).status_code == 200


def test_a_case_before_the_court_keeps_its_type(owner: Api, wished: int, system_setting: object) -> None:
    court_case = owner.data("POST", transfer_path(wished))["id"]
    system_setting(EDITABLE_STATUSES="1,2,101")  # type: ignore[operator]
    assert owner.data("PUT", f"/api/recoveries/{court_case}", {"type": 1})["type"] == 2


def test_it_goes_through_the_amicable_statuses(owner: Api, wished: int) -> None:
    move(wished, Step.REMINDER_1, Step.FORMAL_NOTICE)
    assert detail(owner, wished)["recovery_status"] == Step.FORMAL_NOTICE


def test_staff_are_offered_reminders_and_the_transfer(office: Client, wished: int) -> None:
    for act in ("send-reminder", "transfer", "check-eligibility"):
        page = office.get(page_of(Recovery, "action", wished, act))
        assert page.status_code == 200, act
    page = office.get(page_of(Recovery, "change", wished)).content.decode()
    assert "amicable, the client asks for an injonction de payer" in page


def test_staff_find_what_waits_for_its_transfer(office: Client, owner: Api, wished: int) -> None:
    plain = transferable(owner)
    gone = transferable(owner, recovery={"type": 2})
    court_case = owner.data("POST", transfer_path(gone))["id"]
    expected = {"wish": {wished}, "2": {court_case}, "1": {wished, plain, gone}}
    for kind, cases in expected.items():
        page = office.get(page_of(Recovery, "changelist"), {"type": kind})
        assert {case.pk for case in page.context["cl"].result_list} == cases, kind
