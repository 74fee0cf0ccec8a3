"""What provokes each documented response."""

from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpResponse

from legalcity.api.published import NOT_YET, find
from scoring.services.tokens import tokens_grant
from tests.contract.reference import sample
from tests.contract.registry import NO_SUCH_ID, Call, Provoked, Scene, provoke
from tests.factories import CompanyBody, InvoiceBody

# Sentences of a documented 422 that nothing can provoke: (method, path, field) → why.
EXCUSED_SENTENCES = {
    ("POST", "/api/recoveries/{recoveryId}/invoices", "recovery_id"): (
        "The case is named by the URL, so the field cannot be missing: a URL without it is another route."
    ),
}
# Documented responses that nothing can provoke: (method, path, status, message) → why.
EXCUSED: dict[tuple[str, str, int, str], str] = {
    (method, path, 403, NOT_YET): "The call is there: the sentence was published while it was not."
    for method, path in (
        ("POST", "/api/scoring/order"),
        ("GET", "/api/scoring/orders"),
        ("GET", "/api/scoring/orders/{orderId}"),
    )
}

HEALTH, INFO = "/api/health", "/api/info"
LOGIN, REGISTER, LOGOUT = "/api/auth/login", "/api/auth/register", "/api/auth/logout"
REFRESH, ME = "/api/auth/refresh", "/api/auth/me"
CASES, COMPLETE, CASE = "/api/recoveries", "/api/recoveries/complete", "/api/recoveries/{id}"
COMPANIES = "/api/recoveries/{recoveryId}/companies"
COMPANY = f"{COMPANIES}/{{companyId}}"
BY_TYPE = "/api/companies/type/{type}"
INVOICES = "/api/recoveries/{recoveryId}/invoices"
INVOICE = f"{INVOICES}/{{invoiceId}}"
COMMENTS = "/api/recoveries/{recoveryId}/comments"
COMMENT = f"{COMMENTS}/{{commentId}}"
PROTECTED = "/api/protected-invoices"
PROTECTED_ONE, PROTECTED_FOUND = f"{PROTECTED}/{{id}}", f"{PROTECTED}/api/{{apiInvoiceId}}"


def plainly(scene: Scene, call: Call) -> HttpResponse:
    """The owner, with the documented sample."""
    return call()


def without_token(scene: Scene, call: Call) -> HttpResponse:
    """Somebody who has not logged in."""
    return call(who=scene.anonymous)


def by_a_stranger(scene: Scene, call: Call) -> HttpResponse:
    """Another client."""
    return call(who=scene.stranger)


def reminded_twice(scene: Scene, call: Call) -> HttpResponse:
    """The owner, once clients may not change the case any more."""
    scene.reminded_twice()
    return call()


def no_such_case(scene: Scene, call: Call) -> HttpResponse:
    """A case that nobody has; what is below it exists."""
    return call(recoveryId=NO_SUCH_ID, id=NO_SUCH_ID)


def sending(body: Any) -> Any:
    """The owner, with another body than the sample."""
    return lambda scene, call: call(body=body)


def asking(query: str) -> Any:
    """The owner, with a query string."""
    return lambda scene, call: call(query=query)


def _no_database(scene: Scene, name: str) -> None:
    """The next write fails as if the database had gone away."""

    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    scene.monkeypatch.setattr(QuerySet, name, gone)
    scene.monkeypatch.setattr("legalcity.lib.one_statement.rows_of", gone)  # What PostgreSQL is sent as it stands.


def while_writes_fail(method: str) -> Any:
    """The owner, while the database is gone."""

    def provocation(scene: Scene, call: Call) -> HttpResponse:
        _no_database(scene, method)
        return call()

    return provocation


# --- system ----------------------------------------------------------------------------------------------------
def unknown_address(scene: Scene, call: Call) -> HttpResponse:
    """The sample's address, from a client that has not called before."""
    scene.settings.RATE_LIMITS_ENABLED = True
    return scene.anonymous.get(sample("GET", "/api/{fallbackPlaceholder}")["url"])


provoke("GET", HEALTH, 200, without_token)
provoke("GET", INFO, 200, without_token)
provoke("GET", "/api/{fallbackPlaceholder}", 404, unknown_address)


# --- accounts --------------------------------------------------------------------------------------------------
def _credentials(scene: Scene) -> dict[str, str]:
    return {"email": scene.owner.user.email, "key": scene.owner.key}


def right_key(scene: Scene, call: Call) -> HttpResponse:
    """E-mail and key of the owner."""
    return call(who=scene.anonymous, body=_credentials(scene))


