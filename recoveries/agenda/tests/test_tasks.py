"""Tasks: opened once, ended once, given and postponed, and closed by themselves when there is nothing left to do."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from accounts.models import AuditEvent
from law.vocabulary import Step
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.agenda.closing import tasks_review, tasks_sweep
from recoveries.agenda.kinds import kinds
from recoveries.agenda.services import task_assign, task_done, task_drop, task_open, task_snooze, tasks_close
from recoveries.agenda.task_kinds import ANSWER_CLIENT, CALL, CALL_BACK
from recoveries.court.task_kinds import DECLARE_CLAIM
from recoveries.ledger.task_kinds import CONFIRM_RATE
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.task_kinds import MESSAGE_BOUNCED, POST_REGISTERED
from recoveries.models import LegalRate, Recovery, StaffTask
from recoveries.services.comments import comment_create
from recoveries.services.notices import notice_enter
from tests.backoffice import chief
from tests.factories import Api, ApiUserFactory, case_id
from tests.noon import noon_of
from tests.races import at_once

pytestmark = pytest.mark.django_db
noon = noon_of(today())


@pytest.fixture
def case(owner: Api) -> Recovery:
    return Recovery.objects.get(pk=case_id(owner))


def opened(case: Recovery | None, kind: str = CALL, **values: Any) -> StaffTask:
    return task_open(
        **{"kind": kind, "recovery_id": case and case.pk, "due_on": today(), "sentence_facts": {}, **values}
    )


def state(task: StaffTask) -> str:
    return StaffTask.objects.get(pk=task.pk).state


def audited(task: StaffTask) -> list[str]:
    events = AuditEvent.objects.filter(object_type="recoveries.stafftask", object_id=str(task.pk)).order_by("id")
    return list(events.values_list("action", flat=True))


# --- opened once -----------------------------------------------------------------------------------------------------
def test_one_of_a_kind_and_subject_is_open_on_a_case(case: Recovery, owner: Api) -> None:
    first = opened(case)
    assert opened(case, due_on=today() + timedelta(days=9)).pk == first.pk
    other = Recovery.objects.get(pk=case_id(owner))
    others = {opened(case, CALL_BACK).pk, opened(case, subject="message:1").pk, opened(other).pk}
    assert len(others - {first.pk}) == 3
    assert (first.owner_id, first.due_on) == (case.owner_id, today())
    assert audited(first) == ["added"]


def test_what_was_done_may_be_to_do_again(case: Recovery) -> None:
    first = task_done(task_id=opened(case).pk, by=None)
    assert opened(case).pk != first.pk


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two connections at once need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_open_it_at_once_open_one(case: Recovery) -> None:
    found = at_once(4, lambda number: opened(case).pk)
    firms = at_once(4, lambda number: opened(None, CONFIRM_RATE).pk)
    assert len({*found}) == len({*firms}) == 1
    assert StaffTask.objects.count() == 2


def test_what_no_caller_may_say_is_refused(case: Recovery) -> None:
    wrong: list[dict[str, Any]] = [
        {"kind": "nonsense"},
        {"sentence_facts": {"nonsense": 1}},
        {"kind": DECLARE_CLAIM, "sentence_facts": {"by": "soon"}},
        {"auto_close": "nonsense"},
        {"fix_url": "//example.com"},
        {"fix_url": "https://example.com"},
    ]
    for values in wrong:
        with pytest.raises(ValueError, match=r"."):
            opened(case, **values)
    with pytest.raises(Invalid):
        opened(case, assignee=ApiUserFactory())
    with pytest.raises(NotFound):
        task_open(kind=CALL, recovery_id=10**9, due_on=today())
    assert not StaffTask.objects.exists()


def test_the_sentence_is_the_first_that_the_facts_fill(case: Recovery) -> None:
    facts = {"letter": "Relance 2", "address": "a@example.com"}
    task = opened(case, MESSAGE_BOUNCED, sentence_facts=facts)
    assert task.sentence == "“Relance 2” did not reach a@example.com."
    with translation.override("fr"):
        assert task.sentence == "«\u00a0Relance 2\u00a0» n’est pas parvenu à a@example.com."
        assert opened(None, CONFIRM_RATE, sentence_facts={"since": date(2026, 7, 1)}).sentence.startswith(
            "Le taux en vigueur depuis le 01/07/2026"
        )


def test_each_kind_says_something_with_all_its_facts_and_with_none() -> None:
    examples = {"text": "x", "day": "2026-11-04", "money": "12.50"}
    for kind in kinds().values():
        for facts in ({}, {name: examples[what] for name, what in kind.facts.items()}):
            said = kind.sentence(facts)
            assert said, kind.code
            assert "{" not in said, kind.code


def test_a_kind_that_the_code_has_no_longer_is_shown_by_its_code(case: Recovery) -> None:
    task = opened(case)
    task.kind = "former_kind"
    assert (str(task), task.sentence) == ("former_kind", "former_kind")


# --- ended, given, postponed -----------------------------------------------------------------------------------------
def test_a_task_is_ended_once(case: Recovery) -> None:
    person = chief()
    done = task_done(task_id=opened(case).pk, by=person, note="He pays on Friday.")
    assert (done.state, done.done_by, done.note) == ("done", person, "He pays on Friday.")
    assert done.done_at is not None
    for act in (task_done, task_drop):
        with pytest.raises(Forbidden):
            act(task_id=done.pk, by=person)
    with pytest.raises(NotFound):
        task_done(task_id=10**9, by=person)


def test_a_task_is_given_to_staff_alone(case: Recovery) -> None:
    person, task = chief(), opened(case)
    assert task_assign(task_id=task.pk, assignee=person, by=None).assignee == person
    with pytest.raises(Invalid):
        task_assign(task_id=task.pk, assignee=ApiUserFactory(), by=None)
    assert task_assign(task_id=task.pk, assignee=None, by=None).assignee is None


def test_a_task_is_put_off_to_a_day_to_come(case: Recovery) -> None:
    task, day = opened(case), today()
    assert task_snooze(task_id=task.pk, until=day + timedelta(days=3), by=None).due_on == day + timedelta(days=3)
    with pytest.raises(Invalid):
        task_snooze(task_id=task.pk, until=day, by=None)


def test_tasks_of_a_case_that_nobody_was_given_are_those_of_its_handler(case: Recovery) -> None:
    handler, other = chief(), chief(email="second@example.com")
    Recovery.objects.filter(pk=case.pk).update(user=handler)
    task = opened(case)
    assert list(StaffTask.objects.of_person(handler)) == [task]
    task_assign(task_id=task.pk, assignee=other, by=None)
    assert not StaffTask.objects.of_person(handler).exists()
    assert list(StaffTask.objects.of_person(other)) == [task]


# --- closed by themselves --------------------------------------------------------------------------------------------
def test_tasks_of_a_kind_are_closed_by_who_knows(case: Recovery) -> None:
    task, other = opened(case, subject="a"), opened(case, CALL_BACK)
    assert tasks_close(recovery_id=case.pk, kind=CALL, subject="b") == 0
    assert tasks_close(recovery_id=case.pk, kind=CALL) == 1
    assert (state(task), state(other)) == ("done", "open")
    assert audited(task) == ["added", "changed"]


def test_a_registered_letter_that_went_out_closes_its_task(case: Recovery) -> None:
    task = opened(case, POST_REGISTERED, sentence_facts={"letter": "Mise en demeure"})
    assert tasks_review(recovery_id=case.pk) == 0
    notice_enter(recovery_id=case.pk, channel="registered", state="sent", sent_on=today(), by=None)
    assert state(task) == "done"


def test_an_answer_to_the_client_closes_its_task(case: Recovery, owner: Api) -> None:
    task, member = opened(case, ANSWER_CLIENT), chief()
    comment_create(recovery=case, values={"comment": "<p>And now?</p>"}, by=owner.user)
    comment_create(recovery=case, values={"comment": "<p>Later.</p>", "visible_to_user": False}, by=member)
    assert state(task) == "open", "the client asks, and what is for the house alone is no answer"
    comment_create(recovery=case, values={"comment": "<p>Soon.</p>"}, by=member)
    assert state(task) == "done"


def test_a_closed_case_has_nothing_to_do(case: Recovery) -> None:
    task = opened(case)
    Recovery.objects.filter(pk=case.pk).update(status_id=Step.WITHDRAWN)
    tasks_sweep()
    assert state(task) == "dropped"


def test_one_task_asks_for_all_rates_and_is_done_once_they_are_confirmed() -> None:
    LegalRate.objects.update(is_confirmed=True)
    rate = LegalRate.objects.filter(valid_from__lte=today()).first()
    assert rate is not None
    LegalRate.objects.filter(valid_from=rate.valid_from).update(is_confirmed=False)
    tasks_sweep()
    tasks_sweep()
    [task] = StaffTask.objects.filter(kind=CONFIRM_RATE)
    assert (task.recovery_id, task.owner_id, task.state) == (None, None, "open")
    assert task.fix_url.startswith("/admin/recoveries/")
    LegalRate.objects.update(is_confirmed=True)
    tasks_sweep()
    assert state(task) in {"done", "open"}


# --- a debtor who is insolvent ---------------------------------------------------------------------------------------
def test_a_claim_is_declared_on_every_open_case_against_the_same_person(owner: Api, stranger: Api) -> None:
    cases = [Recovery.objects.get(pk=case_id(api)) for api in (owner, owner, stranger)]
    Recovery.objects.filter(pk=cases[1].pk).update(status_id=Step.WITHDRAWN)
    published = today() - timedelta(days=3)
    party_fact_enter(
        recovery_id=cases[0].pk, kind="insolvent", since=today() - timedelta(days=9), published_on=published, by=None
    )
    tasks = StaffTask.objects.filter(kind=DECLARE_CLAIM)
    assert {task.recovery_id for task in tasks} == {cases[0].pk, cases[2].pk}
    assert all(task.due_on > published + timedelta(days=58) for task in tasks)


def test_amounts_and_days_are_kept_as_json_keeps_them(case: Recovery) -> None:
    task = opened(case, DECLARE_CLAIM, sentence_facts={"since": date(2026, 3, 1)})
    assert StaffTask.objects.get(pk=task.pk).facts == {"since": "2026-03-01"}
