"""The page of tasks: whose tasks it shows, what is done in place, and that the list stays as it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from legalcity.lib.clock import today
from recoveries.agenda.services import task_assign, task_done, task_open
from recoveries.agenda.task_kinds import CALL, CALL_BACK
from recoveries.desk.tests.pages import opened, person, words
from recoveries.ledger.task_kinds import CONFIRM_RATE
from recoveries.models import Comment, Recovery, StaffTask
from tests.backoffice import act, browser_of
from tests.factories import Api, case_id
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/tasks/"
DAY = today()
noon = noon_of(DAY)


@pytest.fixture
def handler() -> User:
    return person("handler")


@pytest.fixture
def browser(handler: User) -> Client:
    return browser_of(handler)


def of(owner: Api, handler: User | None, kind: str = CALL, **values: Any) -> StaffTask:
    """A task on a new case of `handler`."""
    case = Recovery.objects.get(pk=case_id(owner))
    Recovery.objects.filter(pk=case.pk).update(user=handler)
    return task_open(**{"kind": kind, "recovery_id": case.pk, "due_on": DAY, **values})


def shown(browser: Client, query: str = "") -> list[StaffTask]:
    page = browser.get(PAGE + query)
    assert page.status_code == 200
    return list(page.context["tasks"])


def sent(browser: Client, task: StaffTask, name: str, query: str = "", **data: Any) -> Any:
    token = browser.get(PAGE).context["task_token"]
    return browser.post(PAGE + query, {"act": name, "task": task.pk, "form_token": token, **data})


def test_each_list_shows_its_tasks_what_is_due_first(owner: Api, handler: User, browser: Client) -> None:
    late = of(owner, handler, due_on=DAY - timedelta(days=2))
    later, nobodys = of(owner, handler, due_on=DAY + timedelta(days=2)), of(owner, None)
    theirs, done = of(owner, person("handler")), of(owner, handler)
    task_done(task_id=done.pk, by=handler)
    assert shown(browser) == [late, later]
    assert shown(browser, "?view=team") == [late, nobodys, later]
    assert shown(browser, "?view=overdue") == [late]
    assert shown(browser, "?view=done") == [done]
    chief = browser_of(person("manager"))
    assert shown(chief) == []
    assert theirs in shown(chief, "?view=team")


def test_a_list_is_narrowed_by_kind_and_person(owner: Api, handler: User) -> None:
    other, chief = person("handler"), browser_of(person("manager"))
    mine, back = of(owner, handler), of(owner, handler, CALL_BACK)
    theirs = of(owner, other)
    assert shown(chief, f"?view=team&kind={CALL}&person={handler.pk}") == [mine]
    assert shown(chief, f"?view=team&person={other.pk}") == [theirs]
    assert back in shown(chief, "?view=team&kind=nonsense&person=nobody&p=x")


def test_who_may_not_confirm_rates_is_not_asked_to(browser: Client) -> None:
    task = task_open(kind=CONFIRM_RATE, recovery_id=None, due_on=DAY, sentence_facts={"since": DAY})
    assert shown(browser) == []
    assert sent(browser, task, "task-done").status_code == 404
    assert shown(browser_of(person("manager"))) == [task]


def test_what_is_done_in_place_leaves_list_filters_and_page_as_they_were(
    owner: Api, handler: User, browser: Client
) -> None:
    query = f"?view=team&kind={CALL}&p=2"
    for name, data in (
        ("task-postpone", {"until": (DAY + timedelta(days=3)).isoformat(), "note": "On holiday."}),
        ("task-assign", {"assignee": str(handler.pk)}),
        ("task-drop", {"reason": "Paid."}),
    ):
        task = of(owner, handler)
        answer = sent(browser, task, name, query, **data)
        assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?view=team&kind={CALL}&p=2")
        task.refresh_from_db()
        assert (task.due_on > DAY, task.assignee == handler, task.state == "dropped").count(True) == 1


def test_a_form_sent_twice_acts_once(owner: Api, handler: User, browser: Client) -> None:
    task, token = of(owner, handler), browser.get(PAGE).context["task_token"]
    until = [(DAY + timedelta(days=days)).isoformat() for days in (3, 9)]
    for day in until:
        browser.post(PAGE, {"act": "task-postpone", "task": task.pk, "form_token": token, "until": day})
    task.refresh_from_db()
    assert task.due_on.isoformat() == until[0]


def test_a_task_is_not_given_to_who_does_not_see_the_case(owner: Api, handler: User, browser: Client) -> None:
    task, other = of(owner, handler), person("handler", first_name="Zoe", last_name="Far")
    sent(browser, task, "task-assign", assignee=str(other.pk))
    said = words(browser.get(PAGE).content.decode())
    assert "Zoe Far does not see this case" in said
    task.refresh_from_db()
    assert task.assignee is None


@pytest.mark.parametrize(
    "data",
    [
        {"task": "0"},
        {"task": "99999999999999999999"},
        {"task": "\x00"},
        {"act": "task-nonsense"},
        {"task": ""},
    ],
)
def test_what_is_no_task_of_mine_is_not_there(owner: Api, handler: User, browser: Client, data: dict[str, str]) -> None:
    task = of(owner, handler)
    assert browser.post(PAGE, {"act": "task-done", "task": str(task.pk), **data}).status_code == 404
    theirs = of(owner, person("handler"))
    assert sent(browser, theirs, "task-done").status_code == 404
    assert set(StaffTask.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize("until", ["", "yesterday", "2020-01-01", "\x00"])
def test_a_day_that_is_none_is_refused_with_a_sentence(owner: Api, handler: User, browser: Client, until: str) -> None:
    task = of(owner, handler)
    assert sent(browser, task, "task-postpone", until=until).status_code == 302
    assert "errornote" in (page := browser.get(PAGE).content.decode()) or 'class="error"' in page
    task.refresh_from_db()
    assert task.due_on == DAY


def test_an_auditor_looks_and_does_nothing(owner: Api, handler: User) -> None:
    task, auditor = of(owner, handler), browser_of(person("auditor"))
    page = auditor.get(f"{PAGE}?view=team").content.decode()
    assert task.sentence in page
    assert "task-done" not in page
    assert auditor.post(PAGE, {"act": "task-done", "task": task.pk}).status_code == 403


def test_the_case_shows_its_tasks_which_are_done_there(owner: Api, handler: User, browser: Client) -> None:
    task = of(owner, handler, sentence_facts={"about": "the crane"})
    case = task.recovery
    way = "?_changelist_filters=p%3D2"
    page = opened(browser, case, way)
    assert "Call the debtor: the crane" in words(page)
    answer = sent(browser, task, "task-done", way, case=str(case.pk))
    assert answer["Location"] == f"/admin/recoveries/recovery/{case.pk}/change/{way}"
    assert "Nothing is to be done on this case." in words(opened(browser, case, way))


def test_the_note_of_a_call_stays_in_the_house_and_asks_to_call_back(
    owner: Api, handler: User, browser: Client
) -> None:
    task = of(owner, handler)
    case, day = task.recovery, DAY + timedelta(days=5)
    assert act(browser, case, "call-note", text="He pays on Friday.", call_back_on=day).status_code == 302
    [comment] = Comment.objects.filter(recovery=case)
    assert not any(getattr(comment, column) for column in Comment.visibility.columns.values())
    task.refresh_from_db()
    assert (task.state, task.done_by) == ("done", handler)
    [back] = StaffTask.objects.standing().filter(recovery=case)
    assert (back.kind, back.due_on, back.sentence) == (CALL_BACK, day, "Call back: He pays on Friday.")
    with translation.override("fr"):
        assert back.sentence == "Rappeler\u00a0: He pays on Friday."


def test_the_home_page_shows_what_is_due_by_me(owner: Api, handler: User, browser: Client) -> None:
    of(owner, handler, due_on=DAY + timedelta(days=1))
    late, now = of(owner, handler, due_on=DAY - timedelta(days=1)), of(owner, handler)
    task_assign(task_id=of(owner, None).pk, assignee=handler, by=None)
    panel = next(one for one in browser.get("/admin/").context["panels"] if str(one.title) == "My tasks")
    assert panel.count == 3
    assert [row.tone for row in panel.rows] == ["bad", "wait", "wait"]
    assert {late.recovery.recovery_reference, now.recovery.recovery_reference} <= {
        row.text.split(" · ")[1] for row in panel.rows
    }
