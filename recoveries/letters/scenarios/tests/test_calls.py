"""The calls on scenarios: what a client sees of its cases, pauses, starts and rehearses."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from legalcity.lib.clock import today
from recoveries.letters.scenarios.pausing import scenario_pause
from recoveries.letters.scenarios.rehearsals import lines_of
from recoveries.letters.scenarios.tasks import rehearse, rehearse_part
from recoveries.letters.scenarios.tests.drawing import CALL, EMAIL, drawn, entered, lived_through, standard
from recoveries.models import Enrolment, Message, Rehearsal, RehearsalPart
from tests.factories import Api, bare_case_id, case_id, move
from tests.letters import COMPLETE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
DUE = [{"invoice_date": "2026-03-01", "invoice_due_date": "2026-04-01"}]


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> Iterator[time_machine.Traveller]:
    """A firm whose scenarios run, on a Monday in June."""
    system_setting(**COMPLETE, SCENARIOS_RUNNING=True)
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as traveller:
        yield traveller


def filed(api: Api) -> int:
    return case_id(api, invoices=DUE, debtor={"company_email": "debtor@example.com"})


def scenario(api: Api, case: int) -> Any:
    return api.data("GET", f"/api/recoveries/{case}/scenario")


def test_a_client_sees_what_was_done_and_what_comes(owner: Api, firm: time_machine.Traveller) -> None:
    case = filed(owner)
    lived_through(firm, datetime(2026, 6, 16, tzinfo=UTC))
    owner.login()
    told = scenario(owner, case)
    assert (told["code"], told["version"], told["state"], told["reason"]) == ("standard", 1, "running", None)
    assert told["done"][0] == {
        "step": "relance_1",
        "on": "2026-06-04",
        "result": "sent",
        "message_id": Message.objects.get(kind="relance_1").pk,
        "reasons": [],
    }
    assert told["done"][1]["result"] == "sent"
    assert told["next"] == [
        {"step": "mise_en_demeure", "on": "2026-06-25", "channel": "registered"},
        {"step": "appel", "on": "2026-07-07", "channel": "task"},
    ]


def test_a_case_without_one(owner: Api, stranger: Api) -> None:
    case = bare_case_id(owner)
    assert scenario(owner, case) is None
    assert stranger.get(f"/api/recoveries/{case}/scenario").status_code == 403
    assert owner.post(f"/api/recoveries/{case}/scenario/pause", {"reason": "Why"}).status_code == 409


def test_a_client_pauses_and_resumes_its_own_pauses(owner: Api, firm: time_machine.Traveller) -> None:
    case = filed(owner)
    paused = {"reason": "Promised", "until": "2026-07-01"}
    told = owner.data("POST", f"/api/recoveries/{case}/scenario/pause", paused)
    assert (told["state"], told["paused_until"], told["reason"]) == ("paused", "2026-07-01", "Promised")
    again = owner.data("POST", f"/api/recoveries/{case}/scenario/pause", {"reason": "Other", "until": "2026-08-01"})
    assert again == told
    assert owner.data("POST", f"/api/recoveries/{case}/scenario/resume")["state"] == "running"
    assert owner.data("POST", f"/api/recoveries/{case}/scenario/resume")["state"] == "running"
    owner.data("POST", f"/api/recoveries/{case}/scenario/pause", paused)
    lived_through(firm, datetime(2026, 7, 2, tzinfo=UTC))
    owner.login()
    assert scenario(owner, case)["done"][0]["on"] == "2026-07-01"


def test_what_the_firm_holds_a_client_does_not_resume(owner: Api) -> None:
    case = filed(owner)
    scenario_pause(recovery_id=case, reason="Secret of the firm", until=None, by=None)
    assert scenario(owner, case)["reason"] is None
    assert owner.post(f"/api/recoveries/{case}/scenario/resume").status_code == 409
    disputed = filed(owner)
    move(disputed, 7)
    assert scenario(owner, disputed)["reason"] == "The debtor disputes the claim."
    for verb in ("resume", "pause"):
        assert owner.post(f"/api/recoveries/{disputed}/scenario/{verb}", {"reason": "Why"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": "x" * 300}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"reason": "Why", "until": "2026-06-01"}, "until"),
        ({"reason": "Why", "until": "2026-12-01"}, "until"),
        ({"reason": "Why", "until": 7}, "until"),
    ],
)
def test_a_pause_that_cannot_be(owner: Api, body: Any, field: str) -> None:
    assert field in owner.errors("POST", f"/api/recoveries/{filed(owner)}/scenario/pause", body)


def test_starting_one_where_the_firm_lets_clients(owner: Api, stranger: Api, system_setting: Any) -> None:
    drawn(CALL, code="hers", owner=stranger.user)
    mine, case = drawn(EMAIL, CALL, code="mine", owner=owner.user, priority=900), filed(owner)
    start = f"/api/recoveries/{case}/scenario"
    assert owner.post(start, {"code": "mine"}).status_code == 403
    system_setting(CLIENT_MAY_START=True)
    assert owner.data("POST", start, {"code": "mine"})["code"] == "mine"
    assert Enrolment.objects.open().get(recovery_id=case).version == mine
    for code in ("hers", "none", "", 7, None):
        assert "code" in owner.errors("POST", start, {"code": code})
    refused = owner.post(f"/api/recoveries/{bare_case_id(owner)}/scenario", {"code": "mine"})
    assert (refused.status_code, len(refused.json()["reasons"])) == (409, 1)
    codes = [one["code"] for one in owner.data("GET", "/api/scenarios")["items"]]
    assert codes == ["standard", "mine"]


def test_starting_another_one_does_not_end_what_the_firm_holds(owner: Api, system_setting: Any) -> None:
    system_setting(CLIENT_MAY_START=True)
    drawn(CALL, code="mine", owner=owner.user, priority=900)
    held, own = filed(owner), filed(owner)
    scenario_pause(recovery_id=held, reason="Secret of the firm", until=None, by=None)
    assert owner.post(f"/api/recoveries/{held}/scenario", {"code": "mine"}).status_code == 409
    assert scenario(owner, held)["code"] == "standard"
    owner.data("POST", f"/api/recoveries/{own}/scenario/pause", {"reason": "Promised"})
    assert owner.data("POST", f"/api/recoveries/{own}/scenario", {"code": "mine"})["state"] == "running"


def test_a_rehearsal_over_ones_own_cases(owner: Api, stranger: Api) -> None:
    case, other = filed(owner), filed(stranger)
    answer = owner.post("/api/scenarios/standard/rehearse", {"until": "2026-08-01"})
    assert answer.status_code == 202
    told = answer.json()["data"]
    assert told["poll_url"].endswith(f"/api/rehearsals/{told['id']}")
    assert owner.data("GET", f"/api/rehearsals/{told['id']}")["state"] == "waiting"
    rehearse(told["id"])
    for part in RehearsalPart.objects.values_list("pk", flat=True):
        rehearse_part(part)
    done = owner.data("GET", f"/api/rehearsals/{told['id']}")
    assert (done["state"], done["result"]["cases"]) == ("done", 1)
    assert done["result"]["days"][0] == {"on": "2026-06-04", "channel": "email", "count": 1}
    assert "cost" not in str(done)
    assert list(lines_of(Rehearsal.objects.get()))[1][2:6] == ["relance_1", "2026-06-04", "email", "sent"]
    assert stranger.get(f"/api/rehearsals/{told['id']}").status_code == 404
    assert owner.post("/api/scenarios/none/rehearse", {"until": "2026-08-01"}).status_code == 404
    for ids in ([], [other], [case, 0], "x", [case] * 1001, [2**70]):
        body = {"until": "2026-08-01", "recovery_ids": ids}
        assert "recovery_ids" in str(owner.errors("POST", "/api/scenarios/standard/rehearse", body))
    for until in (str(today()), "2028-01-01", "x"):
        assert "until" in owner.errors("POST", "/api/scenarios/standard/rehearse", {"until": until})


def test_a_case_that_is_done_shows_its_last_one(owner: Api) -> None:
    entered(case := filed(owner), standard())
    move(case, 9)
    told = scenario(owner, case)
    assert (told["state"], told["next"]) == ("finished", [])
    assert told["reason"] == "The case is closed, before a court, or lacks a party."
