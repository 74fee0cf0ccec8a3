"""The list of protected invoices: filters, search, order, pages, cost."""

import random
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.models import ProtectedInvoice
from invoicing.protected.services import protected_build
from tests.factories import Api, ApiUserFactory, ProtectedInvoiceBody

LIST = "/api/protected-invoices"
SORTS = ("id", "invoice_number", "due_date", "amount", "status", "siren", "created_at")


def stored(api: Api, **fields: Any) -> int:
    """The id of a new protected invoice."""
    return int(api.data("POST", LIST, ProtectedInvoiceBody(**fields))["id"])


def listed(api: Api, query: str = "") -> list[int]:
    """The ids on a page of the list."""
    return [row["id"] for row in api.data("GET", f"{LIST}{query}")["protected_invoices"]]


def fill(owner_id: int, many: int, since: int = 0) -> None:
    """So many protected invoices of an account, of which a few share each value."""
    ProtectedInvoice.objects.bulk_create(
        protected_build(
            owner_id=owner_id,
            values={
                "api_invoice_id": f"{owner_id}-{n}",
                "siren": f"{n % 7:09}",
                "invoice_number": f"FA-{n % 977:05}",
                "due_date": date(2025, 1, 1) + timedelta(n % 500),
                "amount": n % 601,
                "status": ProtectedInvoice.Status.values[n % 3],
                "description": f"Livraison {n % 89}",
            },
        )
        for n in range(since, since + many)
    )


# --- filters -----------------------------------------------------------------------------------------------------
def test_filters_by_status_and_siren(owner: Api, stranger: Api) -> None:
    pending, paid = stored(owner), stored(owner, status="paid", siren="732829320")
    stored(stranger, status="paid", siren="732829320")
    assert listed(owner, "?status=pending") == [pending]
    assert listed(owner, "?status=paid") == [paid]
    assert listed(owner, "?siren=732829320") == [paid]
    assert listed(owner, "?siren=732829320&status=pending") == []
    assert listed(owner, "?siren=000000000") == []
    assert listed(owner, "?status=&siren=&search=&sort_by=&page=&per_page=") == [paid, pending]


def test_wrong_filters_are_422(owner: Api) -> None:
    errors = owner.errors("GET", f"{LIST}?status=lost&siren=12&sort_by=tracking_code&sort_order=up&per_page=0&page=0")
    assert errors == {
        "status": ["The selected status is invalid."],
        "siren": ["The siren must be exactly 9 characters."],
        "sort_by": ["The selected sort field is invalid."],
        "sort_order": ["The selected sort order is invalid."],
        "per_page": ["The per page field must be between 1 and 100."],
        "page": ["The page field must be at least 1."],
    }


# --- search ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "term",
    [
        "FACT-2024",
        "fact-2024",
        "réparation",
        "REPARATION",
        "société  générale",
        "ÉNÉ",
        "-",
        "100%",
        "a_b",
        "\\",
        "été 2024",
    ],
)
def test_search_looks_in_number_and_description(term: str, owner: Api) -> None:
    wanted = {
        stored(owner, invoice_number="FACT-2024/1", description="Réparation, Société Générale, 100% a_b \\ été\n2024"),
        stored(owner, invoice_number="Réparation FACT-2024 SOCIETE GENERALE 100% A_B \\ ETE 2024", description=None),
    }
    stored(owner, api_invoice_id=f"{term} 9", invoice_number="other", description="nothing of the kind")
    assert set(listed(owner, f"?search={quote(term)}")) == wanted


@pytest.mark.parametrize("term", ["%", "_", "x%y", "123456789", "fyn_", "2024 nothing"])
def test_search_is_literal_and_looks_nowhere_else(term: str, owner: Api) -> None:
    stored(owner, api_invoice_id=f"{term} 1", invoice_number="FA 2024", description="nothing")
    assert listed(owner, f"?search={quote(term)}") == []


def test_search_finds_nothing_of_others(owner: Api, stranger: Api) -> None:
    stored(stranger, invoice_number="FACT-1")
    assert listed(owner, "?search=FACT-1") == []


