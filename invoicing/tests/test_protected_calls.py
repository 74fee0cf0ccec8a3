"""Protected invoices through the API: stored, found again, their status changed."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from invoicing.models import ProtectedInvoice, ProtectedInvoiceChange
from tests.factories import Api, ProtectedInvoiceBody

LIST = "/api/protected-invoices"
KEYS = [
    "id",
    "api_invoice_id",
    "tracking_code",
    "siren",
    "invoice_number",
    "due_date",
    "amount",
    "currency",
    "status",
    "status_label",
    "description",
    "formatted_amount",
    "is_overdue",
    "is_paid",
    "created_at",
    "updated_at",
]
SHORT = [key for key in KEYS if key != "description"]
NOON = datetime(2025, 1, 10, 12, tzinfo=UTC)


def stored(api: Api, **fields: Any) -> dict[str, Any]:
    """A protected invoice of `api`, as the answer shows it."""
    return api.data("POST", LIST, ProtectedInvoiceBody(**fields))


# --- storing ---------------------------------------------------------------------------------------------------
def test_the_least_is_filled_in_with_defaults(owner: Api) -> None:
    with time_machine.travel(NOON, tick=False):
        owner.login()
        shown = stored(owner, api_invoice_id="INV-1", due_date="2025-01-10")
    assert shown == {
        "id": ProtectedInvoice.objects.get().pk,
        "api_invoice_id": "INV-1",
        "tracking_code": "fyn_INV-1",
        "siren": "123456789",
        "invoice_number": "INV-2024-001",
        "due_date": "2025-01-10",
        "amount": "1500.50",
        "currency": "EUR",
        "status": "pending",
        "status_label": "À payer",
        "description": None,
        "formatted_amount": "1500.50 EUR",
        "is_overdue": False,
        "is_paid": False,
        "created_at": "2025-01-10T12:00:00.000000Z",
        "updated_at": "2025-01-10T12:00:00.000000Z",
    }
    assert list(shown) == KEYS


def test_null_and_empty_are_the_default(owner: Api) -> None:
    for nothing in (None, "", "  "):
        shown = stored(owner, currency=nothing, status=nothing, description=nothing)
        assert (shown["currency"], shown["status"], shown["description"]) == ("EUR", "pending", None)


@pytest.mark.parametrize(
    ("status", "label", "is_paid"),
    [("pending", "À payer", False), ("paid", "Payée", True), ("cancelled", "Annulée", False)],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_labels_are_the_same_in_every_language(
    status: str, label: str, is_paid: bool, language: str, owner: Api
) -> None:
    body = ProtectedInvoiceBody(status=status, currency="GBP", amount=12)
    shown = owner.data("POST", LIST, body, Accept_Language=language)
    assert (shown["status"], shown["status_label"], shown["is_paid"]) == (status, label, is_paid)
    assert shown["formatted_amount"] == "12.00 GBP"


def test_what_the_client_may_not_set_is_ignored(owner: Api, stranger: Api) -> None:
    forbidden = {
        "id": 987654,
        "owner": stranger.user.pk,
        "owner_id": stranger.user.pk,
        "tracking_code": "fyn_MINE",
        "is_paid": True,
        "status_label": "Payée",
        "search_text": "x",
        "created_at": "2000-01-01",
    }
    shown = stored(owner, api_invoice_id="INV-1", **forbidden)
    assert (shown["tracking_code"], shown["is_paid"], shown["status_label"]) == ("fyn_INV-1", False, "À payer")
    assert shown["id"] != 987654
    assert stranger.data("GET", LIST)["pagination"]["total"] == 0


def test_sentences_of_what_is_wrong(owner: Api) -> None:
    assert owner.errors("POST", LIST, {}) == {
        "api_invoice_id": ["The api invoice id field is required."],
        "siren": ["The siren field is required."],
        "invoice_number": ["The invoice number field is required."],
        "due_date": ["The due date field is required."],
        "amount": ["The amount field is required."],
    }
    wrong = {
        "api_invoice_id": 5,
        "siren": "12345678",
        "invoice_number": "x" * 101,
        "due_date": "31/12/2024",
        "amount": "1.001",
        "currency": "CHF",
        "status": "lost",
        "description": ["x"],
    }
    assert owner.errors("POST", LIST, wrong) == {
        "api_invoice_id": ["The api invoice id field must be a string."],
        "siren": ["The siren must be exactly 9 characters."],
        "invoice_number": ["The invoice number must not be greater than 100 characters."],
        "due_date": ["The due date field must be a valid date."],
        "amount": ["The amount field must not have more than 2 decimal places."],
        "currency": ["The selected currency is invalid."],
        "status": ["Status must be one of: pending, paid, cancelled."],
        "description": ["The description field must be a string."],
    }
    assert not ProtectedInvoice.objects.exists()


@pytest.mark.parametrize("amount", ["0", 0, "999999999999.99"])
def test_amounts_at_the_edges_are_taken(amount: Any, owner: Api) -> None:
    shown = stored(owner, amount=amount)
    assert shown["amount"] == f"{float(amount):.2f}"
    assert owner.data("GET", f"{LIST}/{shown['id']}")["formatted_amount"] == f"{shown['amount']} EUR"


def test_the_check_digit_of_a_siren_counts_where_the_firm_says_so(owner: Api, system_setting: Any) -> None:
    stored(owner, siren="123456789")
    system_setting(STRICT_SIREN=True)
    errors = owner.errors("POST", LIST, ProtectedInvoiceBody(siren="123456789"))
    assert errors == {"siren": ["The siren is not a valid SIREN."]}
    assert stored(owner, siren="732829320")["siren"] == "732829320"


# --- identifiers and tracking codes ------------------------------------------------------------------------------
def test_an_identifier_is_taken_once_by_an_account(owner: Api) -> None:
    stored(owner, api_invoice_id="INV-1")
    errors = owner.errors("POST", LIST, ProtectedInvoiceBody(api_invoice_id=" INV-1 ", siren="1"))
    assert errors == {
        "api_invoice_id": ["An invoice with this API ID already exists for your account."],
        "siren": ["The siren must be exactly 9 characters."],
    }
    assert stored(owner, api_invoice_id="inv-1")["tracking_code"] == "fyn_inv-1"
    assert ProtectedInvoice.objects.count() == 2


def test_another_account_gets_a_code_with_a_tail(owner: Api, stranger: Api, staff: Api) -> None:
    codes = [stored(api, api_invoice_id="INV-1")["tracking_code"] for api in (owner, stranger, staff)]
    assert codes[0] == "fyn_INV-1"
    for code in codes[1:]:
        prefix, _, tail = code.rpartition("-")
        assert (prefix, len(tail), tail.isalnum(), tail.upper()) == ("fyn_INV-1", 6, True, tail)
    assert len(set(codes)) == 3
    # An identifier that looks like another account's code with its tail.
    copied = codes[1].removeprefix("fyn_")
    assert stored(owner, api_invoice_id=copied)["tracking_code"].startswith(f"{codes[1]}-")


@pytest.mark.parametrize(
    "identifier",
    [
        "INV 2024/001",
        "a/b/c",
        "100%",
        "50%2F50",
        "?x=1#y",
        "é😀",
        "a\nb",
        "\\",
        "api",
        "1",
        "a//b",
        "trailing/",
        "x" * 100,
    ],
)
def test_it_is_found_by_whatever_identifier_it_has(identifier: str, owner: Api, stranger: Api) -> None:
    shown = stored(owner, api_invoice_id=identifier)
    address = f"{LIST}/api/{quote(identifier, safe='')}"
    answer = owner.get(address)
    assert (answer.status_code, answer.json()["message"]) == (200, "Protected invoice found")
    assert answer.json()["data"] == shown
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize(
    "identifier", ["nothing", "%00", "a%00b", "%ff", "%ed%a0%80", "x" * 3000, "%0a", "..", "INV-1/"]
)
def test_no_such_identifier_is_404(identifier: str, owner: Api) -> None:
    stored(owner, api_invoice_id="INV-1")
    answer = owner.get(f"{LIST}/api/{identifier}")
    assert (answer.status_code, answer.json()) == (
        404,
        {"success": False, "message": "Protected invoice not found with this API invoice ID", "code": "not_found"},
    )


# --- overdue -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "is_overdue"),
    [
        (datetime(2025, 1, 10, 22, 59, 59, tzinfo=UTC), False),
        # In Paris it is the next day already.
        (datetime(2025, 1, 10, 23, 0, tzinfo=UTC), True),
    ],
)
def test_it_is_overdue_from_the_next_day_in_paris(moment: datetime, is_overdue: bool, owner: Api) -> None:
    ids = {
        status: stored(owner, due_date="2025-01-10", status=status)["id"] for status in ("pending", "paid", "cancelled")
    }
    with time_machine.travel(moment, tick=False):
        owner.login()
        shown = {status: owner.data("GET", f"{LIST}/{pk}")["is_overdue"] for status, pk in ids.items()}
        listed = {row["status"]: row["is_overdue"] for row in owner.data("GET", LIST)["protected_invoices"]}
    assert shown == listed == {"pending": is_overdue, "paid": False, "cancelled": False}


# --- the status --------------------------------------------------------------------------------------------------
def test_each_change_of_the_status_is_recorded(owner: Api) -> None:
    with time_machine.travel(NOON, tick=False):
        owner.login()
        before = stored(owner, description="Works")
    address = f"{LIST}/{before['id']}"
    later = NOON.replace(hour=13)
    with time_machine.travel(later, tick=False):
        answer = owner.put(address, {"status": "paid"})
    assert answer.status_code == 200
    assert answer.json()["message"] == "Protected invoice status updated successfully"
    shown = answer.json()["data"]
    assert list(shown) == SHORT
    changed = {
        "status": "paid",
        "status_label": "Payée",
        "is_paid": True,
        "updated_at": "2025-01-10T13:00:00.000000Z",
        "is_overdue": False,
    }
    assert shown == {key: changed.get(key, before[key]) for key in SHORT}
    with time_machine.travel(later, tick=False):
        assert owner.data("GET", address) == {**shown, "description": "Works"}
        owner.put(address, {"status": "cancelled"})
        owner.put(address, {"status": "pending"})
    steps = list(ProtectedInvoiceChange.objects.values_list("from_status", "to_status", "user", "created_at"))
    assert steps == [
        ("pending", "paid", owner.user.pk, later),
        ("paid", "cancelled", owner.user.pk, later),
        ("cancelled", "pending", owner.user.pk, later),
    ]


def test_the_same_status_changes_nothing(owner: Api) -> None:
    before = stored(owner, status="paid")
    shown = owner.data("PUT", f"{LIST}/{before['id']}", {"status": "paid"})
    assert shown == {key: before[key] for key in SHORT}
    assert not ProtectedInvoiceChange.objects.exists()


def test_nothing_but_the_status_is_changed(owner: Api) -> None:
    before = stored(owner)
    body = {**ProtectedInvoiceBody(amount="1.00", siren="999999999"), "tracking_code": "x", "status": "cancelled"}
    owner.data("PUT", f"{LIST}/{before['id']}", body)
    after = owner.data("GET", f"{LIST}/{before['id']}")
    differing = {key for key in KEYS if after[key] != before[key]}
    assert differing == {"status", "status_label", "is_overdue", "updated_at"}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "The status field is required."),
        ({"status": None}, "The status field is required."),
        ({"status": ""}, "The status field is required."),
        ({"status": "Paid"}, "Status must be one of: pending, paid, cancelled."),
        ({"status": ["paid"]}, "Status must be one of: pending, paid, cancelled."),
    ],
)
def test_a_status_that_is_none_is_422(body: dict[str, Any], sentence: str, owner: Api) -> None:
    address = f"{LIST}/{stored(owner)['id']}"
    assert owner.errors("PUT", address, body) == {"status": [sentence]}
    assert owner.data("GET", address)["status"] == "pending"


def test_a_stranger_changes_nothing(owner: Api, stranger: Api) -> None:
    address = f"{LIST}/{stored(owner)['id']}"
    for body in ({"status": "paid"}, {"status": "nonsense"}):
        answer = stranger.put(address, body)
        assert (answer.status_code, answer.json()["message"]) == (404, "Protected invoice not found")
    assert owner.data("GET", address)["status"] == "pending"
