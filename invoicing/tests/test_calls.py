"""The invoices of a case: create, show, change, delete."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from invoicing.models import Invoice
from tests.factories import Api, InvoiceBody, add_status, case_id, detail, move

CASES = "/api/recoveries"
KEYS = [
    *("id", "recovery_id", "invoice_amount", "invoice_number", "invoice_date", "invoice_due_date"),
    *("invoice_part_paid", "invoice_part_paid_amount", "remaining_amount", "api_invoice_id", "is_paid"),
    *("days_overdue", "recovery", "performed_on", "is_disputed"),
]


@pytest.fixture
def case(owner: Api) -> int:
    """A case without invoices."""
    return case_id(owner, invoices=[])


def _add(owner: Api, case: int, **fields: Any) -> dict[str, Any]:
    return owner.data("POST", f"{CASES}/{case}/invoices", InvoiceBody(**fields))


def test_an_invoice_is_told_with_its_case(owner: Api, case: int) -> None:
    invoice = _add(owner, case, invoice_number=" INV-1 ", invoice_amount=1500, api_invoice_id="CLIENT-1")
    assert list(invoice) == KEYS
    shown = detail(owner, case)
    assert invoice["recovery"] == {
        "id": case,
        "recovery_reference": shown["recovery_reference"],
        "debtor_name": "Jane Smith",
        "debtor_company": shown["debtor"]["company_name"],
    }
    told = (invoice["invoice_number"], invoice["invoice_amount"], invoice["remaining_amount"])
    assert told == ("INV-1", "1500.00", "1500.00")
    assert (invoice["invoice_part_paid"], invoice["invoice_part_paid_amount"], invoice["is_paid"]) == (
        False,
        None,
        False,
    )


def test_show_tells_the_state_of_the_case_too(owner: Api, case: int) -> None:
    address = f"{CASES}/{case}/invoices/{_add(owner, case)['id']}"
    shown = owner.data("GET", address)
    assert list(shown) == KEYS
    assert list(shown["recovery"]) == ["id", "recovery_reference", "debtor_name", "debtor_company", "case_status"]
    assert shown["recovery"]["case_status"] == "active"
    move(case, 2, 3)
    assert owner.data("GET", address)["recovery"]["case_status"] == "active"
    move(case, add_status(90, group=3, is_closing=True))
    assert owner.data("GET", address)["recovery"]["case_status"] == "closed"


def test_a_change_tells_what_create_tells(owner: Api, case: int) -> None:
    created = _add(owner, case)
    changed = owner.data("PUT", f"{CASES}/{case}/invoices/{created['id']}", {"invoice_amount": "1600.00"})
    assert changed == {**created, "invoice_amount": "1600.00", "remaining_amount": "1600.00"}


def test_every_field_can_be_changed(owner: Api, case: int) -> None:
    sent = {
        "invoice_number": "INV-2",
        "invoice_date": "2025-09-01",
        "invoice_due_date": "2025-10-01",
        "invoice_amount": "1600.00",
        "invoice_part_paid": True,
        "invoice_part_paid_amount": "800.00",
        "api_invoice_id": "CLIENT-2",
    }
    address = f"{CASES}/{case}/invoices/{_add(owner, case)['id']}"
    owner.data("PUT", address, sent)
    shown = owner.data("GET", address)
    assert {key: shown[key] for key in sent} == sent
    assert shown["remaining_amount"] == "800.00"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("amount", "part", "remaining", "is_paid"),
    [
        ("100.00", "0.00", "100.00", False),
        ("100.00", "99.99", "0.01", False),
        ("100.00", "100.00", "0.00", True),
        ("0.00", "0.00", "0.00", True),
        ("999999999999.99", "0.01", "999999999999.98", False),
    ],
)
def test_what_remains_of_an_invoice(
    amount: str, part: str, remaining: str, is_paid: bool, owner: Api, case: int
) -> None:
    fields = {"invoice_amount": amount, "invoice_part_paid": True, "invoice_part_paid_amount": part}
    created = _add(owner, case, **fields)
    shown = owner.data("GET", f"{CASES}/{case}/invoices/{created['id']}")
    for invoice in (created, shown):
        assert (invoice["remaining_amount"], invoice["is_paid"]) == (remaining, is_paid)
        assert invoice["invoice_part_paid_amount"] == part


def test_no_longer_paid_in_part_the_payment_is_dropped(owner: Api, case: int) -> None:
    created = _add(owner, case, invoice_part_paid=True, invoice_part_paid_amount="40.00")
    changed = owner.data("PUT", f"{CASES}/{case}/invoices/{created['id']}", {"invoice_part_paid": False})
    assert (changed["invoice_part_paid_amount"], changed["remaining_amount"]) == (None, "100.00")


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("fields", "key", "sentence"),
    [
        (
            {"invoice_due_date": "2025-10-20"},
            "invoice_due_date",
            "The invoice due date must be after the invoice date.",
        ),
        (
            {"invoice_part_paid": True, "invoice_part_paid_amount": "100.01"},
            "invoice_part_paid_amount",
            "The partial payment amount cannot exceed the invoice amount.",
        ),
        (
            {"invoice_part_paid": True, "invoice_part_paid_amount": None},
            "invoice_part_paid_amount",
            "The invoice part paid amount field is required when invoice part paid is true.",
        ),
    ],
)
def test_rules_of_an_invoice(fields: dict[str, Any], key: str, sentence: str, owner: Api, case: int) -> None:
    assert owner.errors("POST", f"{CASES}/{case}/invoices", InvoiceBody(**fields)) == {key: [sentence]}
    assert not Invoice.objects.exists()


def test_the_due_date_may_be_the_next_day_or_absent(owner: Api, case: int) -> None:
    assert _add(owner, case, invoice_due_date="2025-10-21")["invoice_due_date"] == "2025-10-21"
    invoice = _add(owner, case, invoice_due_date=None)
    assert (invoice["invoice_due_date"], invoice["days_overdue"]) == (None, 0)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("day", "days"), [("2025-11-19", 0), ("2025-11-20", 0), ("2025-11-21", 1), ("2026-11-20", 365)]
)
def test_days_overdue_count_from_the_due_date(day: str, days: int, owner: Api, case: int) -> None:
    year, month, date = map(int, day.split("-"))
    with time_machine.travel(datetime(year, month, date, 12, tzinfo=UTC), tick=False):
        owner.login()
        assert _add(owner, case)["days_overdue"] == days


def test_a_deleted_invoice_is_not_found(owner: Api, case: int) -> None:
    address = f"{CASES}/{case}/invoices/{_add(owner, case)['id']}"
    answer = owner.delete(address)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "message": "Invoice deleted successfully"})
    for method in ("GET", "PUT", "DELETE"):
        answer = owner.send(method, address, {})
        assert (answer.status_code, answer.json()["message"]) == (404, "Invoice not found")


def test_an_invoice_of_somebody_else_cannot_be_reached_through_a_case_of_one_s_own(
    owner: Api, stranger: Api, case: int
) -> None:
    invoice = _add(owner, case)
    theirs = case_id(stranger)
    for method in ("GET", "PUT", "DELETE"):
        answer = stranger.send(method, f"{CASES}/{theirs}/invoices/{invoice['id']}", {"invoice_amount": "1"})
        assert (answer.status_code, answer.json()["message"]) == (404, "Invoice not found")
    assert owner.data("GET", f"{CASES}/{case}/invoices/{invoice['id']}")["invoice_amount"] == "100.00"
