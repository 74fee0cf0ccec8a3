"""The list of a case's invoices: filters, order, pages, summary."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from tests.factories import Api, case_id

TODAY = datetime(2025, 12, 1, 12, tzinfo=UTC)
INVOICES: list[dict[str, Any]] = [
    {
        "invoice_number": "INV-001",
        "invoice_date": "2025-10-01",
        "invoice_due_date": "2025-11-01",
        "invoice_amount": "100.10",
    },
    {
        "invoice_number": "INV_002",
        "invoice_date": "2025-10-02",
        "invoice_due_date": "2025-12-01",
        "invoice_amount": "200.20",
        "invoice_part_paid": True,
        "invoice_part_paid_amount": "50.05",
    },
    {
        "invoice_number": "inv%003",
        "invoice_date": "2025-10-03",
        "invoice_due_date": "2025-11-03",
        "invoice_amount": "300.30",
        "invoice_part_paid": True,
        "invoice_part_paid_amount": "300.30",
    },
    {"invoice_number": "A-004", "invoice_date": "2025-10-04", "invoice_due_date": None, "api_invoice_id": "CLIENT-9"},
    {
        "invoice_number": "A-005",
        "invoice_date": "2025-10-04",
        "invoice_due_date": "2025-11-05",
        "invoice_part_paid": True,
        "invoice_part_paid_amount": "0.00",
    },
]
NUMBERS = [invoice["invoice_number"] for invoice in INVOICES]
FIRST, SECOND, THIRD, FOURTH, FIFTH = NUMBERS


@pytest.fixture
def invoices(owner: Api) -> str:
    """The address of the invoices of a case with five."""
    case_id(owner)
    return f"/api/recoveries/{case_id(owner, invoices=INVOICES)}/invoices"


def _numbers(owner: Api, invoices: str, query: str) -> list[str]:
    data = owner.data("GET", f"{invoices}?{query}")
    return [invoice["invoice_number"] for invoice in data["invoices"]]


def test_the_newest_invoice_comes_first_and_the_defaults_are_echoed(owner: Api, invoices: str) -> None:
    data = owner.data("GET", invoices)
    assert list(data) == ["invoices", "pagination", "summary", "filters_applied"]
    assert [invoice["invoice_number"] for invoice in data["invoices"]] == [FIFTH, FOURTH, THIRD, SECOND, FIRST]
    assert data["filters_applied"] == {
        "is_part_paid": None,
        "search": None,
        "date_from": None,
        "date_to": None,
        "sort_by": "invoice_date",
        "sort_order": "desc",
    }
    assert list(data["invoices"][0]["recovery"]) == ["id", "recovery_reference", "debtor_name", "recovery_last_status"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("is_part_paid=1", [SECOND, THIRD, FIFTH]),
        ("is_part_paid=false", [FIRST, FOURTH]),
        ("is_part_paid=", NUMBERS),
        ("search=INV", [FIRST, SECOND, THIRD]),
        ("search=" + quote("%"), [THIRD]),
        ("search=_", [SECOND]),
        ("search=" + quote("\\"), []),
        ("search=client-9", [FOURTH]),
        ("search=100", []),
        ("date_from=2025-10-03", [THIRD, FOURTH, FIFTH]),
        ("date_to=2025-10-02", [FIRST, SECOND]),
        ("date_from=2025-10-02&date_to=2025-10-03", [SECOND, THIRD]),
        ("date_from=2025-10-02&date_to=2025-10-02", [SECOND]),
        ("date_from=2030-01-01", []),
        ("search=inv&is_part_paid=0", [FIRST]),
    ],
)
def test_filters(query: str, numbers: list[str], owner: Api, invoices: str) -> None:
    assert _numbers(owner, invoices, f"{query}&sort_by=id&sort_order=asc") == numbers


def test_filters_are_echoed(owner: Api, invoices: str) -> None:
    query = "is_part_paid=true&search=INV&date_from=2025-10-01&date_to=2025-10-31&sort_by=id&sort_order=asc"
    assert owner.data("GET", f"{invoices}?{query}")["filters_applied"] == {
        "is_part_paid": True,
        "search": "INV",
        "date_from": "2025-10-01",
        "date_to": "2025-10-31",
        "sort_by": "id",
        "sort_order": "asc",
    }


def test_a_period_does_not_end_before_it_begins(owner: Api, invoices: str) -> None:
    errors = owner.errors("GET", f"{invoices}?date_from=2025-10-02&date_to=2025-10-01")
    assert errors == {"date_to": ["The date to field must be a valid date after date from."]}


def test_the_summary_is_over_what_the_filters_let_through_not_over_the_page(owner: Api, invoices: str) -> None:
    with time_machine.travel(TODAY, tick=False):
        owner.login()
        for query in ("", "?per_page=1", "?page=99"):
            # Due today is not overdue; fully paid is neither overdue nor paid in part; nothing paid is not in part.
            assert owner.data("GET", f"{invoices}{query}")["summary"] == {
                "total_amount": "800.60",
                "total_paid": "350.35",
                "total_remaining": "450.25",
                "partially_paid_count": 1,
                "overdue_count": 2,
            }
        assert owner.data("GET", f"{invoices}?search=INV_")["summary"] == {
            "total_amount": "200.20",
            "total_paid": "50.05",
            "total_remaining": "150.15",
            "partially_paid_count": 1,
            "overdue_count": 0,
        }


def test_the_summary_of_nothing_is_zero(owner: Api, invoices: str) -> None:
    assert owner.data("GET", f"{invoices}?search=nothing")["summary"] == {
        "total_amount": "0.00",
        "total_paid": "0.00",
        "total_remaining": "0.00",
        "partially_paid_count": 0,
        "overdue_count": 0,
    }


def test_the_overdue_count_agrees_with_the_rows(owner: Api, invoices: str) -> None:
    data = owner.data("GET", invoices)
    assert data["summary"]["overdue_count"] == sum(invoice["days_overdue"] > 0 for invoice in data["invoices"])


SORTED = {
    "id": NUMBERS,
    "invoice_date": NUMBERS,
    "invoice_amount": [FOURTH, FIFTH, FIRST, SECOND, THIRD],
    "remaining_amount": [THIRD, FOURTH, FIFTH, FIRST, SECOND],
    "created_at": NUMBERS,
}


@pytest.mark.parametrize("sort", [*SORTED, "invoice_number", "invoice_due_date"])
def test_every_sort_goes_both_ways_and_its_pages_repeat_and_skip_nothing(sort: str, owner: Api, invoices: str) -> None:
    for direction in ("asc", "desc"):
        order = f"sort_by={sort}&sort_order={direction}"
        whole = _numbers(owner, invoices, order)
        assert sorted(whole) == sorted(NUMBERS)
        if sort in SORTED:
            assert whole == (SORTED[sort] if direction == "asc" else SORTED[sort][::-1])
        pages = [_numbers(owner, invoices, f"{order}&per_page=2&page={page}") for page in (1, 2, 3, 4)]
        assert [number for page in pages for number in page] == whole


def test_due_dates_are_in_order(owner: Api, invoices: str) -> None:
    data = owner.data("GET", f"{invoices}?sort_by=invoice_due_date&sort_order=asc")
    days = [invoice["invoice_due_date"] for invoice in data["invoices"] if invoice["invoice_due_date"]]
    assert days == sorted(days)


def test_many_ties_are_split_over_pages_once_each(owner: Api) -> None:
    address = f"/api/recoveries/{case_id(owner, invoices=[{}] * 23)}/invoices"
    for sort in ("invoice_date", "invoice_amount", "remaining_amount", "invoice_due_date", "created_at"):
        for direction in ("asc", "desc"):
            order = f"sort_by={sort}&sort_order={direction}&per_page=5"
            pages = [_numbers(owner, address, f"{order}&page={page}") for page in range(1, 6)]
            numbers = [number for page in pages for number in page]
            assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
            assert len(set(numbers)) == 23


def test_the_message_and_the_pagination_count_the_same(owner: Api, invoices: str) -> None:
    answer = owner.get(f"{invoices}?search=INV&per_page=2").json()
    assert answer["message"] == "Invoices retrieved successfully. Total: 3 invoices found."
    assert answer["data"]["pagination"] == {
        "current_page": 1,
        "per_page": 2,
        "total": 3,
        "last_page": 2,
        "from": 1,
        "to": 2,
        "has_more_pages": True,
    }
