"""Of the whole procedure only what comes next is asked."""

from datetime import timedelta

import pytest
from django.test import Client

from legalcity.lib.clock import today
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import act_page, assert_refused
from recoveries.models import Injunction, Recovery
from tests.backoffice import act, browser_of, chief
from tests.factories import Api
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
DAY = today()
noon = noon_of(DAY)


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


@pytest.fixture
def case(owner: Api) -> Recovery:
    original = transferable(owner)
    transferred(owner, original)
    return Recovery.objects.get(injunction__isnull=False)


def asked(office: Client, case: Recovery) -> list[str]:
    return list(act_page(office, case, "next-date").context["form"].fields)


def known(**values: object) -> None:
    Injunction.objects.update(**values)


def test_one_step_is_asked_after_the_other(office: Client, case: Recovery) -> None:
    assert asked(office, case) == ["filed_on", "court_name", "file_number"]
    assert act(office, case, "next-date", filed_on=DAY.isoformat(), court_name="Lyon").status_code == 302
    assert Injunction.objects.get().filed_on == DAY
    assert asked(office, case) == ["order_made_on", "granted_amount"]
    known(order_made_on=DAY)
    assert asked(office, case) == ["served_on", "served_how"]
    known(served_on=DAY)
    assert asked(office, case) == ["enforceable_on", "opposed_on"]
    known(opposed_on=DAY)
    assert asked(office, case) == ["opposition_notified_on", "hearing_on"]
    known(ended_on=DAY)
    assert act(office, case, "next-date").status_code == 302  # Nothing comes next.


def test_a_day_is_asked_for_and_stands_in_its_order(office: Client, case: Recovery) -> None:
    known(filed_on=DAY, order_made_on=DAY)
    assert_refused(act(office, case, "next-date", served_on="", served_how=""), "Enter the day.")
    assert_refused(act(office, case, "next-date", served_on=(DAY - timedelta(1)).isoformat()), "This day is before")
    assert Injunction.objects.get().served_on is None


def test_the_fee_is_paid_once(office: Client, case: Recovery) -> None:
    assert act(office, case, "fee-paid", fee_paid_on=DAY.isoformat(), fee_payment_reference="VIR 1").status_code == 302
    assert Injunction.objects.get().fee_paid_on == DAY
    answer = office.get(f"/admin/recoveries/recovery/{case.pk}/action/fee-paid/")
    assert answer.status_code == 302
