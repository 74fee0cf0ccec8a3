"""Scenarios as staff draw, rehearse, publish and switch them, and the panel of a case."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.desk.tests.pages import words
from recoveries.letters.scenarios.acts import FilterForm, cases_for
from recoveries.letters.scenarios.drawing import draft_open, step_errors, version_publish
from recoveries.letters.scenarios.rehearsals import part_carry_out, rehearsal_begin
from recoveries.letters.scenarios.switching import cases_switch
from recoveries.letters.scenarios.tests.drawing import CALL, EMAIL, drawn, lived_through, standard
from recoveries.models import Enrolment, Recovery, Rehearsal, Scenario, ScenarioVersion, Step
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, case_id, move
from tests.letters import COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> Iterator[time_machine.Traveller]:
    """A firm that may write, on a Monday in June."""
    system_setting(**COMPLETE)
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        yield traveller


def filed(api: Api) -> int:
    return case_id(api, invoices=DUE, debtor={"company_email": "debtor@example.com"})


def test_a_draft_is_a_copy_and_is_published_once() -> None:
    scenario = Scenario.objects.get(code="standard")
    draft = draft_open(scenario_id=scenario.pk, by=None)
    assert draft_open(scenario_id=scenario.pk, by=None) == draft
    assert (draft.number, draft.state) == (2, "draft")
    first, second = (list(one.steps.values("code", "channels", "delay", "template")) for one in (standard(), draft))
    assert first == second
    draft.steps.filter(code="appel").update(delay=30)
    version_publish(version_id=draft.pk, by=None)
    assert dict(scenario.versions.values_list("number", "state")) == {1: "retired", 2: "published"}
    with pytest.raises(Forbidden):
        version_publish(version_id=draft.pk, by=None)


@pytest.mark.parametrize(
    "values",
    [
        {"channels": []},
        {"channels": ["pigeon"]},
        {"channels": ["task", "email"]},
        {"channels": "email"},
        {"template": "no_such"},
        {"channels": ["task"], "template": "no_such"},
        {"then_status_id": 9},
        {"conditions": [{"name": "no_such"}]},
        {"conditions": {"name": "has"}},
    ],
)
def test_what_is_wrong_with_a_step(values: dict[str, Any]) -> None:
    step = Step(**{"code": "x", **EMAIL, **values})
    assert list(step_errors(step))
    version = drawn({**EMAIL, **values}, is_published=False)
    with pytest.raises(Invalid):
        version_publish(version_id=version.pk, by=None)
    assert not list(step_errors(Step(code="x", **EMAIL)))


def test_a_version_without_steps_is_not_published() -> None:
    with pytest.raises(Invalid):
        version_publish(version_id=drawn(is_published=False).pk, by=None)


def test_many_cases_enter_a_number_a_day(owner: Api, system_setting: Any) -> None:
    system_setting(SCENARIO_DAILY_MAX=2)
    cases = [filed(owner) for _case in range(5)]
    assert cases_switch(ids=cases, version=standard(), by=None) == (5, 0)
    days = Enrolment.objects.order_by("recovery_id").values_list("entered_at", flat=True)
    assert [f"{at:%d %H}" for at in days] == ["01 08", "01 08", "02 06", "02 06", "03 06"]


def test_steps_whose_letter_was_sent_are_left_out(
    owner: Api, firm: time_machine.Traveller, system_setting: Any
) -> None:
    system_setting(SCENARIOS_RUNNING=True)
    case = filed(owner)
    lived_through(firm, datetime(2026, 6, 5, tzinfo=UTC))
    again = drawn(EMAIL, {**EMAIL, "template": "relance_2", "delay": 8}, CALL, code="again")
    cases_switch(ids=[case], version=again, by=None)
    enrolment = Enrolment.objects.open().get(recovery_id=case)
    assert (enrolment.version, enrolment.position) == (again, 1)
    assert Enrolment.objects.filter(recovery_id=case, state="stopped").count() == 1


def test_cases_are_chosen_as_a_manager_asks(owner: Api, stranger: Api) -> None:
    mine, abroad, old, theirs = filed(owner), filed(owner), filed(owner), filed(stranger)
    handler = chief()
    Recovery.objects.filter(pk=abroad).update(debtor_country="DE")
    Recovery.objects.filter(pk=old).update(recovery_due_date="2025-01-01")
    Recovery.objects.filter(pk=theirs).update(user=handler)
    move(mine, 7)

    def asked(**data: Any) -> FilterForm:
        form = FilterForm(QueryDict(urlencode(data)))
        form.full_clean()
        return form

    def chosen(**data: Any) -> set[int]:
        form = asked(**data)
        assert not form.errors
        return set(cases_for(form.cleaned_data).values_list("pk", flat=True))

    assert chosen() == {mine, abroad, old, theirs}
    assert chosen(owner=stranger.user.pk) == chosen(handler=handler.pk) == {theirs}
    assert chosen(country="DE") == {abroad}
    assert chosen(days=400) == {old}
    assert chosen(group=Recovery.objects.get(pk=mine).status.group_id) == {mine}
    assert chosen(days=0, country="FR", owner=owner.user.pk) == {mine, old}
    assert chosen(at_least="99999999.00") == set()
    assert asked(country="XX").errors
    assert asked(days="9" * 30).errors


def read(browser: Client, address: str) -> str:
    """What a page says."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer
    return words(answer.content.decode())


