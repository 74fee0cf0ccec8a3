"""What a debt beside the invoices is for, and what of it the debtor is asked for."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from recoveries.court.tests.transfers import transferred
from recoveries.desk.tests.pages import assert_refused, case_of, followed, opened, words
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reversals import dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Dette, Injunction, Recovery
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, detail

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 10)
LATER = date(2026, 2, 10)


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


@pytest.fixture
def case(owner: Api) -> Recovery:
    """A case of 1000.00 EUR on which no interest runs."""
    rates_load()
    interest = {"assign_to_me": False, "recovery_late_interest": False}
    return case_of(owner, recovery=interest, invoices=[{"invoice_amount": "1000.00"}])


def owed(case: Recovery, head: str) -> Dette:
    return dette_record(recovery_id=case.pk, label="Costs", head=head, amount=Decimal(150), day=DAY, by=None)


def sums(owner: Api, case: Recovery) -> tuple[str, str]:
    shown = detail(owner, case.pk)
    return shown["amount"], shown["amount_torecover"]


def principal(case: Recovery, on: date = LATER) -> Decimal:
    told = case_decompte(with_terms(Recovery.objects).get(pk=case.pk), on=on)
    return told.total.principal + told.total.cost


@pytest.mark.parametrize("head", ["principal", "deposit"])
def test_what_is_owed_anyway_is_in_every_sum(head: str, owner: Api, case: Recovery) -> None:
    owed(case, head)
    assert sums(owner, case) == ("1150.00", "1150.00")
    assert principal(case) == 1150
    assert [debt["head"] for debt in detail(owner, case.pk)["dettes"]] == [head]


def test_what_stays_with_the_creditor_is_asked_of_nobody(owner: Api, case: Recovery) -> None:
    owed(case, "kept_by_creditor")
    assert sums(owner, case) == ("1150.00", "1000.00")
    assert principal(case) == 1000
    assert [debt["head"] for debt in detail(owner, case.pk)["dettes"]] == ["kept_by_creditor"]
    acompte_record(recovery_id=case.pk, amount=Decimal(400), day=DAY, by=None)
    assert sums(owner, case) == ("1150.00", "600.00")


def test_costs_of_a_title_are_demanded_once_there_is_one(owner: Api, case: Recovery) -> None:
    owed(case, "cost_of_title")
    assert principal(case) == 1000
    injunction = {"procedure": "national", "court_fee": 0, "handling_fee": 0, "enforceable_on": LATER}
    Injunction.objects.create(recovery=case, key="x", **injunction)
    assert principal(case, date(2026, 2, 9)) == 1000
    assert principal(case) == 1150


def test_a_reversal_has_the_head_of_what_it_reverses(owner: Api, case: Recovery) -> None:
    debt = owed(case, "kept_by_creditor")
    reversal = dette_reverse(recovery_id=case.pk, dette_id=debt.pk, reason=Dette.Reason.MISTAKE, by=None)
    assert reversal.head == "kept_by_creditor"
    assert sums(owner, case) == ("1000.00", "1000.00")


def test_what_stays_with_the_creditor_stays_behind_at_a_transfer(owner: Api, case: Recovery) -> None:
    for head in ("deposit", "cost_of_title", "kept_by_creditor"):
        owed(case, head)
    copy = transferred(owner, case.pk)
    assert [debt["head"] for debt in detail(owner, copy)["dettes"]] == ["deposit", "cost_of_title"]


def test_staff_say_it_with_the_debt(office: Client, owner: Api, case: Recovery) -> None:
    debt: dict[str, Any] = {"label": "Frais", "amount": "150.00", "day": "10/01/2026", "head": "kept_by_creditor"}
    said = words(followed(office, case, "record-debt", **debt))
    assert "Due today: 1,040.00 €." in said  # the flat indemnity with it, the costs not
    assert "Frais stays with the creditor" in words(opened(office, case))
    assert_refused(act(office, case, "record-debt", **{**debt, "head": "costs"}), "Select a valid choice.")
    assert_refused(act(office, case, "record-debt", **{**debt, "head": ""}), "This field is required.")


def test_the_database_knows_no_other_head(case: Recovery) -> None:
    debt = owed(case, "deposit")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dette.objects.filter(pk=debt.pk).update(head="costs")
    with pytest.raises(ValueError, match="costs"):
        owed(case, "costs")
