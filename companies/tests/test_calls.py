"""The companies of a case: list, create, show, change, remove."""

from typing import Any
from urllib.parse import quote

import pytest

from companies.models import Company
from tests.factories import Api, CompanyBody, InvoiceBody, bare_case_id, case_id, detail

CASES = "/api/recoveries"
SHOWN = [
    *("id", "company_type", "company_legal_form", "company_siren", "company_name", "company_legalrep_gender"),
    *("company_legalrep_firstname", "company_legalrep_lastname", "company_address", "company_city", "company_postal"),
    *("company_country", "company_email", "company_phone", "acts_as"),
    *("company_legalrep_quality", "company_legalrep_quality_other", "company_legalrep_birthday"),
    *("company_legalrep_birthday_city", "company_legalrep_nationality", "company_legalrep_profession"),
    *("company_freelance_type", "company_state", "company_activity", "side", "recovery_id"),
]
WHOLE = {
    "company_type": "commercial",
    "company_legal_form": "SAS",
    "company_siren": "987654321",
    "company_name": "Updated Corp Name",
    "company_legalrep_firstname": "John",
    "company_legalrep_lastname": "Doe",
    "company_legalrep_gender": "M",
    "company_legalrep_quality": 5,
    "company_legalrep_quality_other": "Fondateur",
    "company_legalrep_birthday": "1980-05-15",
    "company_legalrep_birthday_city": "Paris",
    "company_legalrep_nationality": "French",
    "company_legalrep_profession": "Engineer",
    "company_address": "123 Main Street",
    "company_city": "Paris",
    "company_postal": "75001",
    "company_country": "France",
    "company_state": "Île-de-France",
    "company_email": "updated@example.com",
    "company_phone": "+33123456789",
    "company_activity": "Software Development",
    "acts_as": "professional",
}


def _companies(recovery_id: int) -> str:
    return f"{CASES}/{recovery_id}/companies"


def _add(owner: Api, recovery_id: int, side: str, **fields: Any) -> dict[str, Any]:
    return owner.data("POST", _companies(recovery_id), CompanyBody(relation_type=side, **fields))


def _failed(sentence: str) -> tuple[int, dict[str, Any]]:
    code = "side_taken" if "already has" in sentence else "case_incomplete"
    return 500, {"success": False, "message": sentence, "code": code}


