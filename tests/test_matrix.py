"""Every route of the API, walked as its owner, another client, a member of staff and somebody without a token."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import resolve

from events.notices.tokens import leaving_address
from tests.contract.reference import implemented
from tests.doors import (
    WITH_FILES,
    Route,
    comment_body,
    company_to_add,
    credit_note_body,
    endpoint_body,
    order_body,
    payment_body,
    preferences_body,
    rehearsal_body,
    routes,
    status_body,
    things,
)
from tests.factories import (
    Api,
    CompanyBody,
    InvoiceBody,
    ProtectedInvoiceBody,
    RecoveryBody,
    RegisterBody,
    case_id,
    complete_body,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


ROUTES = routes()


@dataclass(frozen=True)
class Expected:
    """Statuses for owner, other client, staff, nobody; `body` of the call; `bare`: on a case in the making."""

    statuses: tuple[int, int, int, int]
    body: Callable[[], Any] | None = None
    bare: bool = False


PUBLIC = (200, 200, 200, 200)
PERSONAL = (200, 200, 200, 401)
CREATED = (201, 201, 201, 401)
CASE = (200, 403, 403, 401)
BELOW = (200, 404, 404, 401)
ADDED_BELOW = (201, 404, 404, 401)


# (route, method) → who gets what. Staff work in the back-office: in the API they see their own cases only.
EXPECTED: dict[tuple[str, str], Expected] = {
    ("health", "GET"): Expected(PUBLIC),
    ("info", "GET"): Expected(PUBLIC),
    ("register", "POST"): Expected((201, 403, 403, 401), RegisterBody),
    ("logout", "POST"): Expected(PERSONAL),
    ("refresh", "POST"): Expected(PERSONAL),
    ("me", "GET"): Expected(PERSONAL),
    ("recovery-complete", "POST"): Expected(CREATED, complete_body),
    ("recoveries", "GET"): Expected(PERSONAL),
    ("recoveries", "POST"): Expected(CREATED, RecoveryBody),
    ("recovery", "GET"): Expected(CASE),
    ("recovery", "PUT"): Expected(CASE, RecoveryBody),
    ("recovery", "PATCH"): Expected(CASE, RecoveryBody),
    ("recovery", "DELETE"): Expected(CASE),
    ("case-companies", "GET"): Expected(BELOW),
    ("case-companies", "POST"): Expected((201, 403, 403, 401), company_to_add, bare=True),
    ("case-company", "GET"): Expected(BELOW),
    ("case-company", "PUT"): Expected(BELOW, CompanyBody),
    ("case-company", "DELETE"): Expected(BELOW, bare=True),
    ("case-invoices", "GET"): Expected(BELOW),
    ("case-invoices", "POST"): Expected(ADDED_BELOW, InvoiceBody),
    ("case-invoice", "GET"): Expected(BELOW),
    ("case-invoice", "PUT"): Expected(BELOW, InvoiceBody),
    ("case-invoice", "DELETE"): Expected(BELOW),
    ("case-comments", "GET"): Expected(BELOW),
    ("case-comments", "POST"): Expected(ADDED_BELOW, comment_body),
    ("case-comment", "GET"): Expected(BELOW),
    ("case-comment", "PUT"): Expected(BELOW, comment_body),
    ("case-comment", "DELETE"): Expected(BELOW),
    ("companies-by-type", "GET"): Expected(PERSONAL),
    ("file-types", "GET"): Expected(PERSONAL),
    ("scoring-tokens", "GET"): Expected(PERSONAL),
    # About another account's company nothing can be ordered: it is none of the caller's.
    ("scoring-order", "POST"): Expected((201, 422, 422, 401), order_body),
    ("scoring-orders", "GET"): Expected(PERSONAL),
    ("scoring-order-show", "GET"): Expected(BELOW),
    ("protected-invoices", "GET"): Expected(PERSONAL),
    ("protected-invoices", "POST"): Expected(CREATED, ProtectedInvoiceBody),
    ("protected-invoice", "GET"): Expected(BELOW),
    ("protected-invoice", "PUT"): Expected(BELOW, status_body),
    ("protected-invoice-by-identifier", "GET"): Expected(BELOW),
    # A bare case is not eligible, which is a 403 too; nobody has asked for its transfer yet.
    ("case-transfer", "POST"): Expected((403, 403, 403, 401), bare=True),
    ("case-transfer", "GET"): Expected((404, 403, 403, 401), bare=True),
    ("case-eligibility", "GET"): Expected(CASE),
    ("case-deadlines", "GET"): Expected(CASE),
    ("case-account", "GET"): Expected(CASE),
    ("case-account-paper", "GET"): Expected(CASE),
    ("case-postings", "GET"): Expected(CASE),
    ("case-payments", "POST"): Expected((201, 403, 403, 401), payment_body),
    ("notification-preferences", "GET"): Expected(PERSONAL),
    ("notification-preferences", "PUT"): Expected(PERSONAL, preferences_body),
    ("case-credit-notes", "POST"): Expected((201, 403, 403, 401), credit_note_body),
    ("events", "GET"): Expected(PERSONAL),
    ("event-types", "GET"): Expected(PERSONAL),
    ("event", "GET"): Expected(BELOW),
    ("webhook-endpoints", "GET"): Expected(PERSONAL),
    ("webhook-endpoints", "POST"): Expected(CREATED, endpoint_body),
    ("webhook-endpoint", "GET"): Expected(BELOW),
    ("webhook-endpoint", "PATCH"): Expected(BELOW, lambda: {"state": "disabled"}),
    ("webhook-endpoint", "DELETE"): Expected(BELOW),
    ("webhook-secret", "GET"): Expected(BELOW),
    ("webhook-rotate", "POST"): Expected(BELOW),
    ("webhook-test", "POST"): Expected(BELOW),
    ("webhook-deliveries", "GET"): Expected(BELOW),
    ("webhook-delivery", "GET"): Expected(BELOW),
    ("webhook-delivery-replay", "POST"): Expected((202, 404, 404, 401)),
    ("webhook-replay", "POST"): Expected((202, 404, 404, 401)),
    ("scenarios", "GET"): Expected(PERSONAL),
    ("case-scenario", "GET"): Expected(CASE),
    ("case-scenario", "POST"): Expected((403, 403, 403, 401), lambda: {"code": "standard"}),
    ("case-scenario-pause", "POST"): Expected((409, 403, 403, 401), lambda: {"reason": "Promised"}),
    ("case-scenario-resume", "POST"): Expected((409, 403, 403, 401)),
    ("case-messages", "GET"): Expected(CASE),
    ("case-message", "GET"): Expected(CASE),
    ("case-message-file", "GET"): Expected((404, 403, 403, 401)),
    ("case-message-proof", "GET"): Expected((404, 403, 403, 401)),
    ("scenario-rehearse", "POST"): Expected((202, 202, 202, 401), rehearsal_body),
    ("rehearsal", "GET"): Expected((200, 404, 404, 401)),
}
# Login and the fallback are walked by tests of their own below.
ELSEWHERE = {"login", "fallback", *WITH_FILES}


def test_every_route_has_its_expectations() -> None:
    wanted = {
        (route.name, method) for route in ROUTES.values() for method in route.methods if route.name not in ELSEWHERE
    }
    assert wanted == set(EXPECTED)


@pytest.mark.parametrize(("name", "method"), list(EXPECTED), ids=lambda value: value)
def test_who_gets_what(name: str, method: str, owner: Api, stranger: Api, staff: Api, anonymous: Api) -> None:
    expected = EXPECTED[name, method]
    address = ROUTES[name].at(things(owner, bare=expected.bare))
    answers = {}
    # The owner comes last: what the others tried has left everything in its place.
    for person in (anonymous, staff, stranger, owner):
        body = () if expected.body is None else (expected.body(),)
        answers[person] = person.send(method, address, *body).status_code
    assert (answers[owner], answers[stranger], answers[staff], answers[anonymous]) == expected.statuses


@pytest.mark.same_everywhere
@pytest.mark.parametrize("name", [name for name, method in EXPECTED if method == "GET"])
def test_head_answers_as_get_does(name: str, owner: Api, stranger: Api, anonymous: Api) -> None:
    address = ROUTES[name].at(things(owner))
    for person in (owner, stranger, anonymous):
        head = person.send("HEAD", address)
        assert (head.status_code, head.content) == (person.get(address).status_code, b"")


def test_login_is_open_to_everybody(owner: Api, stranger: Api, anonymous: Api) -> None:
    credentials = {"email": owner.user.email, "key": owner.key}
    for person in (owner, stranger, anonymous):
        answer = person.post("/api/auth/login", credentials)
        assert (answer.status_code, answer.json()["data"]["user"]["id"]) == (200, owner.user.pk)


def test_a_link_of_an_email_is_open_to_whoever_has_it(owner: Api, stranger: Api, staff: Api, anonymous: Api) -> None:
    address = leaving_address(owner_id=owner.user.pk, group="scoring", email=owner.user.email)
    path = "/notices/" + address.rpartition("/")[2]
    for person in (anonymous, staff, stranger, owner):
        assert [person.send(method, path).status_code for method in ("GET", "POST", "PUT")] == [200, 200, 405]
        assert person.send("POST", path[:-6] + "AAAAAA").status_code == 404


def test_others_see_nothing_of_a_case(owner: Api, stranger: Api, staff: Api) -> None:
    case_id(owner)
    for person in (stranger, staff):
        assert person.data("GET", "/api/recoveries")["pagination"]["total"] == 0
        assert person.data("GET", "/api/companies/type/both") == []


def test_others_see_nothing_of_protected_invoices(owner: Api, stranger: Api, staff: Api) -> None:
    owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody())
    for person in (stranger, staff):
        assert person.data("GET", "/api/protected-invoices")["pagination"]["total"] == 0


def test_others_see_nothing_of_scoring(owner: Api, stranger: Api, staff: Api) -> None:
    assert things(owner)["order_id"]
    for person in (stranger, staff):
        assert person.get("/api/scoring/orders").json()["pagination"]["total"] == 0
        assert person.data("GET", "/api/scoring/tokens") == {"remaining_tokens": 0}


def test_a_child_is_not_found_under_another_case_of_the_same_owner(owner: Api) -> None:
    mine, other = things(owner), things(owner)
    for name in ("case-company", "case-invoice", "case-comment"):
        address = ROUTES[name].at(mine.but(recovery_id=other["recovery_id"]))
        for method in ("GET", "PUT", "DELETE"):
            answer = owner.send(method, address, *([{}] if method == "PUT" else []))
            assert (answer.status_code, answer.json()["message"].split()[-2:]) == (404, ["not", "found"])


@pytest.mark.same_everywhere
@pytest.mark.parametrize("route", [route for route in ROUTES.values() if route.name != "fallback"], ids=str)
def test_undocumented_methods_are_405_with_allow(route: Route, owner: Api) -> None:
    address = re.sub(r"<[^>]*>", "1", route.address)
    allowed = {*route.methods, *(["HEAD"] if "GET" in route.methods else [])}
    for method in set(METHODS) - allowed:
        answer = owner.send(method, address)
        assert answer.status_code == 405, f"{method} {address}"
        assert set(answer.headers["Allow"].split(", ")) - {"OPTIONS"} == allowed
        if method != "HEAD":
            assert answer.json() == {"success": False, "message": "Method not allowed", "code": "method_not_allowed"}


def test_routes_take_the_documented_methods() -> None:
    documented: dict[str, set[str]] = {}
    for operation in implemented():
        for call in operation["calls"]:
            name = resolve(re.sub(r"\{[^}]*\}", "1", call["path"])).url_name
            documented.setdefault(name, set()).add(call["method"])
    del documented["fallback"]
    assert {name: set(ROUTES[name].methods) for name in documented} == documented


UNKNOWN = (
    "/api/",
    "/api/nothing",
    "/api/recoveries/",
    "/api/recoveries/1/",
    "/api/recoveries/1/nothing",
    "/api/recoveries/1/invoices/1/2",
    "/api/recoveries/complete/1",
    "/api/auth",
    "/api/auth/login/",
    "/api//health",
    "/api/health/..",
    "/api/Health",
    "/api/%00",
    "/api/%7C%7B+-0p",
    "/api/%0a",
    "/api/a%0ab",
    "/api/é",
)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_paths_are_404_for_every_method_and_everybody(path: str, owner: Api, anonymous: Api) -> None:
    forged = Api()
    forged.token = "not.a.token"
    for person in (owner, anonymous, forged):
        for method in METHODS:
            answer = person.send(method, path)
            assert answer.status_code == 404, f"{method} {path}"
            if method != "HEAD":
                assert answer.json() == {"success": False, "message": "API endpoint not found", "code": "no_such_call"}