def test_the_pages_of_staff(owner: Api, system_setting: Any) -> None:
    system_setting(SCENARIOS_RUNNING=True)
    case, office = filed(owner), browser_of(chief())
    version = standard()
    assert "Standard" in read(office, page_of(Scenario, "changelist"))
    editor = read(office, page_of(ScenarioVersion, "change", version.pk))
    assert "3 working days from entry into the scenario, 10:00" in editor
    assert "needs approval" in editor
    assert "waits 30 days at most" in editor
    panel = read(office, page_of(Recovery, "change", case))
    assert "Standard v1 · running" in panel
    assert "Relance 1 · e-mail" in panel
    assert act(office, Recovery.objects.get(pk=case), "pause-scenario", reason="Why", until="").status_code == 302
    assert "Standard v1 · paused" in read(office, page_of(Recovery, "change", case))
    assert act(office, Recovery.objects.get(pk=case), "resume-scenario").status_code == 302
    assert act(office, version, "rehearse", until="2026-08-01").status_code == 302
    rehearsal = Rehearsal.objects.get()
    page = page_of(Rehearsal, "change", rehearsal.pk)
    assert "It is being carried out" in read(office, page)
    rehearsal_begin(rehearsal_id=rehearsal.pk, moment=now())
    assert "0 of 1 cases were rehearsed" in read(office, page)
    part_carry_out(part_id=rehearsal.parts.get().pk, moment=now())
    report = read(office, page)
    assert "waits for approval: 1" in report
    assert "e-mail: 1" in report
    assert act(office, version, "switch", owner="", at_least="", only_new="").status_code == 302


