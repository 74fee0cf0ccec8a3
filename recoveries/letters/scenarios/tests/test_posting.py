"""The letter of a step lies in the post folder: the step is not done, and the scenario waits, until it was posted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from legalcity.lib.clock import now, today
from recoveries.agenda.closing import tasks_sweep
from recoveries.agenda.models import StaffTask
from recoveries.desk.tests.pages import office_of, opened, words
from recoveries.letters.channels.batches import items_of
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.posting import batch_confirm, batch_print, item_take_out
from recoveries.letters.holding import message_cancel, message_lift, message_take_up
from recoveries.letters.scenarios.elsewhere import step_elsewhere
from recoveries.letters.scenarios.pausing import scenario_pause, scenario_resume
from recoveries.letters.scenarios.tests.drawing import (
    CALL,
    EMAIL,
    drawn,
    entered,
    lived_through,
    posted,
    rehearsed,
    told,
)
from recoveries.letters.scenarios.ticking import tick
from recoveries.models import Enrolment, Message, PostBatch, Recovery, StepRun
from tests.backoffice import chief
from tests.factories import Api, case_id, move
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]
DEBTOR = {
    **{"company_email": "debtor@example.com", "company_address": "3 rue Haute"},
    **{"company_postal": "69001", "company_city": "Lyon"},
}
LETTER: dict[str, Any] = {"channels": ["letter"], "template": "relance_1", "delay": 1}
NEXT: dict[str, Any] = {**CALL, "delay": 2}
LAST: dict[str, Any] = {**CALL, "delay": 3, "counts_from": "previous"}


@pytest.fixture(autouse=True)
def clock(system_setting: Any) -> Iterator[time_machine.Traveller]:
    """A Monday in June, and a firm whose scenarios run."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        system_setting(**{**FREE, "CONTACT_DAYS": "1,2,3,4,5"}, SCENARIOS_RUNNING=True)
        yield traveller


def day(month: int, number: int, hour: int = 9) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)


def begun(owner: Api, clock: time_machine.Traveller, *steps: dict[str, Any]) -> Message:
    """The letter of the first step, written on the Tuesday; nobody posts it."""
    owner.login()
    entered(case_id(owner, invoices=DUE, debtor=DEBTOR), drawn(*(steps or (LETTER, LAST))))
    lived_through(clock, day(6, 3), posts=False)
    return Message.objects.get()


def enrolment() -> Enrolment:
    return Enrolment.objects.latest("pk")


def scenario(owner: Api, message: Message) -> Any:
    owner.login()
    return owner.data("GET", f"/api/recoveries/{message.recovery_id}/scenario")


@pytest.mark.parametrize(("then", "on"), [(NEXT, "2026-06-18"), (LAST, "2026-06-22")])
def test_the_next_step_counts_from_the_posting_day(
    owner: Api, clock: time_machine.Traveller, then: dict[str, Any], on: str
) -> None:
    message = begun(owner, clock, LETTER, then)
    lived_through(clock, day(6, 17), posts=False)
    assert told(message.recovery_id) == [("2026-06-02", "step_0", "to_post")]
    assert enrolment().position == 0
    posted()
    assert told(message.recovery_id) == [("2026-06-17", "step_0", "sent")]
    assert enrolment().next_due_at == datetime.fromisoformat(f"{on}T08:00Z")
    lived_through(clock, day(7, 30))
    assert told(message.recovery_id)[1] == (on, "step_1", "task")


def test_a_step_from_delivery_waits_for_posting_and_delivery(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock, LETTER, {**LAST, "counts_from": "delivered", "max_wait_days": 30})
    lived_through(clock, day(7, 15), posts=False)  # Longer than any step waits
    assert [one[2] for one in told(message.recovery_id)] == ["to_post"]
    posted()
    lived_through(clock, day(7, 20))
    fact_record(message_id=message.pk, kind="delivered", at=now(), source="staff")
    lived_through(clock, day(7, 30))
    assert told(message.recovery_id) == [("2026-07-15", "step_0", "sent"), ("2026-07-23", "step_1", "task")]


