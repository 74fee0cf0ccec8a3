"""Scenes that tell events of what goes to a debtor: letters, notices, scenarios (tests/scenes.py)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from constance import config as system_settings

from law.account.facts import NoticeState
from law.notices import Channel
from law.vocabulary import Reminder
from legalcity.lib.clock import now, today
from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.receipt_posting import receipt_posted
from recoveries.letters.scenarios.pausing import scenario_pause, scenario_resume, scenario_stop
from recoveries.letters.scenarios.switching import case_switch
from recoveries.letters.scenarios.ticking import tick
from recoveries.letters.services import message_send
from recoveries.models import Enrolment, Message, ScenarioVersion
from recoveries.services.notices import notice_enter, notice_follow
from tests.factories import Api, case_id, move
from tests.scenes import received, tells


def _letter(owner: Api) -> Message:
    case = case_id(owner, invoices=[{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}])
    return message_send(case_id=case, kind=Reminder.FIRST, to="debtor@example.com", by=None)


@tells("message.sent")
def a_letter(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    yield
    for _time in range(2):
        message_deliver(message_id=letter.pk, moment=now())


@tells("message.held")
def a_letter_that_may_not_leave_any_more(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    move(letter.recovery_id, 9)
    yield
    for _time in range(2):
        message_deliver(message_id=letter.pk, moment=now())


@tells("message.failed")
def a_letter_whose_worker_was_lost(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    Message.objects.filter(pk=letter.pk).update(state=Message.State.SENDING, claimed_until=now() - timedelta(1))
    yield
    for _time in range(2):
        messages_interrupted(moment=now())


@tells("message.bounced")
def a_letter_that_comes_back(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    message_deliver(message_id=letter.pk, moment=now())
    yield
    for _time in range(2):
        fact_record(message_id=letter.pk, kind="bounced", at=now(), source="smtp", provider_id="<1@mx.example>")


def _in_scenario(owner: Api, customer: dict[str, str] | None = None, **debtor: str) -> Enrolment:
    """A case that has entered *Standard*, whose first step is due."""
    invoices = [{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}]
    case = case_id(owner, debtor=debtor, customer=customer or {}, invoices=invoices)
    version = ScenarioVersion.objects.get(scenario__code="standard")
    enrolment = case_switch(recovery_id=case, version=version, by=None)
    Enrolment.objects.update(next_due_at=now(), entered_at=now() - timedelta(30))
    return enrolment


@tells("scenario.started")
def a_case_that_enters_a_scenario(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    for _time in range(2):
        case_switch(recovery_id=case, version=ScenarioVersion.objects.get(scenario__code="standard"), by=None)


@tells("scenario.step_skipped")
def a_step_that_may_not_be(owner: Api) -> Iterator[None]:
    _in_scenario(owner, company_email="jane@xyz.com")  # The debtor's address is the creditor's.
    system_settings.SCENARIOS_RUNNING = True
    yield
    for _time in range(2):
        tick()


@tells("scenario.step_done")
def a_step_for_a_person(owner: Api) -> Iterator[None]:
    _in_scenario(owner)
    Enrolment.objects.update(position=1)
    system_settings.SCENARIOS_RUNNING = True
    yield
    for _time in range(2):
        tick()


@tells("message.planned", "scenario.step_done", "scenario.step_done")
def two_cases_that_go_in_one_message(owner: Api) -> Iterator[None]:
    one = {"company_siren": "552100554", "company_name": "Hush SA"}
    for _case in range(2):
        _in_scenario(owner, {"company_name": "Hush SARL", "company_siren": "732829320"}, **one)
    system_settings.SCENARIOS_RUNNING = system_settings.GROUP_BY_DEBTOR = True
    yield
    for _time in range(2):
        tick()


@tells("scenario.paused", "scenario.resumed")
def a_scenario_that_rests(owner: Api) -> Iterator[None]:
    case = _in_scenario(owner).recovery_id
    yield
    for _time in range(2):
        scenario_pause(recovery_id=case, reason="Hush", until=None, by=None)
    for _time in range(2):
        scenario_resume(recovery_id=case, by=None)


@tells("scenario.finished")
def a_scenario_that_is_stopped(owner: Api) -> Iterator[None]:
    case = _in_scenario(owner).recovery_id
    yield
    scenario_stop(recovery_id=case, reason="Hush", by=None)


@tells("message.sent")
def a_receipt_that_goes_by_post(owner: Api) -> Iterator[None]:
    case = case_id(owner, debtor={"company_email": None})
    received(case, today())
    yield
    receipt_posted(message_id=Message.objects.get(recovery=case).pk, by=None)


def _notice(case: int) -> Any:
    sent = {"channel": Channel.REGISTERED.value, "state": NoticeState.SENT.value, "sent_on": today() - timedelta(3)}
    return notice_enter(recovery_id=case, by=None, **sent)


@tells("message.sent")
def a_formal_notice(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _notice(case)


def _outcome(owner: Api, state: NoticeState) -> Iterator[None]:
    notice = _notice(case_id(owner))
    days = {"presented_on": today(), "received_on": today() if state == NoticeState.RECEIVED else None}
    yield
    for _time in range(2):
        notice_follow(recovery_id=notice.recovery_id, notice_id=notice.pk, state=state.value, by=None, **days)


@tells("message.delivered")
def a_formal_notice_that_was_received(owner: Api) -> Iterator[None]:
    yield from _outcome(owner, NoticeState.RECEIVED)


@tells("message.returned")
def a_formal_notice_that_nobody_fetched(owner: Api) -> Iterator[None]:
    yield from _outcome(owner, NoticeState.UNCLAIMED)


@tells("message.refused")
def a_formal_notice_that_was_refused(owner: Api) -> Iterator[None]:
    yield from _outcome(owner, NoticeState.REFUSED)
