"""Legal deadlines of real procedures: listed by a command, and staff told of each once. Reckoned on a calendar."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from recoveries.court.clocks import alerts_record
from recoveries.court.tasks import record_deadline_alerts
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.models import DeadlineAlert, Injunction, Recovery
from tests.factories import Api, move
from tests.ledgers import cases_vanish

NOON = datetime(2027, 1, 5, 12, tzinfo=UTC)  # a Tuesday
TODAY = NOON.date()
COURT_FEE = "Deposit the court fee: The request lapses. (art. 1425 al. 1 CPC)"
SERVICE = (
    "Serve the order on the debtor: The order becomes void. The length of this time is still to be confirmed. "
    "(art. 1411 CPC)"
)


@pytest.fixture
def procedure(owner: Api) -> Callable[..., Injunction]:
    """Gives procedures with their key dates."""

    def make(**dates: Any) -> Injunction:
        injunction = Injunction.objects.get(recovery=transferred(owner, transferable(owner)))
        Injunction.objects.filter(pk=injunction.pk).update(**dates)
        return Injunction.objects.select_related("recovery").get(pk=injunction.pk)

    return make


def listed(*, days: int | None = None) -> list[str]:
    """The lines of the command, at NOON."""
    out = io.StringIO()
    with time_machine.travel(NOON, tick=False):
        call_command("check_deadlines", *([] if days is None else ["--days", str(days)]), stdout=out)
    return out.getvalue().splitlines()


def test_what_lapses_soon_is_listed_soonest_first(procedure: Callable[..., Injunction]) -> None:
    soon = procedure(filed_on=date(2027, 1, 4))  # + 15 days: Tuesday 19 January
    past = procedure(order_made_on=date(2026, 9, 30))  # + 3 months: Wednesday 30 December
    procedure(order_made_on=date(2026, 12, 1))  # + 3 months: 1 March
    procedure()
    lines = [
        f"2026-12-30  {past.recovery.recovery_reference}  {SERVICE}",
        f"2027-01-19  {soon.recovery.recovery_reference}  {COURT_FEE}",
    ]
    assert listed(days=14) == [*lines, "2 deadlines within 14 days"]
    assert listed(days=13) == [lines[0], "1 deadlines within 13 days"]
    assert listed() == [*lines, "2 deadlines within 15 days"]
    assert listed(days=0) == [lines[0], "1 deadlines within 0 days"]


def test_nothing_lapses_in_a_procedure_that_has_ended(procedure: Callable[..., Injunction]) -> None:
    procedure(filed_on=date(2027, 1, 4), ended_on=date(2027, 1, 5))
    given_up = procedure(filed_on=date(2027, 1, 4))
    move(given_up.recovery_id, 112)
    assert listed(days=60) == ["0 deadlines within 60 days"]
    assert alerts_record(days=60, today=TODAY) == 0


def test_an_alert_is_recorded_once(procedure: Callable[..., Injunction]) -> None:
    injunction = procedure(filed_on=date(2027, 1, 4))
    other = procedure(order_made_on=date(2026, 9, 30))
    assert alerts_record(days=13, today=TODAY) == 1
    assert alerts_record(days=14, today=TODAY) == 1
    assert alerts_record(days=14, today=TODAY) == 0
    assert list(DeadlineAlert.objects.values_list("recovery", "kind", "date", "article")) == [
        (other.recovery_id, "service", date(2026, 12, 30), "art. 1411 CPC"),
        (injunction.recovery_id, "court_fee", date(2027, 1, 19), "art. 1425 al. 1 CPC"),
    ]


def test_a_date_that_moves_is_a_new_alert(procedure: Callable[..., Injunction]) -> None:
    injunction = procedure(filed_on=date(2027, 1, 4))
    assert alerts_record(days=30, today=TODAY) == 1
    Injunction.objects.filter(pk=injunction.pk).update(filed_on=date(2027, 1, 5))
    assert alerts_record(days=30, today=TODAY) == 1
    assert [str(alert.date) for alert in injunction.recovery.deadline_alerts.all()] == ["2027-01-19", "2027-01-20"]


def test_the_clock_s_task_looks_as_far_as_staff_set(
    procedure: Callable[..., Injunction], system_setting: Callable[..., None]
) -> None:
    procedure(filed_on=date(2027, 1, 4))
    with time_machine.travel(NOON, tick=False):
        system_setting(DEADLINE_NOTICE_DAYS=13)
        assert record_deadline_alerts() == 0
        system_setting(DEADLINE_NOTICE_DAYS=14)
        assert [record_deadline_alerts() for _again in range(2)] == [1, 0]
    assert DeadlineAlert.objects.count() == 1


def test_a_court_that_cannot_be_reckoned_for_hides_no_other_deadline(procedure: Callable[..., Injunction]) -> None:
    procedure(served_on=date(2026, 12, 1), court_territory="ZZ")
    procedure(filed_on=date(2027, 1, 4))
    assert listed(days=14)[-1] == "1 deadlines within 14 days"
    assert alerts_record(days=14, today=TODAY) == 1


def test_the_debtor_s_country_prolongs_the_time_to_oppose(procedure: Callable[..., Injunction]) -> None:
    injunction = procedure(order_made_on=date(2026, 10, 1), served_on=date(2026, 11, 30), served_how="person")
    # One month, Wednesday 30 December; enforceable on the day after two months (order made since 1 September 2026).
    assert [line[:10] for line in listed(days=60)[:-1]] == ["2026-12-30", "2027-02-02"]
    debtor = Recovery.objects.get(pk=injunction.recovery_id).debtor
    debtor.company_country = "Suisse"
    debtor.save()
    # Two months more: 28 February 2027 would be 30 February, a Sunday: Monday 1 March.
    assert [line[:10] for line in listed(days=60)[:-1]] == ["2027-03-01", "2027-03-02"]


def test_alerts_go_with_their_case(procedure: Callable[..., Injunction]) -> None:
    injunction = procedure(filed_on=date(2027, 1, 4))
    alerts_record(days=30, today=TODAY)
    cases_vanish(Recovery.objects.filter(pk=injunction.recovery_id))
    assert not DeadlineAlert.objects.exists()
