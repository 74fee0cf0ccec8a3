"""A rehearsal writes nothing, and says what the clock then does, to the row."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from law.contact import PartyFactKind
from legalcity.lib.clock import today
from legalcity.lib.errors import Conflict
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.outcome import Line
from recoveries.letters.scenarios.tests.drawing import CALL, EMAIL, drawn, entered, lived_through, rehearsed, standard
from recoveries.models import Message, ScenarioVersion, StepRun
from tests.factories import Api, bare_case_id, case_id, move
from tests.letters import COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
UNTIL = date(2026, 8, 31)
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A Monday in June, ten o'clock in Paris."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def firm(clock: time_machine.Traveller, system_setting: Any) -> None:
    """A firm that may write, with the rhythm that it begins with, whose scenarios run."""
    system_setting(**COMPLETE)


def due(day: str) -> list[dict[str, str]]:
    return [{"invoice_date": "2022-12-01", "invoice_due_date": day}]


def a_book(owner: Api, stranger: Api) -> list[int]:
    """Debtors of every kind: of two clients, overseas, without an address, dead, disputing, not due, persons."""

    def filed(api: Api, day: str = "2026-02-01", **debtor: Any) -> int:
        return case_id(api, invoices=due(day), debtor=debtor)

    one = {"company_siren": "552100554", "company_email": "one@example.com"}
    cases = [
        filed(owner, **one),
        filed(stranger, **one),
        filed(owner, **PERSON, company_email="one@example.com"),
        filed(owner, company_email="re@example.com", company_postal="97400", company_siren="383474814"),
        filed(owner, company_email=None, company_siren="732829320"),
        filed(owner, "2026-06-12", company_email="l@example.com", company_siren="404833048"),
        filed(owner, **PERSON, company_email="p@example.com"),
        filed(owner, company_email="d@example.com", company_siren="775670417"),
        filed(owner, company_email="x@example.com", company_siren="542107651"),
        filed(owner, "2023-02-01", **PERSON, company_email="old@example.com"),
        bare_case_id(owner),
    ]
    party_fact_enter(recovery_id=cases[7], kind=PartyFactKind.DECEASED, since=today(), by=None)
    move(cases[8], 7)
    return cases


def versions() -> list[ScenarioVersion]:
    """The standard one, and one that goes faster than the rhythm of the firm, by all kinds of dates."""
    fast = drawn(
        {**EMAIL, "delay": 1, "conditions": [{"name": "has", "value": ["email"]}]},
        {**EMAIL, "template": "relance_2", "delay": 2, "counts_from": "previous"},
        {**EMAIL, "template": "mise_en_demeure", "delay": 3, "needs_approval": True, "max_wait_days": 12},
        {**EMAIL, "delay": 2, "counts_from": "delivered", "unit": "days", "max_wait_days": 5, "if_impossible": "skip"},
        {**CALL, "delay": 20, "at_hour": 7},
        code="fast",
    )
    return [standard(), fast]


@pytest.mark.parametrize("which", [0, 1])
def test_the_clock_then_does_what_was_rehearsed(
    owner: Api, stranger: Api, clock: time_machine.Traveller, system_setting: Any, which: int
) -> None:
    cases, version = a_book(owner, stranger), versions()[which]
    with CaptureQueriesContext(connection) as queries:
        summary, lines = rehearsed(version, cases, UNTIL)
    written = [one["sql"] for one in queries if one["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    assert "FOR UPDATE" not in " ".join(one["sql"] for one in queries)
    system_setting(SCENARIOS_RUNNING=True)
    for case in cases:
        with suppress(Conflict):  # One without parties
            entered(case, version)
    lived_through(clock, datetime(2026, 8, 31, 21, tzinfo=UTC))
    assert sorted(_of(lines)) == sorted(_done())
    assert summary.cases == len(cases)
    assert summary.results["sent"] == Message.objects.filter(state__in=Message.GONE_OUT).count() > 2


def test_a_rehearsal_reckons_with_the_prices_of_the_firm(owner: Api, system_setting: Any) -> None:
    system_setting(LETTER_PRICE="1.50", SMS_SEGMENT_PRICE="0.08")
    by_post = [case_id(owner, invoices=due("2026-02-01"), debtor={"company_email": None}) for _turn in range(2)]
    by_mail = case_id(
        owner, invoices=due("2026-02-01"), debtor={"company_siren": "552100554", "company_email": "m@example.com"}
    )
    version = drawn({**EMAIL, "channels": ["email", "letter"], "delay": 1}, {**CALL, "delay": 2})
    summary, _lines = rehearsed(version, [*by_post, by_mail], UNTIL)
    told = summary.told()
    assert told["cost"] == "3.00"
    assert sorted((one["channel"], one["count"], one["cost"]) for one in told["channels"]) == [
        ("email", 1, "0.00"),
        ("letter", 2, "3.00"),
        ("task", 3, "0.00"),
    ]
    assert sum(Decimal(day["cost"]) for day in told["days"]) == 3


def _of(lines: list[Line]) -> list[tuple[Any, ...]]:
    return [(one.recovery_id, one.step, one.on.isoformat(), one.channel, one.result, one.codes) for one in lines]


def _done() -> list[tuple[Any, ...]]:
    runs = StepRun.objects.select_related("enrolment", "step")
    return [
        (
            run.enrolment.recovery_id,
            run.step.code,
            run.at.date().isoformat(),
            run.channel,
            run.state,
            tuple(dict.fromkeys(reason["code"] for reason in run.reasons)),
        )
        for run in runs
    ]
