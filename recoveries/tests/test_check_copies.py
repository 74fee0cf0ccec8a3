"""`check_copies`: every column and number that is kept twice is compared, in sets; what differs is mended."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import CaseCount, Recovery
from recoveries.services import checking
from recoveries.services.copies import copies_set
from tests.factories import Api, bare_case_id, case_id

pytestmark = pytest.mark.django_db

WRONG: dict[str, Any] = {
    "amount": 7,
    "amount_torecover": 7,
    "invoices_count": 7,
    "comments_count": 7,
    "debtor_name": "x",
    "debtor_company": "x",
    "customer_company": "x",
    "debtor_country": "XX",
    "search_text": "x",
    "next_deadline": date(2001, 1, 1),
    "next_deadline_code": "x",
    "next_deadline_article": "x",
}


def said(*flags: str) -> str:
    out = StringIO()
    call_command("check_copies", *flags, stdout=out)
    return out.getvalue()


def refused() -> str:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_copies", stdout=out)
    return out.getvalue()


@pytest.fixture
def case(owner: Api) -> int:
    """A case that has something of everything that is added up."""
    found = case_id(owner, invoices=[{}, {"invoice_part_paid": True, "invoice_part_paid_amount": "30.00"}])
    owner.data("POST", f"/api/recoveries/{found}/comments", {"comment": "Called"})
    invoice = Recovery.objects.get(pk=found).invoices.first()
    dette_record(recovery_id=found, label="Deposit", amount=Decimal(10), day=invoice.invoice_date, by=None)
    dette_record(
        recovery_id=found,
        label="Letters",
        head="kept_by_creditor",
        amount=Decimal(5),
        day=invoice.invoice_date,
        by=None,
    )
    acompte_record(recovery_id=found, amount=Decimal(20), day=invoice.invoice_date, by=None)
    return found


def test_what_agrees_is_left_alone(owner: Api, case: int) -> None:
    case_id(owner)
    before = list(Recovery.objects.order_by("pk").values())
    assert said() == "0 cases differed\n"
    assert said("--repair") == "0 cases differed, all repaired\n"
    assert list(Recovery.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("column", WRONG)
def test_each_column_that_is_kept_twice_is_compared_and_mended(case: int, column: str) -> None:
    before = Recovery.objects.filter(pk=case).values().get()
    Recovery.objects.filter(pk=case).update(**{column: WRONG[column]})
    assert refused() == "1 cases differed\n"
    assert said("--repair") == "1 cases differed, all repaired\n"
    assert Recovery.objects.filter(pk=case).values().get() == before
    assert said() == "0 cases differed\n"


def test_the_columns_are_all_that_are_kept_twice() -> None:
    assert set(WRONG) == {*checking.KEPT, *checking.COPIED}


@pytest.mark.parametrize("wrong", ["too many", "missing", "of nobody"])
def test_numbers_of_cases_are_compared_and_mended(owner: Api, case: int, wrong: str) -> None:
    if wrong == "too many":
        CaseCount.objects.update(n=9)
    elif wrong == "missing":
        CaseCount.objects.all().delete()
    else:
        CaseCount.objects.create(owner=owner.user, status_id=5, n=1)
    assert refused() == "0 cases differed, 1 numbers of cases differed\n"
    assert said("--repair") == "0 cases differed, 1 numbers of cases differed, all repaired\n"
    kept = CaseCount.objects.values_list("owner_id", "status_id").annotate(sum=Sum("n")).exclude(sum=0)
    assert list(kept) == [(owner.user.pk, 1, 1)]


def test_what_processes_of_the_version_before_have_counted_is_added_up(owner: Api, case: int) -> None:
    CaseCount.objects.all().delete()
    CaseCount.objects.create(owner=owner.user, status_id=1, n=1)  # where they write
    for total in (2, 3):
        another = bare_case_id(owner)
        assert owner.data("GET", "/api/recoveries?status=1")["pagination"]["total"] == total
    assert owner.delete(f"/api/recoveries/{another}").status_code == 200
    assert owner.data("GET", "/api/recoveries")["pagination"]["total"] == 2
    assert said() == "0 cases differed\n"


def test_what_was_true_again_under_the_lock_is_no_finding(case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_differing", lambda first, last: [case, 10**9])
    assert said() == "0 cases differed\n"


def test_comparing_locks_nothing_and_takes_as_many_statements_for_a_hundred_cases(owner: Api, case: int) -> None:
    def told() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            said()
        return [query["sql"] for query in caught]

    few = told()
    copies = Recovery.objects.filter(pk=case).values().get()
    rows = [Recovery(**{**copies, "id": None, "recovery_reference": f"REC-C{n}", "amount": 0}) for n in range(100)]
    for row in rows:
        row.amount_torecover = row.invoices_count = row.comments_count = 0
        row.next_deadline, row.next_deadline_code, row.next_deadline_article = None, "", ""
        copies_set(row, customer=row.customer, debtor=row.debtor, numbers=())
    Recovery.objects.bulk_create(rows)
    CaseCount.objects.update(n=101)
    many = told()
    assert len(many) == len(few)
    assert not any("FOR UPDATE" in sql or sql.startswith("UPDATE") for sql in many)


def test_cases_beyond_the_first_set_are_compared_too(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    cases = [case_id(owner) for _ in range(5)]
    Company.objects.filter(pk=Recovery.objects.get(pk=cases[-1]).debtor_id).update(company_name="Renamed")
    assert refused() == "1 cases differed\n"


def test_progress_is_for_people_alone(case: int, capfd: pytest.CaptureFixture[str]) -> None:
    said()
    assert "cases/s" not in capfd.readouterr().err
