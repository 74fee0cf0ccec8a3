"""The list of cases: rows, filters, order, pages."""

from itertools import product
from typing import Any

import pytest

from legalcity.lib.clock import today
from recoveries.models import Recovery
from recoveries.selectors.listing import SORTS
from tests.factories import Api, add_status, bare_case_id, case_id, detail, move

CASES = "/api/recoveries"


def _list(owner: Api, query: str = "") -> dict[str, Any]:
    return owner.data("GET", f"{CASES}{query}")


def _ids(owner: Api, query: str = "") -> list[int]:
    return [row["id"] for row in _list(owner, query)["recoveries"]]


# --- rows ------------------------------------------------------------------------------------------------------
def test_a_row_tells_what_the_case_is(owner: Api) -> None:
    recovery_id = case_id(
        owner,
        customer={"company_name": "LegalCity SARL"},
        debtor={
            "company_name": "Example Corp",
            "company_legalrep_firstname": "Jean",
            "company_legalrep_lastname": "Dupont",
        },
        invoices=[{"invoice_amount": "1000.10"}, {"invoice_amount": "499.90"}],
    )
    owner.data("POST", f"{CASES}/{recovery_id}/comments", {"comment": "Called"})
    shown = detail(owner, recovery_id)
    [row] = _list(owner)["recoveries"]
    assert row == {
        "id": recovery_id,
        "recovery_reference": shown["recovery_reference"],
        "debtor_name": "Jean Dupont",
        "debtor_company": "Example Corp",
        "customer_company": "LegalCity SARL",
        "amount": "1500.00",
        "amount_torecover": "1500.00",
        "recovery_last_status": 1,
        "recovery_due_date": "2025-12-31",
        "created_at": shown["created_at"],
        "updated_at": shown["updated_at"],
        "status": {
            "id": 1,
            "name": "Dossier Créé",
            "description": "Recovery case created and awaiting processing",
        },
        "user": {"id": owner.user.pk, "first_name": "John", "last_name": "Doe"},
        "invoices_count": 2,
        "comments_count": 1,
        "due": "1580.00",
        "due_on": today().isoformat(),
        "external_id": None,
    }


def test_everything_in_a_row_is_in_the_detail(owner: Api) -> None:
    recovery_id = case_id(owner)
    [row] = _list(owner)["recoveries"]
    shown = detail(owner, recovery_id)
    assert row == {key: shown[key] for key in row}


def test_a_row_of_a_bare_case_has_nulls(owner: Api) -> None:
    bare_case_id(owner, assign_to_me=False)
    [row] = _list(owner)["recoveries"]
    for key in ("debtor_name", "debtor_company", "customer_company", "user"):
        assert row[key] is None
    assert (row["amount"], row["invoices_count"]) == ("0.00", 0)


def test_a_private_person_has_a_name_and_no_company(owner: Api) -> None:
    case_id(owner, debtor={"company_type": "particular"})
    [row] = _list(owner)["recoveries"]
    assert (row["debtor_name"], row["debtor_company"]) == ("Jane Smith", None)


def test_the_newest_case_comes_first_and_the_defaults_are_echoed(owner: Api) -> None:
    first, second = bare_case_id(owner), bare_case_id(owner)
    data = _list(owner)
    assert [row["id"] for row in data["recoveries"]] == [second, first]
    filters = {"status": None, "search": None, "sort_by": "created_at", "sort_order": "desc"}
    assert data["filters_applied"] == {**filters, "external_id": None, "updated_after": None}


def test_the_message_counts_what_the_filters_let_through(owner: Api) -> None:
    bare_case_id(owner)
    case_id(owner, debtor={"company_name": "Alpha"})
    assert owner.get(CASES).json()["message"] == "Recoveries retrieved successfully. Total: 2 recoveries found."
    found = owner.get(f"{CASES}?search=alpha").json()
    assert found["message"] == "Recoveries retrieved successfully. Total: 1 recoveries found."