def test_the_last_letter_ends_the_scenario_once_it_was_posted(owner: Api, clock: time_machine.Traveller) -> None:
    begun(owner, clock, LETTER)
    assert enrolment().state == "running"
    posted()
    assert (enrolment().state, enrolment().why) == ("finished", "done")


def test_client_and_staff_read_what_is_true(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)
    case = Recovery.objects.get()
    done = {"step": "step_0", "on": "2026-06-02", "result": "to_post", "message_id": message.pk, "reasons": []}
    assert scenario(owner, message)["done"] == [done]
    assert [one["step"] for one in scenario(owner, message)["next"]] == ["step_1"]
    assert "letter to be posted" in words(opened(office_of("manager"), case))
    clock.move_to(day(6, 5))
    posted()
    assert scenario(owner, message)["done"] == [{**done, "on": "2026-06-05", "result": "sent"}]
    assert scenario(owner, message)["next"] == [{"step": "step_1", "on": "2026-06-10", "channel": "task"}]
    assert "letter to be posted" not in words(opened(office_of("manager", email="other@example.com"), case))


def test_a_day_that_is_over_counts_as_it_was(owner: Api, clock: time_machine.Traveller) -> None:
    """Printed for Thursday, confirmed on Monday."""
    message = begun(owner, clock)
    batch = batch_print(message_ids=[message.pk], posting_day=date(2026, 6, 4), by=chief())
    clock.move_to(day(6, 8))
    batch_confirm(batch_id=batch.pk, numbers={}, by=batch.by)
    assert told(message.recovery_id) == [("2026-06-04", "step_0", "sent")]
    assert enrolment().next_due_at == day(6, 9, 8)


def test_what_is_taken_out_waits_again(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)
    batch = batch_print(message_ids=[message.pk], posting_day=today(), by=chief())
    [item] = items_of(batch, batch.by)
    item_take_out(batch_id=batch.pk, item_id=item.pk, by=batch.by)
    lived_through(clock, day(6, 10), posts=False)
    assert [one[2] for one in told(message.recovery_id)] == ["to_post"]


def test_a_letter_that_is_given_up_is_passed_over(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)
    message_cancel(message_id=message.pk, by=None)
    done = scenario(owner, message)["done"][0]
    assert (done["result"], done["reasons"]) == ("skipped", ["Its message was cancelled."])
    lived_through(clock, day(6, 30))
    assert [one[2] for one in told(message.recovery_id)] == ["skipped", "task"]
    assert len(scenario(owner, message)["done"][0]["reasons"]) == 1


def test_a_letter_that_the_folder_gives_back_waits_as_held(owner: Api, clock: time_machine.Traveller) -> None:
    """A dispute comes between printing and posting; once it is over the letter is written anew."""
    message = begun(owner, clock, {**LETTER, "max_wait_days": 5}, LAST)
    clock.move_to(day(6, 12))
    batch = batch_print(message_ids=[message.pk], posting_day=today(), by=chief())
    move(message.recovery_id, 2, 7)
    assert len(batch_confirm(batch_id=batch.pk, numbers={}, by=batch.by)) == 1
    assert scenario(owner, message)["done"][0]["result"] == "held"
    move(message.recovery_id, 3)
    lived_through(clock, day(6, 15), posts=False)
    assert Message.objects.get().state == "to_post"
    posted()
    assert told(message.recovery_id) == [("2026-06-15", "step_0", "sent")]
    assert StepRun.objects.get().reasons == []


def test_what_was_approved_still_has_to_be_posted(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock, {**LETTER, "needs_approval": True, "max_wait_days": 5}, LAST)
    assert scenario(owner, message)["done"][0]["result"] == "held"
    message_lift(message_id=message.pk, reason="Vu", by=None)
    assert scenario(owner, message)["done"][0]["result"] == "to_post"
    lived_through(clock, day(6, 24), posts=False)
    assert [one[2] for one in told(message.recovery_id)] == ["to_post"]
    posted()
    assert told(message.recovery_id) == [("2026-06-24", "step_0", "sent")]


