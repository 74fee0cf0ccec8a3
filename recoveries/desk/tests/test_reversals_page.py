"""The list of what was taken back: who, why, what; its filters, its pages, its file and who sees it."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent, User
from recoveries.desk.reads import journal
from recoveries.desk.tests.pages import person
from recoveries.ledger.models import Entry
from recoveries.ledger.remittances import remittance_record, remittance_reverse
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Posting, Recovery
from tests.backoffice import browser_of
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

PAGE = "/admin/reversals/"
INVOICE = {"invoice_date": "2026-02-01", "invoice_due_date": "2026-03-01", "invoice_amount": "1000.00"}
PERSON = {"company_type": "particular"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(datetime(2026, 5, 20, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def accountant() -> User:
    return person("accountant")


@pytest.fixture
def office(accountant: User) -> Client:
    return browser_of(accountant)


@pytest.fixture
def case(owner: Api, accountant: User) -> int:
    """A payment and a debt, both taken back; a payment that was laid anew."""
    pk = case_id(owner, invoices=[INVOICE], debtor=PERSON)
    paid = acompte_record(recovery_id=pk, amount=Decimal("300.00"), day=date(2026, 4, 10), confirmed=True, by=None)
    acompte_record(recovery_id=pk, amount=Decimal("900.00"), day=date(2026, 4, 20), confirmed=True, by=None)
    debt = dette_record(recovery_id=pk, label="Deposit", amount=Decimal("50.00"), day=date(2026, 4, 1), by=None)
    acompte_reverse(recovery_id=pk, acompte_id=paid.pk, reason=Entry.Reason.UNPAID, by=accountant)
    dette_reverse(recovery_id=pk, dette_id=debt.pk, reason=Entry.Reason.MISTAKE, by=None)
    return pk


def kinds(office: Client, **query: Any) -> list[str]:
    page = office.get(PAGE, query)
    assert page.status_code == 200
    assert not page.context["form"].errors
    return [row.posting.reverses.kind for row in page.context["rows"]]


def test_who_took_back_what_and_why(case: int, office: Client, accountant: User) -> None:
    page = office.get(PAGE)
    [payment] = page.context["rows"]
    assert (payment.posting.by, payment.amount, str(payment.reason)) == (
        accountant,
        Decimal("300.00"),
        "returned unpaid",
    )
    posting = payment.posting
    corrected = office.get(page.context["corrections"]).context["rows"]
    assert [row.reason for row, _reason, _lines in corrected] == [""]
    assert f"/admin/recoveries/recovery/{case}/ledger/?before={posting.pk + 1}#p{posting.pk}" in page.text
    assert Recovery.objects.get(pk=case).recovery_reference in page.text
    assert "Payment received, 04/10/2026" in page.text or "Payment received, 10/04/2026" in page.text


def test_filters(case: int, office: Client, owner: Api, stranger: Api, accountant: User) -> None:
    assert kinds(office) == ["payment"]
    assert kinds(office, kind="payment") == ["payment"]
    assert kinds(office, person=accountant.pk) == ["payment"]
    assert kinds(office, client=stranger.user.pk) == []
    assert kinds(office, client=owner.user.pk) == ["payment"]
    assert kinds(office, first="2026-04-01", last="2026-04-30") == []
    of_itself = Posting.objects.filter(kind="reversal").exclude(reason="unpaid").count()
    assert len(kinds(office, whole="on")) == 1 + of_itself
    assert of_itself


def test_a_remittance_that_was_taken_back_leads_to_its_record(case: int, owner: Api, office: Client) -> None:
    made = remittance_record(
        owner_id=owner.user.pk, expected=Decimal("900.00"), fees=Decimal("90.00"), paid_on=date(2026, 5, 20), by=None
    )
    reversal = remittance_reverse(remittance_id=made.pk, reason="The bank sent it back", by=None)
    page = office.get(PAGE, {"kind": "remittance"})
    [row] = page.context["rows"]
    assert (row.amount, row.reason) == (Decimal("900.00"), "The bank sent it back")
    assert f"/admin/recoveries/remittance/{reversal.pk}/change/" in page.text


def test_pages_lead_through_all_of_it(case: int, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PAGE", 1)
    met, query = 0, "whole=on"
    while query:
        page = office.get(f"{PAGE}?{query}")
        met, query = met + len(page.context["rows"]), page.context["following"]
    assert met == Posting.objects.filter(kind="reversal").count() > 1


def test_the_file(case: int, office: Client) -> None:
    answer = office.post(f"{PAGE}reversals.csv", query_params={"kind": "payment"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    assert (row["reason"], row["amount"], row["reversed_effective_on"]) == ("returned unpaid", "300.00", "2026-04-10")
    assert AuditEvent.objects.get(action="journal_exported").details["format"] == "reversals"


@pytest.mark.parametrize("query", [{"first": "x"}, {"kind": "reversal"}, {"person": "\x00"}, {"client": "9" * 40}])
def test_nonsense_is_told(case: int, office: Client, query: dict[str, str]) -> None:
    page = office.get(PAGE, query)
    assert page.context["form"].errors
    assert "rows" not in page.context
    assert office.post(f"{PAGE}reversals.csv", query_params=query).status_code == 302


@pytest.mark.parametrize(("role", "status"), [("handler", 403), ("manager", 200), ("auditor", 200)])
def test_who_sees_it(case: int, role: str, status: int) -> None:
    browser = browser_of(person(role))
    assert browser.get(PAGE).status_code == status
    assert browser.post(f"{PAGE}reversals.csv").status_code == status
