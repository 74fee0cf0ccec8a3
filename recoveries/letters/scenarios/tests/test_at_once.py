"""Clocks side by side: no step twice, and no cap of a debtor beyond (PostgreSQL)."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection

from legalcity.lib.clock import now
from recoveries.letters.scenarios.acting import enrolment_act
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered
from recoveries.letters.scenarios.ticking import due_claim, tick
from recoveries.models import Enrolment, Message, MessageCase, Recovery, StepRun
from tests.factories import Api, case_id
from tests.letters import AT_ANY_HOUR, COMPLETE
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]
TO = "debtor@example.com"
DUE = [{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}]


def due_cases(owner: Api, many: int) -> list[int]:
    """Cases of one debtor, whose first step is due."""
    version = drawn({**EMAIL, "at_hour": 0})
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


def test_one_message_of_several_cases_is_made_and_sent_once(owner: Api, system_setting: Any) -> None:
    system_setting(GROUP_BY_DEBTOR=True)
    parties = {"customer": {"company_name": "Créancier"}, "debtor": {"company_name": "Débiteur", "company_email": TO}}
    cases = [case_id(owner, invoices=DUE, **parties) for _case in range(4)]
    version = drawn({**EMAIL, "at_hour": 0})
    for case in cases:
        entered(case, version)
    Enrolment.objects.open().update(next_due_at=now())
    at_once(3, lambda _number: tick())
    assert StepRun.objects.count() == Message.objects.count() == 4
    lead = Message.objects.get(goes_with=None)
    assert lead.followers.count() == 3
    [email] = mail.outbox  # Workers of these tests send it at once.
    assert all(reference(case) in email.body for case in cases)
    assert MessageCase.objects.filter(message=lead).count() == 4


def reference(case: int) -> str:
    return Recovery.objects.get(pk=case).recovery_reference


def test_two_clocks_claim_others(owner: Api) -> None:
    due_cases(owner, 4)
    claimed = at_once(3, lambda _number: due_claim(moment=now()))
    taken = sorted(pk for rows in claimed for pk, _case in rows)
    assert taken == sorted(Enrolment.objects.open().values_list("pk", flat=True))
