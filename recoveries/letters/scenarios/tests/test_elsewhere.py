"""The message of a step comes back: its next channel is tried once, or a person looks for another address."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from legalcity.lib.clock import now
from recoveries.agenda.models import StaffTask
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.scenarios.elsewhere import step_elsewhere
from recoveries.letters.scenarios.pausing import scenario_pause
from recoveries.letters.scenarios.tests.drawing import CALL, drawn, entered, lived_through, told
from recoveries.models import Message, StepRun
from tests.factories import Api, case_id, move
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]
DEBTOR = {
    **{"company_email": "debtor@example.com", "company_address": "3 rue Haute"},
    **{"company_postal": "69001", "company_city": "Lyon"},
}
FIRST: dict[str, Any] = {"channels": ["email", "letter"], "template": "relance_1", "delay": 1}


@pytest.fixture(autouse=True)
def clock(system_setting: Any) -> Iterator[time_machine.Traveller]:
    """A Monday in June, and a firm whose scenarios run."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        system_setting(**FREE, SCENARIOS_RUNNING=True)
        yield traveller


def begun(owner: Api, clock: time_machine.Traveller, *steps: dict[str, Any], **debtor: Any) -> Message:
    """The message of the first step, sent on the Tuesday."""
    case = case_id(owner, invoices=DUE, debtor={**DEBTOR, **debtor})
    entered(case, drawn(*(steps or (FIRST, {**CALL, "delay": 9}))))
    lived_through(clock, datetime(2026, 6, 3, tzinfo=UTC))
    return Message.objects.get()


def came_back(message: Message, kind: str = "bounced") -> None:
    fact_record(message_id=message.pk, kind=kind, at=now(), source="smtp", note="mailbox full")


def tasks() -> list[str]:
    return list(StaffTask.objects.filter(kind="message_bounced").order_by("id").values_list("state", flat=True))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_e_mail_that_bounced_goes_by_post(owner: Api, clock: time_machine.Traveller) -> None:
    """As the house does it: the worker takes it once the fact is kept."""
    message = begun(owner, clock)
    came_back(message)
    letter = Message.objects.get(channel="letter")
    assert (letter.state, letter.kind) == ("to_post", "relance_1")
    run = StepRun.objects.get()
    assert (run.message, run.channel, [one["code"] for one in run.reasons]) == (letter, "letter", ["came_back"])
    assert tasks() == ["done"]
    assert told(message.recovery_id) == [("2026-06-03", "step_0", "to_post")]


def test_it_is_tried_once(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)
    came_back(message)
    letter = step_elsewhere(message_id=message.pk, moment=now())
    assert letter is not None
    assert step_elsewhere(message_id=message.pk, moment=now()) is None
    came_back(letter, "returned")
    assert step_elsewhere(message_id=letter.pk, moment=now()) is None
    assert Message.objects.count() == 2
    assert tasks() == ["done", "open"]


def test_without_another_channel_a_person_looks_for_an_address(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock, company_address=None)
    came_back(message)
    assert step_elsewhere(message_id=message.pk, moment=now()) is None
    assert tasks() == ["open"]
    assert StepRun.objects.get().reasons == []


def test_what_the_guard_forbids_is_left_to_a_person(
    owner: Api, clock: time_machine.Traveller, system_setting: Any
) -> None:
    message = begun(owner, clock)
    came_back(message)
    system_setting(FUNDS_IBAN="")
    assert step_elsewhere(message_id=message.pk, moment=now()) is None
    assert (Message.objects.count(), tasks()) == (1, ["open"])


def test_what_needs_approval_needs_it_again(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock, {**FIRST, "needs_approval": True}, {**CALL, "delay": 9})
    Message.objects.update(state="sent", sent_at=now())
    lived_through(clock, datetime(2026, 6, 4, tzinfo=UTC))
    came_back(message)
    letter = step_elsewhere(message_id=message.pk, moment=now())
    assert letter is not None
    assert letter.state == "held"
    assert tasks() == ["open"]
    lived_through(clock, datetime(2026, 7, 4, tzinfo=UTC))
    assert [one[1:] for one in told(message.recovery_id)] == [("step_0", "sent"), ("step_1", "task")]


@pytest.mark.parametrize("what", ["dispute", "paused", "switched off", "closed"])
def test_a_scenario_that_does_not_go_on_tries_nothing(
    owner: Api, clock: time_machine.Traveller, system_setting: Any, what: str
) -> None:
    message = begun(owner, clock)
    came_back(message)
    if what == "dispute":
        move(message.recovery_id, 7)
    elif what == "closed":
        move(message.recovery_id, 9)
    elif what == "paused":
        scenario_pause(recovery_id=message.recovery_id, reason="Asked to.", until=None, by=None)
    else:
        system_setting(SCENARIOS_RUNNING=False)
    assert step_elsewhere(message_id=message.pk, moment=now()) is None
    assert Message.objects.count() == 1


def test_a_message_of_no_scenario_is_left_to_a_person(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)
    StepRun.objects.update(message=None)
    came_back(message)
    assert step_elsewhere(message_id=message.pk, moment=now()) is None
    assert tasks() == ["open"]