def shown_before(html: str) -> dict[str, Any]:
    """What the page carries along of how each field was shown."""
    told: dict[str, Any] = {}
    for tag in re.findall(r"<input type=\"hidden\"[^>]*>", html):
        name, value = (re.search(rf' {part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and name[1].startswith("initial-"):
            told.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return told


def table_of(office: Client, draft: ScenarioVersion) -> tuple[list[str], dict[str, Any]]:
    """The table of a draft as a browser would send it: the names before the fields of each row, and all values."""
    page = office.get(page_of(ScenarioVersion, "change", draft.pk))
    assert page.status_code == 200
    formset = page.context["inline_admin_formsets"][0].formset
    sent: dict[str, Any] = {"restart_on_payment": "on", "after_plan": "", **shown_before(page.content.decode())}
    for form in (formset.management_form, *formset.initial_forms):
        for name in form.fields:
            value = form[name].value()
            if value is not None and value is not False:
                sent[form.add_prefix(name)] = "[]" if name == "conditions" else value
    sent["steps-TOTAL_FORMS"] = sent["steps-INITIAL_FORMS"]
    return [form.prefix for form in formset.initial_forms], sent


def test_a_draft_is_changed_in_its_table(owner: Api) -> None:
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    address = page_of(ScenarioVersion, "change", draft.pk)
    [first, *_others], sent = table_of(office, draft)
    sent[f"{first}-delay"] = 5
    changed = office.post(address, sent)
    assert changed.status_code == 302, changed.context["errors"]
    assert draft.steps.get(code="relance_1").delay == 5
    sent[f"{first}-conditions"] = '[{"name": "no_such"}]'
    refused = office.post(address, sent)
    assert "There is no condition" in refused.content.decode()


def test_steps_of_a_draft_change_places(owner: Api) -> None:
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    address = page_of(ScenarioVersion, "change", draft.pk)
    before = list(draft.steps.values_list("code", flat=True))
    [first, second, *_others], sent = table_of(office, draft)
    sent[f"{first}-position"], sent[f"{second}-position"] = sent[f"{second}-position"], sent[f"{first}-position"]
    assert office.post(address, sent).status_code == 302
    assert list(draft.steps.values_list("code", flat=True)) == [before[1], before[0], *before[2:]]
    [first, second, *_others], sent = table_of(office, draft)
    sent[f"{first}-position"] = sent[f"{second}-position"]
    assert office.post(address, sent).status_code == 200
    sent[f"{first}-position"], sent[f"{first}-at_hour"] = 0, 24
    assert office.post(address, sent).status_code == 200


def test_two_managers_that_change_the_same_step(owner: Api) -> None:
    """What each has changed stays; what both have is refused with what it is now, and written if it is sent again."""
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    address = page_of(ScenarioVersion, "change", draft.pk)
    [first, *_others], sent = table_of(office, draft)
    theirs = {"delay": 30, "channels": ["letter"], "conditions": [{"name": "amount_at_least", "value": "50.00"}]}
    draft.steps.filter(code="relance_1").update(**theirs)
    ScenarioVersion.objects.filter(pk=draft.pk).update(after_plan="relance_2")
    assert office.post(address, {**sent, f"{first}-at_hour": 14}).status_code == 302
    step = draft.steps.get(code="relance_1")
    draft.refresh_from_db()
    assert (step.at_hour, {name: getattr(step, name) for name in theirs}) == (14, theirs)
    assert (draft.after_plan, draft.restart_on_payment) == ("relance_2", True)

    mine = {f"{first}-delay": 5, f"{first}-channels": ["email"], "after_plan": "relance_1"}
    refused = office.post(address, {**sent, **mine})
    page = unescape(refused.content.decode())
    assert "It was changed meanwhile and is “30” now." in page
    assert "It was changed meanwhile and is “letter by post” now." in page
    assert "It was changed meanwhile and is “relance_2” now." in page
    step.refresh_from_db()
    assert (step.delay, step.channels) == (30, ["letter"])
    assert office.post(address, {**sent, **mine, **shown_before(refused.content.decode())}).status_code == 302
    step.refresh_from_db()
    draft.refresh_from_db()
    assert (step.delay, step.channels, draft.after_plan) == (5, ["email"], "relance_1")


def test_a_step_that_somebody_else_has_changed_is_not_deleted_unawares(owner: Api) -> None:
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    [first, *_others], sent = table_of(office, draft)
    draft.steps.filter(code="relance_1").update(delay=30)
    refused = office.post(page_of(ScenarioVersion, "change", draft.pk), {**sent, f"{first}-DELETE": "on"})
    assert "has changed the step “relance_1” that is to be deleted" in refused.content.decode()
    _rows, sent = table_of(office, draft)
    assert (
        office.post(page_of(ScenarioVersion, "change", draft.pk), {**sent, f"{first}-DELETE": "on"}).status_code == 302
    )
    assert not draft.steps.filter(code="relance_1").exists()


def test_a_step_that_somebody_else_has_deleted(owner: Api) -> None:
    """Who goes on with it is told; who wanted it gone too has it so."""
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    address = page_of(ScenarioVersion, "change", draft.pk)
    [first, second, *_others], sent = table_of(office, draft)
    draft.steps.get(code=sent[f"{first}-code"]).delete()
    told = office.post(address, {**sent, f"{second}-delay": 9})
    assert "Somebody else has deleted a step meanwhile: open the draft again." in told.content.decode()
    assert office.post(address, {**sent, f"{second}-delay": 9, f"{first}-DELETE": "on"}).status_code == 302
    assert draft.steps.get(code=sent[f"{second}-code"]).delay == 9


@pytest.mark.parametrize("written", ["[" * 100_000, "[" + "9" * 5_000 + "]", "[[", "\x00"])
@pytest.mark.parametrize("before", ["", "initial-"])
def test_conditions_that_are_none(owner: Api, written: str, before: str) -> None:
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    [first, *_others], sent = table_of(office, draft)
    told = office.post(page_of(ScenarioVersion, "change", draft.pk), {**sent, f"{before}{first}-conditions": written})
    assert told.status_code == (302 if before else 200)


def test_two_managers_that_draw_the_same_draft(owner: Api) -> None:
    """What one has added since the other opened it is told, not run into."""
    office = browser_of(chief())
    draft = draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    rows, sent = table_of(office, draft)
    Step.objects.create(version=draft, position=9, code="theirs", channels=["task"])
    sent[f"{rows[0]}-position"] = 9
    refused = office.post(page_of(ScenarioVersion, "change", draft.pk), sent)
    assert "Somebody else has drawn a step meanwhile" in refused.content.decode()
    draft.steps.get(code="theirs").delete()
    draft.steps.get(code="relance_2").delete()
    assert office.post(page_of(ScenarioVersion, "change", draft.pk), sent).status_code == 200
    version_publish(version_id=draft.pk, by=None)
    assert office.post(page_of(ScenarioVersion, "change", draft.pk), sent).status_code == 403
