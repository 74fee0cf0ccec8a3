"""A year of one case under a moved clock: of a debtor who pays, disputes, cannot be reached, becomes insolvent."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from law.contact import PartyFactKind
from legalcity.lib.clock import today
from recoveries.ledger.services import acompte_record
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.tests.drawing import CALL, EMAIL, drawn, entered, lived_through, told
from recoveries.models import Enrolment, Message, ScenarioVersion
from tests.factories import Api, case_id, move
from tests.letters import COMPLETE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("in_process"),
    pytest.mark.same_everywhere,
    pytest.mark.long,
]
Lived = Callable[[int, int], None]
DUE = [{"invoice_date": "2025-10-01", "invoice_due_date": "2025-11-01", "invoice_amount": "1000.00"}]


@pytest.fixture
def lived(system_setting: Any) -> Iterator[Lived]:
    """Moves the clock on to a day of 2026, with all that the house does meanwhile; it begins on 5 January."""
    system_setting(**COMPLETE, SCENARIOS_RUNNING=True)
    with time_machine.travel("2026-01-05T09:00:00Z", tick=False) as traveller:
        yield lambda month, day: lived_through(traveller, datetime(2026, month, day, 9, tzinfo=UTC))


def escalation() -> ScenarioVersion:
    """E-mails all the way, then a call each quarter."""
    return drawn(
        {**EMAIL, "code": "first", "delay": 3},
        {**EMAIL, "code": "second", "template": "relance_2", "delay": 10},
        {**EMAIL, "code": "notice", "template": "mise_en_demeure", "delay": 20, "then_status_id": 4},
        {**CALL, "code": "call", "delay": 10, "counts_from": "delivered"},
        {**CALL, "code": "last", "delay": 90, "unit": "days", "counts_from": "previous"},
        code="year",
    )


def begun(owner: Api) -> int:
    owner.login()
    case = case_id(owner, invoices=DUE, debtor={"company_email": "debtor@example.com"})
    entered(case, escalation())
    return case


def end_of(case: int) -> tuple[str, str]:
    enrolment = Enrolment.objects.filter(recovery_id=case).latest("pk")
    return enrolment.state, enrolment.why


def test_a_debtor_who_does_nothing(owner: Api, lived: Lived) -> None:
    case = begun(owner)
    lived(12, 31)
    assert told(case) == [
        ("2026-01-08", "first", "sent"),
        ("2026-01-19", "second", "sent"),
        ("2026-02-02", "notice", "sent"),
        ("2026-02-17", "call", "task"),
        ("2026-05-18", "last", "task"),
    ]
    assert end_of(case) == ("finished", "done")


def test_a_debtor_who_pays_by_and_by(owner: Api, lived: Lived) -> None:
    case = begun(owner)
    lived(1, 12)
    acompte_record(recovery_id=case, amount=Decimal(300), day=today(), confirmed=True, by=None)
    lived(1, 26)
    acompte_record(recovery_id=case, amount=Decimal(300), day=today(), confirmed=True, by=None)
    lived(2, 20)
    acompte_record(recovery_id=case, amount=Decimal(500), day=today(), confirmed=True, by=None)
    lived(12, 31)
    assert told(case) == [
        ("2026-01-08", "first", "sent"),
        ("2026-01-21", "second", "sent"),
        ("2026-02-09", "notice", "sent"),
    ]
    assert end_of(case) == ("finished", "closed")


def test_a_debtor_who_disputes_then_pays_by_a_plan_and_breaks_it(owner: Api, lived: Lived) -> None:
    case = begun(owner)
    lived(1, 9)
    move(case, 7)
    lived(4, 1)
    move(case, 6)
    lived(9, 7)
    move(case, 5)
    lived(12, 31)
    assert told(case) == [
        ("2026-01-08", "first", "sent"),
        ("2026-09-07", "second", "sent"),
        ("2026-09-21", "notice", "sent"),
        ("2026-10-06", "call", "task"),
    ]
    assert end_of(case) == ("running", "")


def test_a_debtor_whose_address_is_wrong(owner: Api, lived: Lived) -> None:
    case = begun(owner)
    lived(1, 9)
    Message.objects.update(state="bounced")
    fact = {"kind": PartyFactKind.WRONG, "value": "debtor@example.com", "since": today()}
    party_fact_enter(recovery_id=case, **fact, by=None)
    lived(12, 31)
    assert told(case) == [
        ("2026-01-08", "first", "sent"),
        ("2026-01-19", "second", "task"),
        ("2026-02-02", "notice", "task"),
        ("2026-03-04", "call", "skipped"),  # what it counts from never came
        ("2026-06-02", "last", "task"),
    ]
    assert end_of(case) == ("finished", "done")


def test_a_debtor_who_becomes_insolvent(owner: Api, lived: Lived) -> None:
    case = begun(owner)
    lived(1, 26)
    judged = {"kind": PartyFactKind.INSOLVENT, "since": date(2026, 1, 20), "published_on": date(2026, 1, 23)}
    party_fact_enter(recovery_id=case, **judged, by=None)
    lived(12, 31)
    assert told(case) == [("2026-01-08", "first", "sent"), ("2026-01-19", "second", "sent")]
    assert end_of(case) == ("stopped", "insolvent")