def wrong_key(scene: Scene, call: Call) -> HttpResponse:
    """A key that is nobody's."""
    return call(who=scene.anonymous, body={**_credentials(scene), "key": "06572215-cb86-4ca2-b6b1-2ba6ceb1e8a5"})


def no_api_access(scene: Scene, call: Call) -> HttpResponse:
    """The right key of a user who may not use the API."""
    scene.owner.user.has_api_access = False
    scene.owner.user.save()
    return right_key(scene, call)


def sixth_login(scene: Scene, call: Call) -> Provoked:
    """Five attempts, then one more in the same minute."""
    scene.settings.RATE_LIMITS_ENABLED = True
    with time_machine.travel(datetime(2025, 10, 20, 12, tzinfo=UTC), tick=False):
        answers = [wrong_key(scene, call) for _attempt in range(6)]
    seconds = answers[-1].headers["Retry-After"]
    return Provoked((answers[-1],), f"Too Many Attempts. Please wait {seconds} seconds before trying again.")


def login_while_writes_fail(scene: Scene, call: Call) -> HttpResponse:
    """The right key, while the database is gone."""
    _no_database(scene, "create")
    return right_key(scene, call)


def registered_twice(scene: Scene, call: Call) -> HttpResponse:
    """A user whom the same client has registered."""
    call()
    return call()


def without_name_and_email(scene: Scene, call: Call) -> HttpResponse:
    """The sample without two of its fields."""
    body = sample("POST", REGISTER)["body"]
    return call(body={key: value for key, value in body.items() if key not in ("email", "first_name")})


provoke("POST", LOGIN, 200, right_key)
provoke("POST", LOGIN, 401, wrong_key)
provoke("POST", LOGIN, 403, no_api_access)
provoke("POST", LOGIN, 422, lambda scene, call: call(who=scene.anonymous, body={}))
provoke("POST", LOGIN, 429, sixth_login)
provoke("POST", LOGIN, 500, login_while_writes_fail)
provoke("POST", REGISTER, 200, registered_twice)
provoke("POST", REGISTER, 201, plainly)
provoke("POST", REGISTER, 403, by_a_stranger)
provoke("POST", REGISTER, 422, without_name_and_email)
provoke("POST", LOGOUT, 200, plainly)
provoke("POST", LOGOUT, 401, without_token)
provoke("POST", REFRESH, 200, plainly)
provoke("POST", REFRESH, 401, without_token)
provoke("POST", REFRESH, 500, while_writes_fail("create"))
provoke("GET", ME, 200, plainly)
provoke("GET", ME, 401, without_token)


# --- cases -----------------------------------------------------------------------------------------------------
def _complete(invoices: list[Any]) -> dict[str, Any]:
    return {**sample("POST", COMPLETE)["body"], "invoices": invoices}


def complete_with_holes(scene: Scene, call: Call) -> HttpResponse:
    """The four fields of the documented sentences are missing."""
    body = _complete([{key: value for key, value in InvoiceBody().items() if key != "invoice_number"}])
    del body["recovery"]["recovery_service_object"]
    del body["customer"]["company_legalrep_firstname"]
    del body["debtor"]["company_legalrep_lastname"]
    return call(body=body)


def complete_while_writes_fail(scene: Scene, call: Call) -> HttpResponse:
    """A good case, while the database is gone."""
    _no_database(scene, "bulk_create")
    return call(body=_complete([]))


def two_cases(scene: Scene, call: Call) -> Provoked:
    """A list of two, of which a page holds one."""
    assert scene.case
    scene.another_case()
    query = "?status=1&sort_by=recovery_reference&sort_order=asc&per_page=1"
    return Provoked((call(query=query),), "Recoveries retrieved successfully. Total: 2 recoveries found.")


def rate_over_hundred(scene: Scene, call: Call) -> HttpResponse:
    """The sample with a rate that cannot be."""
    return call(body={**sample("PUT", CASE)["body"], "recovery_interest_rate_percent": "100.01"})


provoke("POST", COMPLETE, 201, sending(_complete([InvoiceBody(), InvoiceBody()])))
provoke("POST", COMPLETE, 201, sending(_complete([])), "Without invoices")
provoke("POST", COMPLETE, 422, complete_with_holes)
provoke("POST", COMPLETE, 500, complete_while_writes_fail)
provoke("GET", CASES, 200, two_cases)
provoke("GET", CASES, 401, without_token)
provoke("GET", CASES, 422, asking("?status=99&sort_by=nothing&per_page=0"))
provoke("GET", CASE, 200, plainly)
provoke("GET PUT PATCH DELETE", CASE, 403, by_a_stranger, "Unauthorized access")
provoke("GET PUT PATCH DELETE", CASE, 404, no_such_case)
provoke("PUT PATCH", CASE, 200, plainly)
provoke("PUT PATCH DELETE", CASE, 403, reminded_twice, "cannot be modified")
provoke("PUT PATCH", CASE, 422, rate_over_hundred)
provoke("DELETE", CASE, 200, plainly)