# --- order -------------------------------------------------------------------------------------------------------
def test_the_order_is_by_due_date_from_the_last_unless_asked(owner: Api) -> None:
    first, last = stored(owner, due_date="2025-01-01"), stored(owner, due_date="2026-01-01")
    middle = stored(owner, due_date="2025-06-01")
    assert listed(owner) == [last, middle, first]
    assert listed(owner, "?sort_order=asc") == [first, middle, last]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_every_order_is_closed_by_the_id(sort: str, order: str, owner: Api) -> None:
    fill(owner.user.pk, 40)
    rows = list(ProtectedInvoice.objects.all())
    expected = sorted(rows, key=lambda row: (getattr(row, sort), row.pk), reverse=order == "desc")
    seen = [
        pk for page in range(1, 7) for pk in listed(owner, f"?sort_by={sort}&sort_order={order}&per_page=7&page={page}")
    ]
    assert seen == [row.pk for row in expected]


def test_numbers_are_in_the_order_of_a_reader(owner: Api) -> None:
    numbers = ["b-1", "A-1", "a-2", "B-2"]
    random.Random(1).shuffle(numbers)
    for number in numbers:
        stored(owner, invoice_number=number)
    rows = owner.data("GET", f"{LIST}?sort_by=invoice_number&sort_order=asc")["protected_invoices"]
    assert [row["invoice_number"] for row in rows] == ["A-1", "a-2", "b-1", "B-2"]


# --- pages -------------------------------------------------------------------------------------------------------
def test_pages(owner: Api) -> None:
    fill(owner.user.pk, 16)
    data = owner.data("GET", LIST)
    assert list(data) == ["protected_invoices", "pagination"]
    assert len(data["protected_invoices"]) == 15
    assert data["pagination"] == {
        "current_page": 1,
        "per_page": 15,
        "total": 16,
        "last_page": 2,
        "from": 1,
        "to": 15,
        "has_more_pages": True,
    }
    assert owner.data("GET", f"{LIST}?page=2")["pagination"]["to"] == 16
    past = owner.data("GET", f"{LIST}?page=9")
    assert (past["protected_invoices"], past["pagination"]["from"], past["pagination"]["to"]) == ([], None, None)


def test_a_list_says_nothing_of_descriptions(owner: Api) -> None:
    stored(owner, description="Services rendered")
    assert "Services" not in owner.get(LIST).content.decode()


# --- cost --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "?search=livraison", "?status=paid&siren=000000001", "?page=3&sort_by=amount"])
@pytest.mark.parametrize("rows", [1, 60])
def test_a_list_costs_three_statements_at_most(rows: int, query: str, owner: Api) -> None:
    fill(owner.user.pk, rows)
    owner.get(LIST)  # What the process keeps is read.
    with CaptureQueriesContext(connection) as captured:
        assert owner.get(f"{LIST}{query}").status_code == 200
    assert len(captured) <= 3, [each["sql"] for each in captured]


def _plan(query: str, api: Api) -> str:
    """PostgreSQL's plan for the rows of a page."""
    with CaptureQueriesContext(connection) as captured:
        api.get(f"{LIST}{query}")
    statement = next(each["sql"] for each in reversed(captured) if "ORDER BY" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL")
def test_each_sort_and_the_search_are_read_from_their_indexes(owner: Api) -> None:
    indexes = {
        "id": "protected_by_owner",
        "invoice_number": "protected_by_number",
        "due_date": "protected_by_due_date",
        "amount": "protected_by_amount",
        "status": "protected_by_status",
        "siren": "protected_by_siren",
        "created_at": "protected_by_created",
    }
    assert set(indexes) == set(SORTS)
    fill(owner.user.pk, 2000)
    for _ in range(9):
        fill(ApiUserFactory().pk, 2000)
    fill(owner.user.pk, 1, since=5000)
    ProtectedInvoice.objects.filter(api_invoice_id=f"{owner.user.pk}-5000").update(search_text="unheard of")
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('protected_search')")
        cursor.execute("ANALYZE invoicing_protectedinvoice")
    for sort, index in indexes.items():
        for order in ("asc", "desc"):
            plan = _plan(f"?sort_by={sort}&sort_order={order}", owner)
            assert f"using {index} " in plan, plan
            assert "Sort" not in plan, plan
    plan = _plan("?search=unheard", owner)
    assert "protected_search" in plan, plan
