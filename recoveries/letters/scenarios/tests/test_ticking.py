"""The clock of scenarios: what it does on which day, what holds, pauses and ends it, and never twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction

from law.contact import PartyFactKind
from law.scenario import Standing
from legalcity.lib.clock import now, today
from recoveries.agenda.models import StaffTask
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.holding import message_cancel, message_lift
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.pausing import scenario_pause, scenario_resume, scenario_stop
from recoveries.letters.scenarios.tests.drawing import (
    CALL,
    EMAIL,
    drawn,
    entered,
    lived_through,
    round_of_the_house,
    standard,
    told,
)
from recoveries.letters.scenarios.ticking import due_claim, tick
from recoveries.letters.services import message_send
from recoveries.models import Enrolment, Message, Recovery, ScenarioStop, ScenarioVersion, Step, StepRun
from scoring.tests.people import SIREN, results
from tests.factories import Api, case_id, move
from tests.letters import COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
MONDAY = "2026-06-01T08:00:00Z"
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]
TO = "debtor@example.com"


def case_of(owner: Api, **debtor: Any) -> int:
    """A case of 100 EUR that are due."""
    return case_id(owner, invoices=DUE, debtor={"company_email": TO, **debtor})


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A Monday in June, ten o'clock in Paris."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def firm(clock: time_machine.Traveller, system_setting: Any) -> None:
    """A firm that may write, with the rhythm that it begins with, whose scenarios run."""
    system_setting(**COMPLETE, SCENARIOS_RUNNING=True)


def fresh(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.get(pk=enrolment.pk)


def test_standard_through_its_steps(owner: Api, clock: time_machine.Traveller) -> None:
    case = case_of(owner)
    enrolment = entered(case, standard())
    assert enrolment.next_due_at == datetime(2026, 6, 4, 8, tzinfo=UTC)
    tick()
    assert (told(case), mail.outbox) == ([], [])
    lived_through(clock, datetime(2026, 9, 30, tzinfo=UTC))
    assert told(case) == [
        ("2026-06-04", "relance_1", "sent"),
        ("2026-06-15", "relance_2", "sent"),
        ("2026-07-25", "mise_en_demeure", "skipped"),  # nobody has approved it within thirty days
        ("2026-08-05", "appel", "task"),
    ]
    assert [mail.to for mail in mail.outbox] == [[TO]]
    assert Recovery.objects.get(pk=case).status_id == 3
    assert (fresh(enrolment).state, fresh(enrolment).reason) == ("finished", "All its steps are done.")
    kinds = StaffTask.objects.filter(recovery_id=case).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["call"]
    letter = Message.objects.get(kind="relance_2")
    assert (letter.state, letter.sent_at.date()) == ("sent", date(2026, 6, 15))
    run = StepRun.objects.get(step__code="mise_en_demeure")
    assert [reason["code"] for reason in run.reasons][-1] == "waited"
    assert run.reasons[0]["sentence_fr"] != run.reasons[0]["sentence_en"]


def test_a_message_that_the_guard_holds_is_waited_for(owner: Api, clock: time_machine.Traveller) -> None:
    """The second letter comes within a week of the first: the rhythm holds it, and the scenario waits with it."""
    case = case_of(owner)
    entered(case, drawn({**EMAIL, "delay": 1}, {**EMAIL, "template": "relance_2", "delay": 3}, {**CALL, "delay": 4}))
    lived_through(clock, datetime(2026, 6, 5, tzinfo=UTC))
    assert told(case)[1:] == [("2026-06-04", "step_1", "held")]
    assert StepRun.objects.get(step__code="step_1").reasons[0]["code"] == "rhythm"
    lived_through(clock, datetime(2026, 7, 1, tzinfo=UTC))
    assert told(case) == [
        ("2026-06-02", "step_0", "sent"),
        ("2026-06-09", "step_1", "sent"),
        ("2026-06-10", "step_2", "task"),
    ]
    assert len(mail.outbox) == 2


def test_a_step_that_needs_approval_waits_for_a_manager(owner: Api, clock: time_machine.Traveller) -> None:
    case = case_of(owner)
    entered(case, drawn({**EMAIL, "delay": 1, "needs_approval": True}, {**CALL, "delay": 2}))
    lived_through(clock, datetime(2026, 6, 8, 8, tzinfo=UTC))
    message = Message.objects.get()
    assert message.state == "held"
    assert "approval" in {one["code"] for one in message.guard["reasons"]}
    assert told(case) == [("2026-06-02", "step_0", "held")]
    message_lift(message_id=message.pk, reason="Vu", by=None)
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    assert told(case)[0] == ("2026-06-08", "step_0", "sent")
    assert told(case)[1][1:] == ("step_1", "task")
    assert len(mail.outbox) == 1


def test_what_nobody_approves_or_what_is_given_up_is_passed_over(owner: Api, clock: time_machine.Traveller) -> None:
    step = {**EMAIL, "delay": 1, "needs_approval": True, "max_wait_days": 10}
    waits, given_up = case_of(owner), case_of(owner, company_email="other@example.com", company_siren="552100554")
    version = drawn(step)
    entered(waits, version)
    entered(given_up, version)
    lived_through(clock, datetime(2026, 6, 3, tzinfo=UTC))
    message_cancel(message_id=Message.objects.get(recovery_id=given_up).pk, by=None)
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    assert told(given_up) == [("2026-06-03", "step_0", "skipped")]
    assert told(waits) == [("2026-06-12", "step_0", "skipped")]
    assert [reason["code"] for reason in StepRun.objects.get(enrolment__recovery_id=waits).reasons] == [
        "approval",
        "waited",
    ]
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
    assert mail.outbox == []


def test_what_may_never_leave_is_passed_over_with_the_reasons(owner: Api, clock: time_machine.Traveller) -> None:
    case = case_of(owner)
    party_fact_enter(recovery_id=case, kind=PartyFactKind.DECEASED, since=today(), by=None)
    entered(case, drawn({**EMAIL, "delay": 1}))
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    assert told(case) == [("2026-06-02", "step_0", "skipped")]
    assert StepRun.objects.get().reasons[0]["code"] == "addressee"
    assert not Message.objects.exists()


@pytest.mark.parametrize(("choice", "result"), [("task", "task"), ("skip", "skipped"), ("stop", "stopped")])
def test_where_no_way_leads(owner: Api, clock: time_machine.Traveller, choice: str, result: str) -> None:
    case = case_of(owner, company_email=None)
    enrolment = entered(case, drawn({**EMAIL, "delay": 1, "if_impossible": choice}, {**CALL, "delay": 2}))
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    assert told(case)[0] == ("2026-06-02", "step_0", result)
    assert fresh(enrolment).state == ("stopped" if choice == "stop" else "finished")


def test_nothing_runs_while_it_is_switched_off(owner: Api, clock: time_machine.Traveller, system_setting: Any) -> None:
    case = case_of(owner)
    entered(case, drawn({**EMAIL, "delay": 1}))
    clock.move_to(datetime(2026, 6, 3, 8, tzinfo=UTC))
    system_setting(SCENARIOS_RUNNING=False)
    assert tick() == 0
    system_setting(SCENARIOS_RUNNING=True)
    ScenarioStop.objects.create(owner=owner.user)
    assert (tick(), told(case)) == (0, [])
    ScenarioStop.objects.all().delete()
    tick()
    assert told(case) == [("2026-06-03", "step_0", "sent")]


def test_who_is_killed_between_claim_and_act_loses_nothing(owner: Api, clock: time_machine.Traveller) -> None:
    case = case_of(owner)
    entered(case, drawn({**EMAIL, "delay": 1}))
    clock.move_to(datetime(2026, 6, 2, 8, 0, 1, tzinfo=UTC))
    assert len(due_claim(moment=now())) == 1
    assert (tick(), told(case)) == (0, [])  # somebody has it
    clock.shift(timedelta(minutes=6))
    tick()
    tick()
    assert told(case) == [("2026-06-02", "step_0", "sent")]
    assert Message.objects.count() == 1


def test_a_published_version_and_its_steps_are_never_changed() -> None:
    version = standard()
    step = version.steps.all()[0]
    for change in (
        lambda: ScenarioVersion.objects.filter(pk=version.pk).update(number=9),
        lambda: ScenarioVersion.objects.filter(pk=version.pk).update(state="draft"),
        lambda: version.delete(),
        lambda: Step.objects.filter(pk=step.pk).update(delay=1),
        lambda: step.delete(),
        lambda: Step.objects.create(version=version, position=9, code="more"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    ScenarioVersion.objects.filter(pk=version.pk).update(state="retired")


def test_a_step_is_done_once_by_the_database(owner: Api) -> None:
    enrolment = entered(case_of(owner), standard())
    values = {"enrolment": enrolment, "step": standard().steps.all()[0], "due_at": now(), "at": now(), "state": "sent"}
    StepRun.objects.create(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        StepRun.objects.create(**values)


# --- what happens meanwhile ------------------------------------------------------------------------------------------
def test_a_dispute_holds_it_and_its_end_has_it_go_on(owner: Api, clock: time_machine.Traveller) -> None:
    case = case_of(owner)
    enrolment = entered(case, standard())
    move(case, 7)
    assert (fresh(enrolment).state, fresh(enrolment).next_due_at) == (Standing.HELD, None)
    lived_through(clock, datetime(2026, 8, 3, 9, tzinfo=UTC))
    assert told(case) == []
    move(case, 5)
    assert fresh(enrolment).state == Standing.RUNNING
    lived_through(clock, datetime(2026, 12, 1, tzinfo=UTC))
    assert [day for day, *_rest in told(case)] == ["2026-08-03", "2026-08-12", "2026-09-23", "2026-10-05"]


def test_a_plan_pauses_it(owner: Api, clock: time_machine.Traveller) -> None:
    enrolment = entered(case := case_of(owner), standard())
    move(case, 6)
    assert fresh(enrolment).state == Standing.PAUSED
    lived_through(clock, datetime(2026, 8, 3, 9, tzinfo=UTC))
    assert told(case) == []
    move(case, 5)
    assert fresh(enrolment).state == Standing.RUNNING


@pytest.mark.parametrize("status", [8, 9])
def test_what_closes_the_case_ends_it(owner: Api, status: int) -> None:
    enrolment = entered(case := case_of(owner), standard())
    move(case, status)
    assert (fresh(enrolment).state, fresh(enrolment).next_due_at) == (Standing.FINISHED, None)


def test_a_payment_has_the_delay_begin_again_or_ends_it(owner: Api, clock: time_machine.Traveller) -> None:
    enrolment = entered(case := case_of(owner), standard())
    lived_through(clock, datetime(2026, 6, 10, 8, tzinfo=UTC))
    acompte_record(recovery_id=case, amount=Decimal(40), day=today(), confirmed=True, by=None)
    assert fresh(enrolment).next_due_at == datetime(2026, 6, 19, 8, tzinfo=UTC)
    acompte_record(recovery_id=case, amount=Decimal(100), day=today(), confirmed=True, by=None)
    assert fresh(enrolment).state == Standing.FINISHED


def test_insolvency_stops_it_and_opens_the_task(owner: Api) -> None:
    enrolment = entered(case := case_of(owner), standard())
    party_fact_enter(
        recovery_id=case, kind=PartyFactKind.INSOLVENT, since=today(), published_on=date(2026, 6, 1), by=None
    )
    tick()
    assert (fresh(enrolment).state, fresh(enrolment).why) == (Standing.STOPPED, "insolvent")
    assert StaffTask.objects.filter(recovery_id=case, kind="declare_claim").exists()


def test_new_cases_enter_the_first_scenario_that_fits(owner: Api, stranger: Api, system_setting: Any) -> None:
    own = drawn(CALL, code="own", owner=owner.user, priority=5)
    large = drawn(CALL, code="large", priority=1, applies_when=[{"name": "amount_at_least", "value": "500"}])
    system_setting(SCENARIOS_RUNNING=False)
    assert not Enrolment.objects.filter(recovery_id=case_of(owner)).exists()
    system_setting(SCENARIOS_RUNNING=True)
    big = case_id(owner, invoices=[{**DUE[0], "invoice_amount": "900.00"}])
    entries = [Enrolment.objects.get(recovery_id=case).version for case in (case_of(owner), big, case_of(stranger))]
    assert entries == [own, large, standard()]


def test_a_step_asks_for_the_latest_score_of_the_debtor(owner: Api, clock: time_machine.Traveller) -> None:
    scored, bare = case_of(owner, company_siren=SIREN), case_of(owner, company_email="b@example.com")
    level = results(owner, Recovery.objects.values_list("debtor_id", flat=True).get(pk=scored))["risk_level"]
    asked = {**EMAIL, "delay": 0, "conditions": [{"name": "score_band", "value": [level]}]}
    version = drawn(asked)
    for case in (scored, bare):
        entered(case, version)
    tick()
    assert told(scored)[0][2] == "sent"
    run = StepRun.objects.get(enrolment__recovery_id=bare)
    assert (run.state, run.reasons[0]["code"]) == ("skipped", "condition")
    assert "aucun score connu" in run.reasons[0]["sentence_fr"]


def test_what_a_scenario_has_made_waits_while_it_is_paused(owner: Api, clock: time_machine.Traveller) -> None:
    case = case_of(owner)
    entered(case, drawn({**EMAIL, "delay": 1, "needs_approval": True}, {**CALL, "delay": 60}))
    lived_through(clock, datetime(2026, 6, 3, 8, tzinfo=UTC))
    message = Message.objects.get()
    scenario_pause(recovery_id=case, reason="On en parle", until=None, by=None)
    message_lift(message_id=message.pk, reason="Vu", by=None)
    lived_through(clock, datetime(2026, 6, 10, 8, tzinfo=UTC))
    message.refresh_from_db()
    assert (message.state, mail.outbox) == ("held", [])
    standing = [one for one in message.guard["reasons"] if not one["is_lifted"]]
    assert [(one["code"], one["is_liftable"]) for one in standing] == [("scenario", False)]
    scenario_resume(recovery_id=case, by=None)
    round_of_the_house()
    assert [mail.to for mail in mail.outbox] == [[TO]]


@pytest.mark.parametrize("switch", ["pause", "firm", "client"])
def test_what_is_queued_does_not_leave_any_more(
    owner: Api, clock: time_machine.Traveller, system_setting: Any, switch: str
) -> None:
    case = case_of(owner)
    enrolment = entered(case, drawn({**EMAIL, "delay": 1}, {**CALL, "delay": 60}))
    clock.move_to(datetime(2026, 6, 2, 8, 1, tzinfo=UTC))
    tick()
    message = Message.objects.get(state="queued")
    if switch == "pause":
        scenario_pause(recovery_id=case, reason="On en parle", until=None, by=None)
    elif switch == "firm":
        system_setting(SCENARIOS_RUNNING=False)
    else:
        ScenarioStop.objects.create(owner_id=enrolment.owner_id)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, mail.outbox) == ("held", [])
    assert [one["code"] for one in message.guard["reasons"]] == ["scenario"]


@pytest.mark.parametrize("step", [{}, {"needs_approval": True}])
def test_a_stop_ends_what_waits(owner: Api, clock: time_machine.Traveller, step: dict[str, Any]) -> None:
    case = case_of(owner)
    entered(case, drawn({**EMAIL, **step, "delay": 1}, {**CALL, "delay": 60}))
    clock.move_to(datetime(2026, 6, 2, 8, 1, tzinfo=UTC))
    tick()
    scenario_stop(recovery_id=case, reason="Non", by=None)
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    assert (Message.objects.get().state, mail.outbox) == ("cancelled", [])


@pytest.mark.parametrize("passing", [7, 6])
def test_a_pause_outlives_a_dispute_and_a_plan(owner: Api, clock: time_machine.Traveller, passing: int) -> None:
    case = case_of(owner)
    enrolment = entered(case, drawn({**EMAIL, "delay": 1}, {**CALL, "delay": 60}))
    move(case, 2)
    paused = scenario_pause(recovery_id=case, reason="Congés", until=date(2026, 7, 1), by=None, by_client=True)
    move(case, passing)
    assert fresh(enrolment).reason != "Congés"
    move(case, 4)
    after = fresh(enrolment)
    kept = (after.state, after.reason, after.paused_by_client, after.paused_until, after.next_due_at)
    assert kept == ("paused", "Congés", True, paused.paused_until, paused.paused_until)
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    assert mail.outbox == []
    lived_through(clock, datetime(2026, 7, 10, tzinfo=UTC))
    assert len(mail.outbox) == 1
    move(case, passing)
    move(case, 5)
    assert fresh(enrolment).state == "running"


@pytest.mark.parametrize("by_hand", ["relance_1", "mise_en_demeure"])
def test_an_escalation_never_runs_backwards(owner: Api, clock: time_machine.Traveller, by_hand: str) -> None:
    """Somebody sends a letter by hand: the steps up to it are passed over."""
    case = case_of(owner)
    formal = {**EMAIL, "template": "mise_en_demeure", "delay": 9, "needs_approval": True}
    entered(case, drawn({**EMAIL, "delay": 2}, {**CALL, "delay": 3}, formal))
    message = message_send(case_id=case, kind=by_hand, to=TO, by=None)
    message_deliver(message_id=message.pk, moment=now())
    lived_through(clock, datetime(2026, 6, 30, tzinfo=UTC))
    results = [result for _day, _step, result in told(case)]
    assert results == ["skipped", "task", "skipped" if by_hand == "mise_en_demeure" else "held"]
    assert StepRun.objects.get(step__code="step_0").reasons[0]["code"] == "overtaken"
    assert Message.objects.filter(kind="relance_1").count() == (by_hand == "relance_1")