# --- companies -------------------------------------------------------------------------------------------------
def on_a_bare_case(scene: Scene, call: Call) -> HttpResponse:
    """The sample, on a case that has no parties yet."""
    scene.bare()
    return call()


def a_third_company(scene: Scene, call: Call) -> HttpResponse:
    """The sample, on a case that has its customer."""
    return call()


def a_company_with_holes(scene: Scene, call: Call) -> HttpResponse:
    """A commercial company of which nothing else is said."""
    scene.bare()
    return call(body={"company_type": "commercial"})


def the_only_company(scene: Scene, call: Call) -> HttpResponse:
    """A case that has a customer and nothing else."""
    scene.bare()
    body = {**CompanyBody(), "relation_type": "customer"}
    company = scene.owner.data("POST", scene.url(COMPANIES), body)
    return call(companyId=company["id"])


def one_side(scene: Scene, call: Call) -> HttpResponse:
    """The page holds one of the two companies of the case."""
    return call(query="?search=LegalCity&relation_type=customer&per_page=1")


def no_such(kind: str) -> Any:
    """A thing that the case does not hold."""
    return lambda scene, call: call(**{kind: NO_SUCH_ID})


def of_type(kind: str, *, known: bool = True) -> Any:
    """The companies of a type; `known` when the owner has a case."""

    def provocation(scene: Scene, call: Call) -> HttpResponse:
        assert not known or scene.case
        return scene.owner.get(BY_TYPE.replace("{type}", kind))

    return provocation


provoke("GET", COMPANIES, 200, one_side)
provoke("GET", COMPANIES, 401, without_token)
provoke("GET", COMPANIES, 404, no_such_case)
provoke("GET", COMPANIES, 422, asking("?per_page=101&relation_type=friend"))
provoke("POST", COMPANIES, 201, on_a_bare_case)
provoke("POST", COMPANIES, 403, by_a_stranger, "Unauthorized access")
provoke("POST", COMPANIES, 403, reminded_twice, "cannot be modified")
provoke("POST", COMPANIES, 404, no_such_case)
provoke("POST", COMPANIES, 422, a_company_with_holes)
provoke("POST", COMPANIES, 500, a_third_company)
provoke("GET PUT", COMPANY, 200, plainly)
provoke("DELETE", COMPANY, 200, the_only_company)
provoke("GET PUT DELETE", COMPANY, 404, no_such("companyId"), "Company not found")
provoke("GET PUT DELETE", COMPANY, 404, no_such_case, "Recovery case not found")
provoke("PUT DELETE", COMPANY, 403, reminded_twice)
provoke("PUT", COMPANY, 422, sending({"company_email": "nobody"}))
provoke("DELETE", COMPANY, 500, plainly)
provoke("GET", BY_TYPE, 200, of_type("customer"))
provoke("GET", BY_TYPE, 400, of_type("friend", known=False))
provoke("GET", BY_TYPE, 401, lambda scene, call: scene.anonymous.get(BY_TYPE.replace("{type}", "both")))


# --- invoices --------------------------------------------------------------------------------------------------
def two_invoices(scene: Scene, call: Call) -> Provoked:
    """The sample's filters over a case with two invoices that fit, a page of one."""
    query = "?is_part_paid=&search=INV-2025&date_from=2025-01-01&date_to=2025-12-31&sort_by=invoice_amount&per_page=1"
    return Provoked((call(query=query),), "Invoices retrieved successfully. Total: 2 invoices found.")


def bad_periods(scene: Scene, call: Call) -> Provoked:
    """A first day that is none, then a last day before the first one: no single period is wrong in both ways."""
    return Provoked((call(query="?date_from=soon&per_page=0"), call(query="?date_from=2025-02-01&date_to=2025-01-31")))


provoke("GET", INVOICES, 200, two_invoices)
provoke("GET", INVOICES, 401, without_token)
provoke("GET", INVOICES, 404, no_such_case)
provoke("GET", INVOICES, 422, bad_periods)
provoke("POST", INVOICES, 201, plainly)
provoke("POST", INVOICES, 403, reminded_twice)
provoke("POST", INVOICES, 404, no_such_case)
provoke("POST", INVOICES, 422, sending({"invoice_date": "2025-10-20"}))
provoke("GET PUT DELETE", INVOICE, 200, plainly)
provoke("GET PUT DELETE", INVOICE, 404, no_such("invoiceId"), "Invoice not found")
provoke("PUT DELETE", INVOICE, 404, no_such_case, "Recovery case not found")
provoke("PUT DELETE", INVOICE, 403, reminded_twice)
provoke(
    "PUT",
    INVOICE,
    422,
    sending({"invoice_due_date": "2025-10-20", "invoice_part_paid": True, "invoice_part_paid_amount": "100.01"}),
)


