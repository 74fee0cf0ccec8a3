"""Numbers without a hole, whoever issues at once."""

import pytest
from django.db import connection, transaction

from invoicing.billing.services.clients import client_of
from invoicing.billing.services.issuing import invoice_credit, invoice_issue
from invoicing.models import BillingClient, FirmInvoice, InvoiceType
from invoicing.tests.billing.papers import client_user, draft, issued, item
from legalcity.lib.errors import Forbidden
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def numbers(code: int = 1) -> list[int]:
    return list(FirmInvoice.objects.filter(invoice_type__code=code).values_list("invoice_number", flat=True))


def test_two_hundred_at_once() -> None:
    drafts = [draft().pk for _ in range(200)]

    def issue(turn: int) -> None:
        for key in drafts[turn * 10 : turn * 10 + 10]:
            invoice_issue(invoice_id=key)

    at_once(20, issue)
    assert sorted(numbers()) == list(range(1, 201))
    in_time = FirmInvoice.objects.order_by("date_time").values_list("invoice_number", flat=True)
    assert list(in_time) == list(range(1, 201))
    assert InvoiceType.objects.get(code=1).last_number == 200


def test_some_are_undone_and_two_series_run_at_once() -> None:
    papers = [issued(None, item("10", 4)).pk for _ in range(10)]
    drafts = [draft().pk for _ in range(10)]

    def work(turn: int) -> None:
        if turn % 2:
            invoice_credit(invoice_id=papers[turn // 2], by=None, reason="x")
            return
        try:
            with transaction.atomic():
                invoice_issue(invoice_id=drafts[turn // 2])
                if turn % 4:
                    raise RuntimeError
        except RuntimeError:
            pass

    at_once(20, work)
    assert sorted(numbers(1), key=lambda n: n or 0)[5:] == list(range(1, 16))
    assert sorted(numbers(2)) == list(range(1, 11))


def test_one_draft_is_issued_once() -> None:
    key = draft().pk

    def issue(_turn: int) -> bool:
        try:
            invoice_issue(invoice_id=key)
        except Forbidden:
            return False
        return True

    assert sorted(at_once(10, issue)) == [False] * 9 + [True]
    assert numbers() == [1]


def test_one_invoice_is_credited_once() -> None:
    key = issued().pk

    def credit(_turn: int) -> bool:
        try:
            invoice_credit(invoice_id=key, by=None, reason="x")
        except Forbidden:
            return False
        return True

    assert sum(at_once(10, credit)) == 1
    assert numbers(2) == [1]


def test_a_client_is_made_once() -> None:
    user = client_user("new@example.com")
    made = {client.pk for client in at_once(10, lambda _: client_of(user))}
    assert made == set(BillingClient.objects.values_list("pk", flat=True))
    assert len(made) == 1


def test_an_item_cannot_slip_into_an_invoice_that_is_being_issued() -> None:
    paper = draft()
    line = paper.items.get()

    def work(turn: int) -> str:
        try:
            if turn:
                paper.items.create(name="late", currency_units=1, product_type=line.product_type)
            else:
                invoice_issue(invoice_id=paper.pk)
        except Exception as error:
            return type(error).__name__
        return "done"

    at_once(8, work)
    kept = FirmInvoice.objects.get(pk=paper.pk)
    # Either the item came first, and the paper without a rate for it was refused, or the item was.
    assert (kept.status, kept.items.count()) in {("issued", 1), ("draft", kept.items.count())}
