"""Every company of the caller that stands in a case."""

import pytest

from recoveries.models import Recovery
from tests.factories import Api, CompanyBody, bare_case_id, case_id, detail

BY_TYPE = "/api/companies/type"


def _names(owner: Api, side: str) -> list[str]:
    return [company["company_name"] for company in owner.data("GET", f"{BY_TYPE}/{side}")]


def _case(owner: Api, customer: str, debtor: str, last_name: str = "Smith") -> int:
    return case_id(
        owner,
        customer={"company_name": customer, "company_legalrep_lastname": last_name},
        debtor={"company_name": debtor, "company_legalrep_lastname": last_name},
    )


def test_companies_are_told_by_their_side(owner: Api) -> None:
    _case(owner, "C1", "D1", "Alpha")
    _case(owner, "C2", "D2", "Beta")
    assert _names(owner, "customer") == ["C1", "C2"]
    assert _names(owner, "debtor") == ["D1", "D2"]
    assert sorted(_names(owner, "both")) == ["C1", "C2", "D1", "D2"]


@pytest.mark.parametrize("side", ["customer", "debtor", "both"])
def test_the_message_names_the_type(side: str, owner: Api) -> None:
    answer = owner.get(f"{BY_TYPE}/{side}").json()
    assert answer == {"success": True, "data": [], "message": f"Companies of type '{side}' retrieved successfully"}


def test_a_company_is_told_once_however_often_it_stands_in_cases(owner: Api) -> None:
    """No call lets two cases share a company; the back-office and the transfer to an injunction may."""
    first, second = _case(owner, "Shared", "D1"), _case(owner, "C2", "D2")
    shared = Recovery.objects.get(pk=first).customer_id
    Recovery.objects.filter(pk=second).update(customer_id=shared, debtor_id=shared)
    assert _names(owner, "customer") == ["Shared"]
    assert sorted(_names(owner, "debtor")) == ["D1", "Shared"]
    assert sorted(_names(owner, "both")) == ["D1", "Shared"]


def test_a_company_that_stands_in_no_case_is_not_told(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    company = owner.data("POST", f"/api/recoveries/{recovery_id}/companies", CompanyBody(relation_type="debtor"))
    assert len(_names(owner, "debtor")) == 1
    owner.data("DELETE", f"/api/recoveries/{recovery_id}/companies/{company['id']}")
    assert _names(owner, "both") == []


def test_companies_of_other_accounts_are_not_told(owner: Api, stranger: Api) -> None:
    _case(owner, "Mine", "My debtor")
    _case(stranger, "Theirs", "Their debtor")
    assert _names(owner, "both") == ["Mine", "My debtor"]
    assert _names(stranger, "customer") == ["Theirs"]


def test_a_company_looks_as_it_does_in_its_case(owner: Api) -> None:
    recovery_id = _case(owner, "C1", "D1")
    where = {"side": "customer", "recovery_id": recovery_id}
    assert owner.data("GET", f"{BY_TYPE}/customer") == [{**detail(owner, recovery_id)["customer"], **where}]