# --- comments --------------------------------------------------------------------------------------------------
def two_comments(scene: Scene, call: Call) -> Provoked:
    """Two comments, a page of one."""
    assert scene.comment_id
    scene.owner.data("POST", scene.url(COMMENTS), {"comment": "More"})
    return Provoked((call(query="?per_page=1"),), "Comments retrieved successfully. Total: 2 comments found.")


def shown_to_the_debtor(scene: Scene, call: Call) -> HttpResponse:
    """A comment that the debtor may have seen."""
    comment = scene.owner.data("POST", scene.url(COMMENTS), {"comment": "Pay!", "visibleToDebtor": True})
    return call(commentId=comment["id"])


provoke("GET", COMMENTS, 200, two_comments)
provoke("GET", COMMENTS, 401, without_token)
provoke("GET POST", COMMENTS, 404, no_such_case)
provoke("POST", COMMENTS, 201, plainly)
provoke("POST", COMMENTS, 422, sending({"comment": "<script></script>"}))
provoke("GET PUT DELETE", COMMENT, 200, plainly)
provoke("GET DELETE", COMMENT, 404, no_such_case, "Recovery")
provoke("GET PUT DELETE", COMMENT, 404, no_such("commentId"), "Comment not found")
provoke("PUT DELETE", COMMENT, 403, shown_to_the_debtor)
provoke("PUT", COMMENT, 422, sending({"comment": "x" + "<script></script>" * 200}))


# --- protected invoices ----------------------------------------------------------------------------------------
def the_documented_query(scene: Scene, call: Call) -> HttpResponse:
    """The sample's own filters, over the documented invoice."""
    assert scene.protected
    return call(query=sample("GET", PROTECTED)["url"].removeprefix(PROTECTED))


def protected_again(scene: Scene, call: Call) -> HttpResponse:
    """The identifier of an invoice that is there, and a SIREN that is too short."""
    assert scene.protected
    return call(body={**sample("POST", PROTECTED)["body"], "siren": "12345678"})


provoke("GET", PROTECTED, 200, the_documented_query)
provoke("GET POST", PROTECTED, 401, without_token)
provoke("POST", PROTECTED, 201, plainly)
provoke("POST", PROTECTED, 422, protected_again)
provoke("GET", PROTECTED_ONE, 200, plainly)
provoke("PUT", PROTECTED_ONE, 200, sending({"status": "paid"}))
provoke("GET PUT", PROTECTED_ONE, 401, without_token)
provoke("GET PUT", PROTECTED_ONE, 404, by_a_stranger)
provoke("PUT", PROTECTED_ONE, 422, sending({"status": "lost"}))
provoke("GET", PROTECTED_FOUND, 200, plainly)
provoke("GET", PROTECTED_FOUND, 401, without_token)
provoke("GET", PROTECTED_FOUND, 404, by_a_stranger)


# --- scoring ---------------------------------------------------------------------------------------------------
TOKENS, ORDER = "/api/scoring/tokens", "/api/scoring/order"
ORDERS, ONE_ORDER = "/api/scoring/orders", "/api/scoring/orders/{orderId}"


def ordering(scene: Scene, call: Call) -> HttpResponse:
    """The sample, about a company of the owner's; the quotes that some of its words carry twice are taken off."""
    assert scene.order_id
    sent = find("POST", ORDER).body
    return call(body={**sent, "company_id": scene.case["debtor"]["id"]})


def with_tokens(scene: Scene, call: Call) -> HttpResponse:
    """The owner, once staff have granted tokens."""
    tokens_grant(user=scene.owner.user, amount=75)
    return call()


def report_made(scene: Scene, call: Call) -> HttpResponse:
    """The owner, once a worker has made the report."""
    scene.report_made()
    return call()


provoke("POST", ORDER, 201, ordering)
provoke("POST", ORDER, 401, without_token)
provoke("GET", TOKENS, 200, with_tokens, "Token information")
provoke("GET", TOKENS, 200, plainly, "No tokens available")
provoke("GET", TOKENS, 401, without_token)
provoke("GET", ORDERS, 200, plainly)
provoke("GET", ORDERS, 401, without_token)
provoke("GET", ONE_ORDER, 200, report_made)
provoke("GET", ONE_ORDER, 401, without_token)
provoke("GET", ONE_ORDER, 404, lambda scene, call: call(orderId="SCR-2024-001"))
