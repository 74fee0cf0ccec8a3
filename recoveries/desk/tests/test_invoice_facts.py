"""What staff learn about an invoice: when it was performed, whether it is disputed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from legalcity.lib.clock import today
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, event_of, followed, opened, words
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, InvoiceBody, case_id, detail
from tests.noon import noon_of

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
noon = noon_of(today())


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def test_staff_enter_it_and_the_client_sees_it(office: Client, owner: Api) -> None:
    case = case_of(owner)
    [invoice] = detail(owner, case.pk)["invoices"]
    sent = {"invoice": invoice["id"], "performed_on": "01/10/2025", "is_disputed": "on"}
    said = words(followed(office, case, "invoice-facts", **sent))
    assert f"Recorded on the invoice {invoice['invoice_number']}." in said
    [shown] = detail(owner, case.pk)["invoices"]
    assert shown == {**invoice, "performed_on": "2025-10-01", "is_disputed": True}
    assert event_of(case, "invoice-facts").succeeded
    assert f"{invoice['invoice_number']} disputed" in words(opened(office, case))
    form = act_page(office, case, "invoice-facts", f"?invoice={invoice['id']}").content.decode()
    assert 'value="01/10/2025"' in form or 'value="2025-10-01"' in form
    assert "checked" in form
    followed(office, case, "invoice-facts", invoice=invoice["id"])
    assert detail(owner, case.pk)["invoices"] == [invoice]


def test_limitation_follows(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_type": "particular"})
    [invoice] = detail(owner, case.pk)["invoices"]
    before = detail(owner, case.pk)["next_deadline"]["on"]
    performed = date.fromisoformat(invoice["invoice_date"]) - timedelta(60)
    followed(office, case, "invoice-facts", invoice=invoice["id"], performed_on=f"{performed:%d/%m/%Y}")
    assert detail(owner, case.pk)["next_deadline"]["on"] < before


def test_a_day_to_come_and_an_invoice_of_another_case_are_refused(office: Client, owner: Api) -> None:
    case, other = case_of(owner), case_of(owner)
    mine, foreign = case.invoices.get(), other.invoices.get()
    later = f"{today() + timedelta(1):%d/%m/%Y}"
    assert_refused(act(office, case, "invoice-facts", invoice=mine.pk, performed_on=later), "still to come")
    assert_refused(act(office, case, "invoice-facts", invoice=foreign.pk), "Select a valid choice.")


@pytest.mark.parametrize(
    ("sent", "told"),
    [({}, False), ({"is_disputed": True}, True), ({"is_disputed": 0}, False), ({"is_disputed": "1"}, True)],
)
def test_clients_say_it_with_the_invoice(sent: dict[str, Any], told: bool, owner: Api) -> None:
    case = case_id(owner, invoices=[InvoiceBody(**sent)])
    [invoice] = detail(owner, case)["invoices"]
    assert invoice["is_disputed"] is told
    address = f"/api/recoveries/{case}/invoices/{invoice['id']}"
    assert owner.data("PUT", address, {"is_disputed": not told})["is_disputed"] is not told
    assert owner.data("PUT", address, {"invoice_amount": "5.00"})["is_disputed"] is not told
    errors = owner.errors("PUT", address, {"is_disputed": "often"})
    assert errors == {"is_disputed": ["The is disputed field must be true or false."]}