def test_a_pause_keeps_the_letter_and_what_was_posted_before_stays_done(
    owner: Api, clock: time_machine.Traveller
) -> None:
    message = begun(owner, clock)
    batch = batch_print(message_ids=[message.pk], posting_day=today(), by=chief())
    scenario_pause(recovery_id=message.recovery_id, reason="On en parle", until=None, by=None)
    assert len(batch_confirm(batch_id=batch.pk, numbers={}, by=batch.by)) == 1
    assert Message.objects.get().state == "held"
    scenario_resume(recovery_id=message.recovery_id, by=None)
    lived_through(clock, day(6, 4))
    scenario_pause(recovery_id=message.recovery_id, reason="On en parle", until=None, by=None)
    assert [one[2] for one in told(message.recovery_id)] == ["sent"]
    assert enrolment().position == 1


def test_an_e_mail_that_came_back_goes_by_post_and_the_scenario_waits(
    owner: Api, clock: time_machine.Traveller
) -> None:
    message = begun(owner, clock, {**LETTER, "channels": ["email", "letter"]}, LAST)
    fact_record(message_id=message.pk, kind="bounced", at=now(), source="smtp")
    letter = step_elsewhere(message_id=message.pk, moment=now()) or Message.objects.get(channel="letter")
    assert scenario(owner, letter)["done"][0]["result"] == "to_post"
    lived_through(clock, day(6, 17), posts=False)
    assert [one[2] for one in told(letter.recovery_id)] == ["to_post"]
    posted()
    assert told(letter.recovery_id) == [("2026-06-17", "step_0", "sent")]
    assert [one["code"] for one in StepRun.objects.get().reasons] == ["came_back"]
    assert enrolment().next_due_at == day(6, 22, 8)


def test_a_rehearsal_takes_what_lies_in_the_folder_to_be_posted(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock, LETTER, {**EMAIL, "template": "relance_2", "delay": 3}, {**CALL, "delay": 9})
    _summary, lines = rehearsed(enrolment().version, [message.recovery_id], date(2026, 7, 1))
    lived_through(clock, day(7, 1))
    assert [(f"{one.on}", one.step, one.result) for one in lines] == told(message.recovery_id)


def test_who_posts_twice_or_ticks_meanwhile_goes_on_once(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock, LETTER, {**LETTER, "template": "relance_2", "delay": 9}, LAST)
    posted()
    fact_record(message_id=message.pk, kind="sent", at=now(), source="staff", provider_id="again")
    tick()
    assert (enrolment().position, StepRun.objects.count()) == (1, 1)


# --- who forgets -----------------------------------------------------------------------------------------------------
def tasks() -> list[tuple[str, str]]:
    found = StaffTask.objects.filter(kind="letters_to_post").order_by("id")
    return [(f"{one.created_at:%Y-%m-%d}", one.state) for one in found]


def test_after_five_working_days_a_person_is_asked_to_post_it(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)  # Tuesday 2 June
    clock.move_to(day(6, 8))
    tasks_sweep()
    assert tasks() == []
    move(message.recovery_id, 2)  # What happens on the case has it written anew, and counts for nothing.
    message_take_up(message_id=message.pk, case_id=message.recovery_id, moment=now())
    clock.move_to(day(6, 9))
    tasks_sweep()
    tasks_sweep()
    assert tasks() == [("2026-06-09", "open")]
    task = StaffTask.objects.get(kind="letters_to_post")
    assert (task.recovery_id, task.fix_url) == (message.recovery_id, "/admin/letters-to-post/")
    assert "06/02/2026" in task.sentence
    batch = batch_print(message_ids=[message.pk], posting_day=today(), by=chief())
    tasks_sweep()
    assert tasks() == [("2026-06-09", "open")]  # Printed is not posted.
    batch_confirm(batch_id=batch.pk, numbers={}, by=batch.by)
    assert tasks() == [("2026-06-09", "done")]
    assert PostBatch.objects.get().state == "posted"


def test_a_letter_that_is_given_up_is_no_task_any_more(owner: Api, clock: time_machine.Traveller) -> None:
    message = begun(owner, clock)
    clock.move_to(day(6, 9))
    tasks_sweep()
    message_cancel(message_id=message.pk, by=None)
    tasks_sweep()
    assert [state for _day, state in tasks()] == ["done"]
