"""Every call of the API that writes tells what the table says, and nothing else."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from constance import config as system_settings
from django.core.management import call_command

from documents.content import inspect
from documents.services.documents import document_upload
from documents.services.receiving import document_received
from documents.tests.conftest import folder  # noqa: F401 - a fixture
from documents.tests.forms import MULTIPART, PDF, form
from events.calls import ACTS, BY_ITSELF, CALLS, FOLLOWING, FORMS, PAGES, Tells
from events.types import event_types
from recoveries.court.tests.transfers import transferable
from recoveries.letters.scenarios.pausing import scenario_pause
from recoveries.letters.scenarios.switching import case_switch
from tests.doors import BODIES, Route, routes, standard, things
from tests.factories import Api
from tests.told import last_event, told_since

pytestmark = pytest.mark.django_db

TRIALS = {"test.ping"}  # Sent when somebody asks for it, and never an event.
WRITING = ("POST", "PUT", "PATCH", "DELETE")
BARE = {("case-companies", "POST"), ("case-company", "DELETE")}
# A body that changes something of what there is, where the usual one is what there is.
CHANGES: dict[tuple[str, str], dict[str, Any]] = {
    ("recovery", "PUT"): {"recovery_due_date": "2026-01-31"},
    ("recovery", "PATCH"): {"recovery_due_date": "2026-01-31"},
    ("case-company", "PUT"): {"company_city": "Nantes"},
    ("case-invoice", "PUT"): {"invoice_amount": "7.00"},
    ("case-comment", "PUT"): {"comment": "<p>Another</p>"},
    ("webhook-endpoint", "PATCH"): {"state": "disabled"},
}


def call_of(route: Route, method: str) -> str:
    """A call as the table names it."""
    return method + " " + re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", route.address)


WRITES = {
    call_of(route, method): (route, method)
    for route in routes().values()
    for method in route.methods
    if method in WRITING and route.name != "fallback"
}


@pytest.fixture(autouse=True)
def unhurried(folder: Any, settings: Any, system_setting: Any) -> None:  # noqa: F811
    """Nobody waits for a worker, and files have their folder."""
    settings.EMBEDDED, settings.CLAMD_URL = True, ""
    system_setting(TRANSFER_WAIT_SECONDS=0, DOCUMENT_WAIT_SECONDS=0)


def test_every_call_that_writes_stands_in_the_table() -> None:
    assert set(CALLS) == set(WRITES)


@pytest.mark.parametrize("call", sorted(WRITES))
def test_a_call_tells_what_the_table_says(owner: Api, call: str) -> None:
    route, method = WRITES[call]
    answer, last = _sent(owner, route, method)
    assert answer.status_code in (200, 201, 202), answer.content
    assert tuple(told_since(last)) == CALLS[call].codes


def _sent(owner: Api, route: Route, method: str) -> tuple[Any, int]:
    known = things(owner, bare=(route.name, method) in BARE)
    if route.name == "case-transfer":
        known = known.but(recovery_id=transferable(owner))
    if route.name == "case-document":
        known["document_id"] = _document(owner, known["recovery_id"])
    if route.name.startswith("case-scenario"):
        _ready_for_scenario(owner, known["recovery_id"], route.name)
    address = route.at(known)
    if route.name == "case-documents":
        last = last_event()
        return owner.raw("POST", address, form(PDF, name="Facture"), MULTIPART), last
    if route.name == "login":
        return owner.post(address, {"email": owner.user.email, "key": owner.key}), last_event()
    make = BODIES.get((route.name, method))
    body = {**(make() if make else {}), **CHANGES.get((route.name, method), {})}
    last = last_event()
    return owner.send(method, address, *([body] if make else [])), last


def _ready_for_scenario(owner: Api, case: int, name: str) -> None:
    """Have a case in the state that a call on its scenario is for."""
    system_settings.CLIENT_MAY_START = True
    if name != "case-scenario":
        case_switch(recovery_id=case, version=standard(), by=None)
    if name == "case-scenario-resume":
        scenario_pause(recovery_id=case, reason="Promised", until=None, by=owner.user, by_client=True)


def _document(owner: Api, case: int) -> int:
    file = BytesIO(PDF)
    inspected = inspect(file, file_name="jane.pdf")
    values = {"name": "x"}
    document = document_upload(recovery_id=case, file=file, inspected=inspected, values=values, by=owner.user)
    document_received(document_id=document.pk)
    return document.pk


def _all_of_the_table() -> Iterator[tuple[str, Tells]]:
    for table in (CALLS, ACTS, FORMS, PAGES, BY_ITSELF):
        yield from table.items()


def test_the_table_names_types_that_there_are_and_says_why_nothing_is_told() -> None:
    for name, entry in _all_of_the_table():
        assert set(entry.all) <= set(event_types()), name
        assert bool(entry.codes) != bool(entry.why_none), name
    assert set(FOLLOWING) <= set(event_types())


def test_the_page_is_what_the_code_says() -> None:
    call_command("describe_events", "--check")


def test_every_type_is_told_by_something_in_the_table() -> None:
    told = {code for _name, entry in _all_of_the_table() for code in entry.all}
    assert told | set(FOLLOWING) == set(event_types()) - TRIALS
