"""A message about several cases comes back: it is tried elsewhere as one message again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from legalcity.lib.clock import now, today
from recoveries.letters.channels.batches import batch_pdf
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.posting import batch_confirm, batch_print
from recoveries.letters.channels.tests.test_posting import text_of
from recoveries.letters.scenarios.elsewhere import step_elsewhere
from recoveries.letters.scenarios.pausing import scenario_pause
from recoveries.letters.scenarios.tests.drawing import CALL, EMAIL, drawn, entered, lived_through, told
from recoveries.letters.scenarios.tests.test_grouping import case_of, reference
from recoveries.models import Message, MessageCase, StaffTask, StepRun
from tests.backoffice import chief
from tests.factories import Api
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
HOME = {"company_address": "3 rue Haute", "company_postal": "69001", "company_city": "Lyon"}


@pytest.fixture(autouse=True)
def clock(system_setting: Any) -> Iterator[time_machine.Traveller]:
    """A Monday in June, and a firm whose scenarios run, and that groups."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        system_setting(**FREE, SCENARIOS_RUNNING=True, GROUP_BY_DEBTOR=True)
        yield traveller


def came_back(owner: Api, clock: time_machine.Traveller, *cases: int) -> None:
    """A first reminder about these cases in one e-mail, which bounces."""
    version = drawn({**EMAIL, "channels": ["email", "letter"], "delay": 1}, {**CALL, "delay": 20})
    for case in cases:
        entered(case, version)
    lived_through(clock, datetime(2026, 6, 3, tzinfo=UTC))
    lead = Message.objects.get(goes_with=None)
    fact_record(message_id=lead.pk, kind="bounced", at=now(), source="smtp", note="mailbox full")


def elsewhere(moment: datetime) -> None:
    """What the worker does for each message that came back, in any order."""
    bounced = Message.objects.filter(state="bounced").order_by("-pk")
    for message_id in [*bounced.values_list("pk", flat=True)] * 2:
        step_elsewhere(message_id=message_id, moment=moment)


def letters() -> list[Message]:
    return list(Message.objects.filter(channel="letter").order_by("pk"))


def test_one_that_bounced_goes_by_post_as_one_letter(owner: Api, clock: time_machine.Traveller) -> None:
    by, cases = chief(), [case_of(owner, **HOME), case_of(owner, amount="250.00", **HOME)]
    came_back(owner, clock, *cases)
    elsewhere(now())
    lead, follower = letters()
    assert (lead.state, lead.goes_with_id) == ("to_post", None)
    assert (follower.state, follower.goes_with_id) == ("planned", lead.pk)
    assert [run.message_id for run in StepRun.objects.order_by("pk")] == [lead.pk, follower.pk]
    assert set(StaffTask.objects.filter(kind="message_bounced").values_list("state", flat=True)) == {"done"}
    batch = batch_print(message_ids=[lead.pk], posting_day=today(), by=by)
    paper = text_of(batch_pdf(batch, by))
    assert all(reference(case) in paper for case in cases)
    batch_confirm(batch_id=batch.pk, numbers={}, by=by)
    assert {one.state for one in letters()} == {"sent"}
    assert [told(case) for case in cases] == [[("2026-06-03", "step_0", "sent")]] * 2
    assert MessageCase.objects.filter(message=lead).count() == 2


def test_of_one_that_bounced_a_case_that_does_not_go_on_stays_behind(owner: Api, clock: time_machine.Traveller) -> None:
    cases = [case_of(owner, amount=f"{n}00.00", **HOME) for n in (1, 2, 3)]
    came_back(owner, clock, *cases)
    scenario_pause(recovery_id=cases[1], reason="Asked to.", until=None, by=None)
    elsewhere(now())
    assert [(one.recovery_id, one.state) for one in letters()] == [(cases[0], "to_post"), (cases[2], "planned")]
    tasks = StaffTask.objects.filter(kind="message_bounced", state="open")
    assert [task.recovery_id for task in tasks] == [cases[1]]


def test_where_the_first_case_stays_behind_the_others_go_together(owner: Api, clock: time_machine.Traveller) -> None:
    cases = [case_of(owner, amount=f"{n}00.00", **HOME) for n in (1, 2, 3)]
    came_back(owner, clock, *cases)
    scenario_pause(recovery_id=cases[0], reason="Asked to.", until=None, by=None)
    elsewhere(now())
    assert [(one.recovery_id, one.state) for one in letters()] == [(cases[1], "to_post"), (cases[2], "planned")]