# --- pages -----------------------------------------------------------------------------------------------------
def test_an_empty_list_has_one_empty_page(owner: Api) -> None:
    data = _list(owner)
    assert data["recoveries"] == []
    assert data["pagination"] == {
        "current_page": 1,
        "per_page": 15,
        "total": 0,
        "last_page": 1,
        "from": None,
        "to": None,
        "has_more_pages": False,
    }


@pytest.mark.parametrize(
    ("page", "first", "last", "more"), [(1, 1, 3, True), (2, 4, 6, True), (3, 7, 7, False), (4, None, None, False)]
)
def test_pagination_tells_where_a_page_lies(
    page: int, first: int | None, last: int | None, more: bool, owner: Api
) -> None:
    for _case in range(7):
        bare_case_id(owner)
    assert _list(owner, f"?per_page=3&page={page}")["pagination"] == {
        "current_page": page,
        "per_page": 3,
        "total": 7,
        "last_page": 3,
        "from": first,
        "to": last,
        "has_more_pages": more,
    }


def test_a_full_last_page_is_the_last(owner: Api) -> None:
    for _case in range(4):
        bare_case_id(owner)
    paging = _list(owner, "?per_page=2&page=2")["pagination"]
    assert (paging["last_page"], paging["to"], paging["has_more_pages"]) == (2, 4, False)


def test_the_largest_page_is_taken(owner: Api) -> None:
    assert _list(owner, "?per_page=100")["pagination"]["per_page"] == 100


# --- order -----------------------------------------------------------------------------------------------------
PARTIES = [("Alpha", "Zoe"), ("beta", "Adam"), ("Beta", "Adam"), ("Gamma", "Eve"), ("alpha", "Bob"), ("Alpha", "Zoe")]


@pytest.fixture
def portfolio(owner: Api) -> Api:
    """Eleven cases of the owner with ties in everything that they can be sorted by."""
    for number, (company, name) in enumerate(PARTIES):
        recovery_id = case_id(
            owner,
            recovery={
                "recovery_service_object": f"Works {number % 3}",
                "recovery_due_date": f"2025-12-{10 + number % 3}",
                "assign_to_me": number % 2 == 0,
            },
            customer={"company_name": company[::-1]},
            debtor={"company_name": company, "company_legalrep_firstname": name},
            invoices=[
                {
                    "invoice_amount": f"{100 * (number % 3)}.00",
                    "invoice_part_paid": True,
                    "invoice_part_paid_amount": "0.00",
                }
            ],
        )
        move(recovery_id, *range(2, 2 + number % 3))
    for _case in range(5):
        bare_case_id(owner)
    return owner


def _sort_key(row: dict[str, Any], sort: str) -> Any:
    if sort == "user_id":
        return row["user"]["id"] if row["user"] else None
    if sort in ("amount", "amount_torecover"):
        return float(row[sort])
    return row[sort]