# --- create ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", ["customer", "debtor"])
def test_a_company_takes_its_side(side: str, owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    company = _add(owner, recovery_id, side, company_name="ABC")
    assert list(company) == SHOWN
    shown = detail(owner, recovery_id)
    assert {**shown[side], "side": side, "recovery_id": recovery_id} == company
    assert shown["debtor" if side == "customer" else "customer"] is None
    assert shown[f"{side}_company"] == "ABC"


@pytest.mark.parametrize("side", ["customer", "debtor"])
def test_a_second_company_on_a_side_is_the_documented_500(side: str, owner: Api) -> None:
    recovery_id = case_id(owner)
    before = detail(owner, recovery_id)
    answer = owner.post(_companies(recovery_id), CompanyBody(relation_type=side))
    assert (answer.status_code, answer.json()) == _failed(
        f"Failed to create company: This recovery case already has a {side}. "
        "Each recovery can have only one customer and one debtor."
    )
    assert detail(owner, recovery_id) == before
    assert Company.objects.count() == 2


def test_another_account_s_case_is_403_and_none_404(owner: Api, stranger: Api) -> None:
    recovery_id = bare_case_id(owner)
    for case, status, message in (
        (recovery_id, 403, "Unauthorized access to this recovery"),
        (987654, 404, "Recovery not found"),
    ):
        answer = stranger.post(_companies(case), CompanyBody(relation_type="customer"))
        assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert not Company.objects.exists()


# --- list ------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(owner: Api) -> int:
    """A case with two parties that differ in everything."""
    return case_id(
        owner,
        customer={
            "company_name": "ABC_100% Corp",
            "company_siren": "111111111",
            "company_legalrep_firstname": "Zoe",
            "company_legalrep_lastname": "Adam",
            "company_email": "zoe@abc.com",
            "company_phone": "+33100000001",
            "company_city": "Paris",
        },
        debtor={
            "company_name": "XYZ Ltd",
            "company_siren": "222222222",
            "company_legalrep_firstname": "Bob",
            "company_legalrep_lastname": "Martin",
            "company_email": "bob@xyz.com",
            "company_phone": "+33200000002",
            "company_city": "Lyon",
        },
    )


def _names(owner: Api, recovery_id: int, query: str = "") -> list[str]:
    data = owner.data("GET", f"{_companies(recovery_id)}{query}")
    assert data["pagination"]["total"] >= len(data["companies"])
    return [company["company_name"] for company in data["companies"]]


ABC, XYZ = "ABC_100% Corp", "XYZ Ltd"


def test_the_list_holds_both_parties_by_last_name(owner: Api, pair: int) -> None:
    data = owner.data("GET", _companies(pair))
    assert [company["company_legalrep_lastname"] for company in data["companies"]] == ["Adam", "Martin"]
    assert all(list(company) == SHOWN for company in data["companies"])
    assert data["filters_applied"] == {
        "search": None,
        "relation_type": None,
        "sort_by": "company_legalrep_lastname",
        "sort_order": "asc",
    }


def test_a_bare_case_has_no_companies(owner: Api) -> None:
    data = owner.data("GET", _companies(bare_case_id(owner)))
    assert (data["companies"], data["pagination"]["total"], data["pagination"]["last_page"]) == ([], 0, 1)


def test_the_side_filters(owner: Api, pair: int) -> None:
    assert _names(owner, pair, "?relation_type=customer") == [ABC]
    assert _names(owner, pair, "?relation_type=debtor") == [XYZ]


@pytest.mark.parametrize(
    ("term", "names"),
    [
        *(("abc_100%", [ABC]), ("xyz l", [XYZ]), ("zoe", [ABC]), ("MARTIN", [XYZ]), ("bob@xyz", [XYZ])),
        *(("+33100000001", [ABC]), ("222222222", [XYZ]), ("_", [ABC]), ("%", [ABC]), ("\\", []), ("lyon", [])),
        *(("a", [ABC, XYZ]), ("nothing", []), ("  zoe ", [ABC])),
    ],
)
def test_search_is_literal_in_the_documented_fields(term: str, names: list[str], owner: Api, pair: int) -> None:
    assert _names(owner, pair, f"?search={quote(term)}") == names


def test_filters_narrow_each_other(owner: Api, pair: int) -> None:
    assert _names(owner, pair, "?search=zoe&relation_type=debtor") == []


@pytest.mark.parametrize(
    "sort",
    [
        "id",
        "company_name",
        "company_legalrep_lastname",
        "company_legalrep_firstname",
        "company_siren",
        "company_city",
        "created_at",
    ],
)
def test_every_sort_goes_both_ways(sort: str, owner: Api, pair: int) -> None:
    ascending = _names(owner, pair, f"?sort_by={sort}&sort_order=asc")
    assert _names(owner, pair, f"?sort_by={sort}&sort_order=desc") == ascending[::-1]
    by_debtor_first = sort in ("company_legalrep_firstname", "company_city")
    assert ascending == ([XYZ, ABC] if by_debtor_first else [ABC, XYZ])
    pages = [_names(owner, pair, f"?sort_by={sort}&sort_order=asc&per_page=1&page={page}") for page in (1, 2, 3)]
    assert pages == [ascending[:1], ascending[1:], []]


def test_ties_fall_in_the_order_of_ids(owner: Api) -> None:
    recovery_id = case_id(owner, customer={"company_name": "Same"}, debtor={"company_name": "Same"})
    ids = [
        company["id"] for company in owner.data("GET", f"{_companies(recovery_id)}?sort_by=company_name")["companies"]
    ]
    assert ids == sorted(ids)


def test_the_companies_of_an_account_say_where_they_stand(owner: Api) -> None:
    old, new = case_id(owner), case_id(owner)
    shown = owner.data("GET", "/api/companies/type/both")
    sides = sorted((each["recovery_id"], each["side"]) for each in shown)
    assert sides == [(case, side) for case in (old, new) for side in ("customer", "debtor")]
    assert {each["side"] for each in owner.data("GET", "/api/companies/type/customer")} == {"customer"}


# --- show and change -------------------------------------------------------------------------------------------
def test_every_field_can_be_changed(owner: Api, pair: int) -> None:
    company_id = detail(owner, pair)["debtor"]["id"]
    shown = owner.data("PUT", f"{_companies(pair)}/{company_id}", WHOLE)
    assert shown == owner.data("GET", f"{_companies(pair)}/{company_id}")
    in_case = detail(owner, pair)["debtor"]
    assert {key: shown[key] for key in WHOLE} == {key: in_case[key] for key in WHOLE} == WHOLE
    assert (shown["side"], shown["recovery_id"]) == ("debtor", pair)
    stored = Company.objects.get(pk=company_id)
    assert stored.acts_as == "unknown"  # There is nothing to confirm about a commercial company.
    told = {**WHOLE, "acts_as": "unknown"}
    assert {key: str(getattr(stored, key)) for key in told} == {key: str(value) for key, value in told.items()}


def test_the_case_and_the_lists_show_the_new_names(owner: Api, pair: int) -> None:
    shown = detail(owner, pair)
    owner.data("PUT", f"{_companies(pair)}/{shown['debtor']['id']}", {**WHOLE, "company_name": "New Debtor"})
    owner.data("PUT", f"{_companies(pair)}/{shown['customer']['id']}", {"company_name": "New Customer"})
    [row] = owner.data("GET", f"{CASES}?search=new%20debtor")["recoveries"]
    assert (row["debtor_company"], row["debtor_name"]) == ("New Debtor", "John Doe")
    assert row["customer_company"] == "New Customer"
    invoice = owner.data("GET", f"{CASES}/{pair}/invoices")["invoices"][0]
    assert invoice["recovery"]["debtor_name"] == "John Doe"
    assert owner.data("GET", f"{CASES}?search=xyz")["recoveries"] == []


def test_a_company_that_becomes_a_person_loses_its_name_everywhere(owner: Api, pair: int) -> None:
    debtor = detail(owner, pair)["debtor"]["id"]
    shown = owner.data("PUT", f"{_companies(pair)}/{debtor}", {"company_type": "particular"})
    assert [shown[key] for key in ("company_legal_form", "company_siren", "company_name")] == [None, None, None]
    [row] = owner.data("GET", CASES)["recoveries"]
    assert (row["debtor_company"], row["debtor_name"]) == (None, "Bob Martin")
    assert owner.data("GET", f"{CASES}?search=xyz")["recoveries"] == []


def test_a_change_does_not_move_a_company_to_the_other_side(owner: Api, pair: int) -> None:
    debtor = detail(owner, pair)["debtor"]["id"]
    owner.data("PUT", f"{_companies(pair)}/{debtor}", {"relation_type": "customer"})
    assert detail(owner, pair)["debtor"]["id"] == debtor


# --- remove ----------------------------------------------------------------------------------------------------
INCOMPLETE = "Failed to delete company: Cannot delete this company - recovery would be incomplete"


@pytest.mark.parametrize("side", ["customer", "debtor"])
def test_a_complete_case_keeps_its_companies(side: str, owner: Api, pair: int) -> None:
    before = detail(owner, pair)
    answer = owner.delete(f"{_companies(pair)}/{before[side]['id']}")
    assert (answer.status_code, answer.json()) == _failed(INCOMPLETE)
    assert detail(owner, pair) == before


@pytest.mark.parametrize("side", ["customer", "debtor"])
def test_a_case_without_an_invoice_may_lose_a_company(side: str, owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[])
    company = detail(owner, recovery_id)[side]["id"]
    answer = owner.delete(f"{_companies(recovery_id)}/{company}")
    assert (answer.status_code, answer.json()) == (
        200,
        {"success": True, "message": "Company removed from recovery successfully"},
    )
    shown = detail(owner, recovery_id)
    assert (shown[side], shown[f"{side}_company"]) == (None, None)
    assert not Company.objects.filter(pk=company).exists()
    _add(owner, recovery_id, side, company_name="Next")
    assert detail(owner, recovery_id)[f"{side}_company"] == "Next"


def test_a_case_with_one_party_may_lose_it_whatever_its_invoices(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    company = _add(owner, recovery_id, "customer")
    owner.data("POST", f"{CASES}/{recovery_id}/invoices", InvoiceBody())
    assert owner.delete(f"{_companies(recovery_id)}/{company['id']}").status_code == 200


def test_the_last_invoice_gone_a_company_may_go(owner: Api, pair: int) -> None:
    shown = detail(owner, pair)
    owner.data("DELETE", f"{CASES}/{pair}/invoices/{shown['invoices'][0]['id']}")
    assert owner.delete(f"{_companies(pair)}/{shown['debtor']['id']}").status_code == 200
    assert detail(owner, pair)["debtor_name"] is None


def test_a_removed_company_is_not_found(owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[])
    company = detail(owner, recovery_id)["debtor"]["id"]
    owner.data("DELETE", f"{_companies(recovery_id)}/{company}")
    for method in ("GET", "PUT", "DELETE"):
        answer = owner.send(method, f"{_companies(recovery_id)}/{company}", {})
        assert (answer.status_code, answer.json()["message"]) == (404, "Company not found")


def test_errors_name_the_side_first_as_the_reference_does(owner: Api) -> None:
    errors = owner.errors("POST", f"/api/recoveries/{bare_case_id(owner)}/companies", {"company_type": "commercial"})
    assert next(iter(errors)) == "relation_type"
