"""Protected invoices stored and changed by many at the same moment."""

from collections import Counter
from itertools import pairwise

import pytest
from django.db import connection

from invoicing.models import ProtectedInvoice, ProtectedInvoiceChange
from tests.factories import Api, ApiUserFactory, ProtectedInvoiceBody
from tests.races import at_once, statuses_at_once, twin

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

LIST = "/api/protected-invoices"
MANY = 20


@pytest.fixture
def racer() -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory())


def test_one_request_wins_an_identifier(racer: Api) -> None:
    body = ProtectedInvoiceBody(api_invoice_id="INV-1")

    def store(_number: int) -> tuple[int, str]:
        answer = twin(racer).post(LIST, body)
        errors = answer.json().get("errors", {"api_invoice_id": [""]})
        assert list(errors) == ["api_invoice_id"]
        return answer.status_code, errors["api_invoice_id"][0]

    taken = "An invoice with this API ID already exists for your account."
    assert Counter(at_once(MANY, store)) == {(201, ""): 1, (422, taken): MANY - 1}
    assert ProtectedInvoice.objects.get().tracking_code == "fyn_INV-1"


def test_each_account_gets_a_code_of_its_own() -> None:
    racers = [Api.of(ApiUserFactory()) for _ in range(MANY)]
    body = ProtectedInvoiceBody(api_invoice_id="INV-1")
    codes = at_once(MANY, lambda n: racers[n].data("POST", LIST, body)["tracking_code"])
    assert len(set(codes)) == MANY
    assert codes.count("fyn_INV-1") == 1
    assert all(code.startswith("fyn_INV-1") for code in codes)


def test_changes_of_one_status_make_one_chain(racer: Api) -> None:
    pk = racer.data("POST", LIST, ProtectedInvoiceBody())["id"]
    words = ["paid", "cancelled", "pending"]
    answers = statuses_at_once(MANY, racer, lambda api, n: api.put(f"{LIST}/{pk}", {"status": words[n % 3]}))
    assert answers == {200: MANY}
    steps = list(ProtectedInvoiceChange.objects.order_by("id").values_list("from_status", "to_status"))
    assert steps[0][0] == "pending"
    assert all(left != reached for left, reached in steps)
    for (_before, reached), (left, _after) in pairwise(steps):
        assert left == reached
    assert ProtectedInvoice.objects.get().status == steps[-1][1]
