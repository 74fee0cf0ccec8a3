"""Deleting a case for good."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from companies.models import Company
from invoicing.models import Invoice
from recoveries.ledger.services import dette_record
from recoveries.models import CaseBalance, Comment, Dette, Line, Posting, Recovery, StatusChange
from tests.factories import Api, bare_case_id, case_id, detail, move

CASES = "/api/recoveries"
EVERYWHERE = (Recovery, Company, Invoice, Comment, StatusChange, Dette, Posting, Line, CaseBalance)


def _full_case(owner: Api) -> int:
    recovery_id = case_id(owner, invoices=[{}, {}])
    owner.data("POST", f"{CASES}/{recovery_id}/comments", {"comment": "Called"})
    dette_record(recovery_id=recovery_id, label="Costs", amount=Decimal(1), day=date(2025, 11, 1), by=None)
    move(recovery_id, 2)
    return recovery_id


def _delete(owner: Api, recovery_id: int) -> Any:
    return owner.delete(f"{CASES}/{recovery_id}")


def test_everything_that_hangs_on_a_case_goes_with_it(owner: Api) -> None:
    answer = _delete(owner, _full_case(owner))
    assert (answer.status_code, answer.json()) == (200, {"success": True, "message": "Recovery deleted successfully"})
    assert [model.__name__ for model in EVERYWHERE if model.objects.exists()] == []
    assert owner.data("GET", CASES)["pagination"]["total"] == 0


def test_other_cases_stay(owner: Api, stranger: Api) -> None:
    kept, theirs = _full_case(owner), _full_case(stranger)
    before = detail(owner, kept), detail(stranger, theirs)
    _delete(owner, _full_case(owner))
    assert (detail(owner, kept), detail(stranger, theirs)) == before
    assert owner.data("GET", CASES)["pagination"]["total"] == 1
    assert len(owner.data("GET", "/api/companies/type/both")) == 2


def test_a_deleted_case_is_not_found(owner: Api, stranger: Api) -> None:
    recovery_id = case_id(owner)
    _delete(owner, recovery_id)
    for person in (owner, stranger):
        for method in ("GET", "PUT", "DELETE"):
            answer = person.send(method, f"{CASES}/{recovery_id}", {})
            assert (answer.status_code, answer.json()["message"]) == (404, "Recovery not found")


def test_a_bare_case_is_deleted(owner: Api) -> None:
    assert _delete(owner, bare_case_id(owner)).status_code == 200
    assert not Recovery.objects.exists()


@pytest.mark.parametrize("side", ["customer", "debtor"])
def test_a_company_that_another_case_uses_stays(side: str, owner: Api) -> None:
    """No call lets two cases share a company; the back-office and the transfer to an injunction may."""
    first, second = case_id(owner), case_id(owner)
    shared = Recovery.objects.get(pk=first).customer_id
    Recovery.objects.filter(pk=second).update(**{f"{side}_id": shared})
    _delete(owner, first)
    assert Company.objects.filter(pk=shared).exists()
    assert detail(owner, second)[side]["id"] == shared
    _delete(owner, second)
    assert not Company.objects.filter(pk=shared).exists()


def test_one_company_on_both_sides_goes_with_its_case(owner: Api) -> None:
    recovery_id = case_id(owner)
    customer = Recovery.objects.get(pk=recovery_id).customer_id
    Recovery.objects.filter(pk=recovery_id).update(debtor_id=customer)
    assert _delete(owner, recovery_id).status_code == 200
    assert not Company.objects.filter(pk=customer).exists()
