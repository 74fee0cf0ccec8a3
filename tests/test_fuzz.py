"""Whatever a client sends, the API answers as its own reference says, and never crashes.

Requests are made by schemathesis from the OpenAPI document: valid ones and invalid ones, the same in every run.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from events.webhooks.endpoints import endpoint_create
from legalcity.api import errors
from legalcity.api.published import FALLBACK, VARIABLE
from legalcity.api.reference_pages import document_at
from legalcity.wsgi import application
from recoveries.models import Recovery
from scoring.services.tokens import tokens_grant
from tests.doors import undone
from tests.factories import Api, OrderBody, ProtectedInvoiceBody, file_case

# For each call; half of them valid. Most are refused before they reach a row: PostgreSQL is asked fewer.
REQUESTS = 30 if connection.vendor == "sqlite" else 12
CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]

DOCUMENT = document_at("http://testserver")
CHAPTERS: dict[str, list[tuple[str, str]]] = {}
for _path, _methods in DOCUMENT["paths"].items():
    for _method, _call in _methods.items():
        CHAPTERS.setdefault(_call["tags"][0], []).append((_path, _method))
WORDS = {
    path: [
        (parameter["name"], word)
        for parameter in methods["get"].get("parameters", [])
        if parameter["in"] == "query"
        for word in parameter["schema"].get("enum", ["true", "0"] if parameter["schema"]["type"] == "boolean" else [])
    ]
    for path, methods in DOCUMENT["paths"].items()
    if "get" in methods
}

PROTECTED = "/api/protected-invoices/{id}"  # Whose variable has the name that a case's has.
Ids = dict[str, Any]


@pytest.fixture
def crashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """Every failure that nobody expected: of the views (one handler catches them) and of all around them."""
    found: list[BaseException] = []

    def outside(**info: Any) -> None:
        found.append(info["exception"] if "exception" in info else RuntimeError("outside the views"))

    monkeypatch.setattr(errors, "log_failure", found.append)
    got_request_exception.connect(outside)
    yield found
    got_request_exception.disconnect(outside)


@cache
def _schema() -> Any:
    """What the requests are made from; reading it takes as long as sending them."""
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = application
    return schema


def _ids(api: Api, case: dict[str, Any]) -> Ids:
    """The ids of a case and of what hangs on it, by the names that the variables of paths have."""
    comment = api.data("POST", f"/api/recoveries/{case['recovery']['id']}/comments", {"comment": "Called."})
    protected = api.data("POST", "/api/protected-invoices", ProtectedInvoiceBody())
    tokens_grant(user=api.user, amount=10)
    order = api.data("POST", "/api/scoring/order", OrderBody(company_id=case["debtor"]["id"]))
    return {
        **dict.fromkeys(("id", "recovery", "recoveryId"), case["recovery"]["id"]),
        "companyId": case["customer"]["id"],
        "invoiceId": case["invoices"][0]["id"],
        "commentId": comment["id"],
        "orderId": order["order_id"],
        PROTECTED: protected["id"],
        "apiInvoiceId": protected["api_invoice_id"],
    }


@pytest.fixture
def worlds(owner: Api, stranger: Api, system_setting: Callable[..., None]) -> list[Ids]:
    """What requests may be about: mostly a whole case, also one without a debtor, another account's, or nothing.

    No request waits for workers: nobody commits, so there is nothing for them to do.
    """
    system_setting(TRANSFER_WAIT_SECONDS=0, DOCUMENT_WAIT_SECONDS=0)
    whole, begun, foreign = (_ids(api, file_case(api)) for api in (owner, owner, stranger))
    Recovery.objects.filter(pk=begun["id"]).update(debtor=None)
    return [whole, whole, begun, begun, foreign, {}]


@pytest.fixture
def kept_connection(worlds: list[Ids]) -> Iterator[None]:
    """The WSGI application closes, before and after a request, a connection that is inside a transaction.

    The test's own transaction looks like one that was left open. Django's test client switches that off too, and on
    again after each of its requests: hence after all that `worlds` has asked.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_answer_is_a_documented_one(
    chapter: str, owner: Api, worlds: list[Ids], crashes: list[BaseException]
) -> None:
    for path, method in CHAPTERS[chapter]:
        _fuzz(path, method, owner, worlds, crashes)


def _fuzz(path: str, method: str, owner: Api, worlds: list[Ids], crashes: list[BaseException]) -> None:
    """Valid and invalid requests for one call; each one finds the same database."""
    operation = _schema()[path][method]
    modes = [operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]

    @hypothesis.settings(
        max_examples=REQUESTS,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=st.one_of(modes), ids=st.sampled_from(worlds))
    def send(case: Any, ids: Ids) -> None:
        known = {**ids, "id": ids[PROTECTED]} if path == PROTECTED and ids else ids
        case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        if path == FALLBACK:
            case.path_parameters = {name: f"no-{value}" for name, value in case.path_parameters.items()}
        with undone():
            response = case.call(headers={"Authorization": f"Bearer {owner.token}"})
        assert not crashes, crashes
        case.validate_response(response, checks=CHECKS)

    send()


@pytest.mark.parametrize("path", [path for path, words in WORDS.items() if words])
def test_every_documented_word_of_a_query_is_taken(path: str, owner: Api, crashes: list[BaseException]) -> None:
    """Words are too few to be left to chance."""
    endpoint = endpoint_create(owner=owner.user, values={"url": "https://10.0.0.1/hook"})
    ids = _ids(owner, file_case(owner)) | {"endpoint_id": endpoint.pk}
    address = VARIABLE.sub(lambda variable: str(ids[variable[1]]), path)
    for name, word in WORDS[path]:
        response = owner.client.get(address, {name: word}, headers={"authorization": f"Bearer {owner.token}"})
        assert not crashes, crashes
        assert response.status_code == 200, f"{name}={word}: {response.content!r}"
