"""Changing a case, and when its client may."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.doors import Things, routes, things
from tests.factories import Api, CompanyBody, InvoiceBody, add_status, bare_case_id, detail, move, remind_twice

CASES = "/api/recoveries"
LOCKED = {
    "success": False,
    "message": "Recovery cannot be modified. Only recoveries with status 1 or 2 can be updated.",
    "code": "not_editable",
}
EVERYTHING = {
    "type": 2,
    "recovery_service_object": "Updated web development services",
    "recovery_raison_notpaid": 0,
    "recovery_observations": "Latest client communication",
    "recovery_due_date": "2026-01-31",
    "recovery_late_interest": True,
    "recovery_interest_rate": "yes",
    "recovery_interest_rate_percent": "6.00",
    "recovery_penalty": True,
    "recovery_penalty_type": "percent",
    "recovery_penalty_amount": None,
    "recovery_penalty_percent": "12.00",
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_every_field_can_be_changed(method: str, owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    answer = owner.send(method, f"{CASES}/{recovery_id}", EVERYTHING)
    assert (answer.status_code, answer.json()["message"]) == (200, "Recovery updated successfully")
    shown = answer.json()["data"]
    assert {key: shown[key] for key in EVERYTHING} == EVERYTHING
    stored = detail(owner, recovery_id)
    assert {key: stored[key] for key in shown} == shown


def test_the_documented_keys_come_first(owner: Api) -> None:
    shown = owner.data("PUT", f"{CASES}/{bare_case_id(owner)}", EVERYTHING)
    assert list(shown)[:8] == [
        *("id", "recovery_reference", "recovery_service_object", "updated_at"),
        *("user", "customer", "debtor", "status"),
    ]
    assert set(EVERYTHING) <= set(shown)


def test_a_change_moves_updated_at_alone(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    before = detail(owner, recovery_id)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        owner.data("PUT", f"{CASES}/{recovery_id}", {"recovery_observations": "new"})
    after = detail(owner, recovery_id)
    assert after["updated_at"] > before["updated_at"]
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"updated_at", "recovery_observations"}


def test_what_no_longer_applies_is_dropped_in_a_chain(owner: Api) -> None:
    recovery_id = bare_case_id(owner, **EVERYTHING)
    shown = owner.data("PUT", f"{CASES}/{recovery_id}", {"recovery_late_interest": False, "recovery_penalty": False})
    for key in ("interest_rate", "interest_rate_percent", "penalty_type", "penalty_amount", "penalty_percent"):
        assert shown[f"recovery_{key}"] is None
    assert shown["recovery_observations"] == "Latest client communication"


@pytest.mark.parametrize("reason", range(9))
def test_every_documented_reason_is_taken(reason: int, owner: Api) -> None:
    shown = owner.data("PUT", f"{CASES}/{bare_case_id(owner)}", {"recovery_raison_notpaid": reason})
    assert shown["recovery_raison_notpaid"] == reason


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("recovery_interest_rate_percent", "The interest rate must be between 0 and 100."),
        ("recovery_penalty_percent", "The penalty percentage must be between 0 and 100."),
    ],
)
def test_percentages_end_at_100(field: str, sentence: str, owner: Api) -> None:
    recovery_id = bare_case_id(owner, **EVERYTHING)
    assert owner.errors("PUT", f"{CASES}/{recovery_id}", {field: "100.01"}) == {field: [sentence]}
    assert owner.data("PUT", f"{CASES}/{recovery_id}", {field: 100})[field] == "100.00"


def test_a_stranger_s_change_changes_nothing(owner: Api, stranger: Api) -> None:
    recovery_id = bare_case_id(owner)
    before = detail(owner, recovery_id)
    # Also a body that would be refused says nothing of somebody else's case.
    for body in (EVERYTHING, {"recovery_due_date": "x"}, {}):
        answer = stranger.put(f"{CASES}/{recovery_id}", body)
        assert (answer.status_code, answer.json()["message"]) == (403, "Unauthorized access to this recovery")
    assert detail(owner, recovery_id) == before


# --- when a client may -----------------------------------------------------------------------------------------
GUARDED = [
    ("recovery", "PUT", dict),
    ("recovery", "PATCH", dict),
    ("recovery", "DELETE", None),
    ("case-companies", "POST", lambda: CompanyBody(relation_type="debtor")),
    ("case-company", "PUT", dict),
    ("case-company", "DELETE", None),
    ("case-invoices", "POST", InvoiceBody),
    ("case-invoice", "PUT", dict),
    ("case-invoice", "DELETE", None),
]
OPEN = [
    ("case-comments", "POST", lambda: {"comment": "More"}, 201),
    ("case-comment", "PUT", lambda: {"comment": "Other"}, 200),
    ("case-comment", "DELETE", None, 200),
    ("recovery", "GET", None, 200),
    ("case-companies", "GET", None, 200),
    ("case-invoices", "GET", None, 200),
    ("case-comments", "GET", None, 200),
]


def _call(owner: Api, known: Things, name: str, method: str, body: Any) -> Any:
    return owner.send(method, routes()[name].at(known), *([] if body is None else [body()]))


@pytest.mark.parametrize(("name", "method", "body"), GUARDED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_case_reminded_twice_is_closed_to_its_client(name: str, method: str, body: Any, owner: Api) -> None:
    known = things(owner)
    remind_twice(known["recovery_id"])
    before = detail(owner, known["recovery_id"])
    answer = _call(owner, known, name, method, body)
    assert (answer.status_code, answer.json()) == (403, LOCKED)
    assert detail(owner, known["recovery_id"]) == before


@pytest.mark.parametrize(("name", "method", "body", "status"), OPEN)
def test_comments_and_reads_stay_open(name: str, method: str, body: Any, status: int, owner: Api) -> None:
    known = things(owner)
    remind_twice(known["recovery_id"])
    assert _call(owner, known, name, method, body).status_code == status


def test_a_case_reminded_once_is_open(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    move(recovery_id, 2)
    assert owner.data("PUT", f"{CASES}/{recovery_id}", {"type": 2})["type"] == 2


def test_a_locked_case_is_said_to_be_before_the_body_is_read(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    remind_twice(recovery_id)
    for body in (b"{", b'{"recovery_due_date": "x"}'):
        assert owner.raw("PUT", f"{CASES}/{recovery_id}", body).status_code in (400, 403)


def test_staff_say_which_statuses_are_open(owner: Api, system_setting: Any) -> None:
    reminded = bare_case_id(owner)
    remind_twice(reminded)
    fresh = bare_case_id(owner)
    system_setting(EDITABLE_STATUSES="3")
    assert owner.put(f"{CASES}/{reminded}", {"type": 2}).status_code == 200
    answer = owner.put(f"{CASES}/{fresh}", {"type": 2})
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "Recovery cannot be modified. Only recoveries with status 3 can be updated.",
    )


def test_a_status_that_staff_added_is_closed_to_clients(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    move(recovery_id, 2, add_status(90, group=2))
    assert owner.put(f"{CASES}/{recovery_id}", {"type": 2}).json() == LOCKED