def test_every_sort_is_in_order_and_its_pages_repeat_and_skip_nothing(portfolio: Api) -> None:
    for sort, direction in product(SORTS, ("asc", "desc")):
        query = f"?sort_by={sort}&sort_order={direction}"
        whole = _list(portfolio, f"{query}&per_page=100")
        assert whole["filters_applied"]["sort_by"] == sort
        assert whole["filters_applied"]["sort_order"] == direction
        rows = whole["recoveries"]
        assert len({row["id"] for row in rows}) == len(rows) == len(PARTIES) + 5
        if sort != "recovery_service_object":  # not in the row
            _assert_in_order([_sort_key(row, sort) for row in rows], descending=direction == "desc")
        # The far half of a list is read from its end: page by page it must be the same list.
        for size in (1, 4):
            pages = [
                _ids(portfolio, f"{query}&per_page={size}&page={page}") for page in range(1, len(rows) // size + 2)
            ]
            assert [each for page in pages for each in page] == [row["id"] for row in rows]


def _assert_in_order(values: list[Any], *, descending: bool) -> None:
    """In order, capitals aside; null (where a database puts all of them) at one end."""
    known = [value.casefold() if isinstance(value, str) else value for value in values if value is not None]
    assert known == sorted(known, reverse=descending)
    places = [index for index, value in enumerate(values) if value is None]
    assert places in (list(range(len(places))), list(range(len(values) - len(places), len(values))))


def test_descending_is_ascending_turned_round(portfolio: Api) -> None:
    for sort in SORTS:
        ascending = _ids(portfolio, f"?sort_by={sort}&sort_order=asc&per_page=100")
        assert _ids(portfolio, f"?sort_by={sort}&sort_order=desc&per_page=100") == ascending[::-1], sort


def test_services_are_sorted_by_their_text(owner: Api) -> None:
    ids = {text: bare_case_id(owner, recovery_service_object=text) for text in ("Cleaning", "audit", "Building")}
    assert _ids(owner, "?sort_by=recovery_service_object&sort_order=asc") == [
        ids["audit"],
        ids["Building"],
        ids["Cleaning"],
    ]


@pytest.mark.parametrize("query", ["sort_by=amount", "sort_by=amount&search=a", "sort_by=amount&status=1"])
def test_ties_fall_in_the_order_of_ids(query: str, portfolio: Api) -> None:
    rows = _list(portfolio, f"?{query}&sort_order=asc&per_page=100")["recoveries"]
    keys = [(float(row["amount"]), row["id"]) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) > 1


# --- the filter by group ---------------------------------------------------------------------------------------
def test_the_filter_takes_a_group_of_statuses(owner: Api) -> None:
    add_status(90, group=3)
    ways: dict[int, tuple[int, ...]] = {1: (), 2: (2,), 3: (2, 3), 90: (2, 90)}
    cases = {status: bare_case_id(owner) for status in ways}
    for status, recovery_id in cases.items():
        move(recovery_id, *ways[status])
    assert _ids(owner, "?status=1") == [cases[1]]
    assert _ids(owner, "?status=2") == [cases[2]]
    assert _ids(owner, "?status=3&sort_by=id&sort_order=asc") == [cases[3], cases[90]]
    for sort in ("created_at", "recovery_last_status", "amount"):
        assert _ids(owner, f"?status=3&sort_by={sort}&sort_order=asc") == [cases[3], cases[90]]
        assert _ids(owner, f"?status=3&sort_by={sort}&sort_order=desc&per_page=1") == [cases[90]]
    data = _list(owner, "?status=3&per_page=1")
    assert (data["pagination"]["total"], data["filters_applied"]["status"]) == (2, 3)
    assert len(_ids(owner)) == 4


@pytest.mark.parametrize("group", ["0", "99", "90", "99999999", "x"])
def test_an_unknown_group_is_422(group: str, owner: Api) -> None:
    add_status(90, group=3)
    assert owner.errors("GET", f"{CASES}?status={group}") == {"status": ["The selected status filter is invalid."]}


def test_the_total_follows_every_change(owner: Api) -> None:
    first, second = bare_case_id(owner), case_id(owner)
    assert [_list(owner, f"?status={group}")["pagination"]["total"] for group in (1, 2, 3)] == [2, 0, 0]
    move(first, 2, 2)
    assert [_list(owner, f"?status={group}")["pagination"]["total"] for group in (1, 2, 3)] == [1, 1, 0]
    owner.data("DELETE", f"{CASES}/{first}")
    owner.data("DELETE", f"{CASES}/{second}")
    assert [_list(owner, f"?status={group}")["pagination"]["total"] for group in (1, 2, 3)] == [0, 0, 0]


# --- whose cases -----------------------------------------------------------------------------------------------
def test_a_list_holds_the_caller_s_cases_only(owner: Api, stranger: Api) -> None:
    mine, theirs = case_id(owner), case_id(stranger)
    for query in ("", "?status=1", "?search=company", "?sort_by=amount"):
        assert _ids(owner, query) == [mine]
        assert _ids(stranger, query) == [theirs]


def test_the_owner_stays_when_staff_assign_another_handler(owner: Api, staff: Api) -> None:
    recovery_id = bare_case_id(owner, assign_to_me=False)
    Recovery.objects.filter(pk=recovery_id).update(user=staff.user)
    [row] = _list(owner)["recoveries"]
    assert row["user"]["id"] == staff.user.pk
    assert _ids(staff) == []
