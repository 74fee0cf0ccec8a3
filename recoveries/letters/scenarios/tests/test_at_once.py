"""Clocks side by side: no step twice, and no cap of a debtor beyond (PostgreSQL)."""

from typing import Any

import pytest
from django.db import connection

from legalcity.lib.clock import now
from recoveries.letters.scenarios.acting import enrolment_act
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered
from recoveries.letters.scenarios.ticking import due_claim, tick
from recoveries.models import Enrolment, Message, StepRun
from tests.factories import Api, case_id
from tests.letters import AT_ANY_HOUR, COMPLETE
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]
DUE = [{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}]


def due_cases(owner: Api, many: int) -> list[int]:
    """Cases of one debtor, whose first step is due."""
    version = drawn(EMAIL)
    cases = [case_id(owner, invoices=DUE, debtor={"company_email": "debtor@example.com"}) for _case in range(many)]
    ids = [entered(case, version).pk for case in cases]
    Enrolment.objects.open().update(next_due_at=now())
    return ids


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    """A firm that writes at any hour, as often as it begins with."""
    system_setting(**COMPLETE, **AT_ANY_HOUR, SCENARIOS_RUNNING=True)


def test_two_clocks_do_each_step_once_and_keep_to_the_cap(owner: Api) -> None:
    due_cases(owner, 6)
    at_once(3, lambda _number: tick())
    assert StepRun.objects.count() == 6
    assert Message.objects.count() == 6
    assert Message.objects.exclude(state="held").count() == 2  # CONTACTS_PER_WEEK


def test_the_same_enrolment_acted_on_at_once_is_done_once(owner: Api) -> None:
    [pk] = due_cases(owner, 1)
    case = Enrolment.objects.open().get().recovery_id
    at_once(4, lambda _number: enrolment_act(enrolment_id=pk, case_id=case, moment=now()))
    assert (StepRun.objects.count(), Message.objects.count()) == (1, 1)


def test_two_clocks_claim_others(owner: Api) -> None:
    due_cases(owner, 4)
    claimed = at_once(3, lambda _number: due_claim(moment=now()))
    taken = sorted(pk for rows in claimed for pk, _case in rows)
    assert taken == sorted(Enrolment.objects.open().values_list("pk", flat=True))
