"""A manager draws the next version of a scenario, rehearses it and turns it on; then the letters leave."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail

from law.scenario import Result
from recoveries.letters.scenarios.tests.drawing import lived_through, standard, told
from recoveries.models import Enrolment, Message, Rehearsal, Scenario, ScenarioVersion
from tests.backoffice import chief, page_of
from tests.browser.desk import Desk
from tests.factories import Api, case_id
from tests.letters import COMPLETE

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]


@pytest.fixture(autouse=True)
def clock(system_setting: Any) -> Iterator[time_machine.Traveller]:
    """A Monday in June, and a firm whose scenarios run."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        system_setting(**COMPLETE, SCENARIOS_RUNNING=True)
        yield traveller


def saved(window: Desk, **values: Any) -> str:
    """Fill in the table of a draft and save it; what the page then says."""
    window.fill(**values)
    window.press("#content [name=_continue]")
    return window.text("#content")


def test_a_scenario_is_drawn_rehearsed_turned_on_and_its_letters_leave(
    owner: Api, desk: Callable[..., Desk], clock: time_machine.Traveller
) -> None:
    one = case_id(owner, invoices=DUE, debtor={"company_email": "debtor@example.com"})
    window, scenario = desk(chief(language="fr")), Scenario.objects.get(code="standard")
    window.go(page_of(Scenario, "change", scenario.pk))
    assert "Le brouillon" in window.act("draft")
    draft = scenario.versions.get(state="draft")
    window.go(page_of(ScenarioVersion, "change", draft.pk))
    assert window.look() == []

    for wrong in (
        {"steps-0-conditions": '[{"name": "no_such"}]'},
        {"steps-0-conditions": '[{"name": "amount_at_least", "value": "-1"}]'},
        {"steps-0-conditions": "[[[["},
        {"steps-0-position": "1"},
        {"after_plan": "no_such_step"},
    ):
        window.go(page_of(ScenarioVersion, "change", draft.pk))
        text = saved(window, **wrong)
        assert "Corrigez" in text or "corriger" in text or "after_plan" in wrong, (wrong, text[:300])
    window.go(page_of(ScenarioVersion, "change", draft.pk))
    saved(window, after_plan="", **{"steps-0-delay": "2", "steps-0-position": "1", "steps-1-position": "0"})
    assert list(draft.steps.values_list("code", flat=True)[:2]) == ["relance_2", "relance_1"]
    window.go(page_of(ScenarioVersion, "change", draft.pk))
    saved(window, **{"steps-0-position": "1", "steps-1-position": "0"})
    assert draft.steps.get(code="relance_1").delay == 2

    window.go(page_of(ScenarioVersion, "change", draft.pk))
    assert "répétition" in window.act("rehearse", until="2026-07-31")
    rehearsal = Rehearsal.objects.get()
    window.go(page_of(Rehearsal, "change", rehearsal.pk))
    assert window.look() == []
    assert "03/06/2026 e-mail 1" in window.text("#content")

    window.go(page_of(ScenarioVersion, "change", draft.pk))
    window.act("publish")
    assert standard() == draft
    window.go(page_of(ScenarioVersion, "change", draft.pk))
    window.act("switch", only_new=False)  # It has entered the version before already.
    assert Enrolment.objects.open().get().version == draft
    lived_through(clock, datetime(2026, 6, 5, 21, tzinfo=UTC))
    assert told(one) == [("2026-06-03", "relance_1", Result.SENT)]
    assert [email.to for email in mail.outbox] == [["debtor@example.com"]]
    assert Message.objects.get().state == "sent"
