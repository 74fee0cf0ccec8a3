"""What was paid beyond what was owed stays the debtor's, whatever the client asks for since: only staff lay it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from invoicing.models import Invoice
from law.account.decompte import Decompte
from recoveries.court.tests.transfers import overdue, transferred
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.reductions import surplus_move
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Posting, Recovery
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, case_id

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
TODAY, PAID_ON, OVER_ON = date(2026, 11, 28), date(2026, 10, 1), date(2026, 10, 2)
PLAIN = {"recovery_late_interest": False, "assign_to_me": False}
A = {"invoice_number": "A", "invoice_date": "2026-05-01", "invoice_due_date": "2026-05-31"}
D = {
    "invoice_number": "D",
    "invoice_date": "2026-11-20",
    "invoice_due_date": "2026-12-20",
    "invoice_amount": "200.00",
}
EARLIER = {
    "invoice_number": "C",
    "invoice_date": "2026-03-01",
    "invoice_due_date": "2026-03-31",
    "invoice_amount": "300.00",
}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


@pytest.fixture
def case(owner: Api) -> int:
    """A claim of 1,000.00, paid by 1,040.00 with the indemnity, 500.00 beside it, and 200.00 that are owed since."""
    case = case_id(owner, recovery=PLAIN, invoices=[{**A, "invoice_amount": "1000.00"}, D])
    paid(case, "1040.00", reference="first")
    paid(case, "500.00", reference="second", day=OVER_ON)
    return case


def paid(case: int, amount: str, **values: Any) -> Acompte:
    told = {"day": PAID_ON, "confirmed": True, "by": None, **values}
    return acompte_record(recovery_id=case, amount=Decimal(amount), **told)


def told(case: int, on: date = TODAY) -> Decompte:
    return case_decompte(with_terms(Recovery.objects).get(pk=case), on=on)


def owes(case: int, on: date = TODAY) -> tuple[Decimal, Decimal]:
    """What is owed beside D, and what is over."""
    account = told(case, on)
    return account.owed - 200, account.surplus


def filed(owner: Api, case: int, **invoice: Any) -> None:
    assert owner.post(f"/api/recoveries/{case}/invoices", {**EARLIER, **invoice}).status_code == 201


def corrected(owner: Api, case: int, number: str, **values: Any) -> None:
    pk = Invoice.objects.get(recovery=case, invoice_number=number).pk
    assert owner.put(f"/api/recoveries/{case}/invoices/{pk}", values).status_code == 200


def assert_sound(*cases: int) -> None:
    assert all(ledger_check(recovery_id=case, repair=False)[0] == frozenset() for case in cases)


def test_an_earlier_invoice_that_is_filed_afterwards_does_not_meet_what_is_over(owner: Api, case: int) -> None:
    assert owes(case) == (0, 500)
    filed(owner, case)
    assert owes(case) == (340, 500)
    assert owes(case, OVER_ON) == (340, 500)
    warnings = owner.data("GET", f"/api/recoveries/{case}/decompte")["warnings"]
    assert "surplus" in {one["code"] for one in warnings}
    assert_sound(case)


def test_nor_does_one_that_is_dated_earlier_or_made_more(owner: Api, case: int) -> None:
    filed(owner, case, invoice_date="2026-10-15", invoice_due_date="2026-11-14")
    assert owes(case) == (340, 500)  # After the payment: it was never met
    corrected(owner, case, "C", invoice_date="2026-03-01", invoice_due_date="2026-03-31")
    assert owes(case) == (340, 500)
    corrected(owner, case, "A", invoice_amount="1200.00")
    assert owes(case) == (540, 500)
    corrected(owner, case, "A", invoice_amount="1000.00")
    assert owes(case) == (340, 500)
    assert_sound(case)


def test_what_is_filed_before_anything_is_over_is_laid_as_if_it_had_always_been_there(owner: Api) -> None:
    case = case_id(owner, recovery=PLAIN, invoices=[{**A, "invoice_amount": "1000.00"}])
    paid(case, "500.00")
    filed(owner, case)
    met = [(part.number, part.amounts.due) for row in told(case).payments for part in row.allocations]
    assert met == [("C", Decimal("340.00")), ("A", Decimal("160.00"))]
    assert_sound(case)


def test_staff_lay_it_from_the_day_on_which_it_came(owner: Api, case: int) -> None:
    filed(owner, case)
    second = Acompte.objects.get(recovery=case, reference="second")
    surplus_move(recovery_id=case, payment_id=second.pk, amount=Decimal(340), day=OVER_ON, by=None)
    assert owes(case) == owes(case, OVER_ON) == (0, 160)
    assert_sound(case)


def test_the_act_is_offered_on_the_case(owner: Api, case: int) -> None:
    filed(owner, case)
    office: Client = browser_of(chief())
    second = Acompte.objects.get(recovery=case, reference="second")
    values = {"payment": second.pk, "amount": "340", "day": "2026-10-02", "reason": "The debtor agreed."}
    assert act(office, Recovery.objects.get(pk=case), "move-surplus", **values).status_code == 302
    assert owes(case) == (0, 160)


def test_a_debt_that_staff_enter_is_laid_by_their_act(case: int) -> None:
    dette_record(recovery_id=case, label="Deposit", amount=Decimal(100), day=date(2026, 4, 1), by=None)
    assert owes(case) == (0, 400)


def test_when_a_payment_of_then_is_taken_back_less_was_over(owner: Api, case: int) -> None:
    """1,040.00 bounced: there never was anything over, and what came pays the debts, none of them twice."""
    filed(owner, case)
    acompte_reverse(
        recovery_id=case,
        acompte_id=Acompte.objects.get(recovery=case, reference="first").pk,
        reason=Entry.Reason.UNPAID,
        by=None,
    )
    assert owes(case) == (Decimal("1340.00") + 40 - 500, 0)
    assert_sound(case)


def test_when_a_payment_of_since_is_taken_back_it_is_as_before(owner: Api, case: int) -> None:
    filed(owner, case)
    later = paid(case, "50.00", reference="third")
    assert owes(case) == (290, 500)
    acompte_reverse(recovery_id=case, acompte_id=later.pk, reason=Entry.Reason.MISTAKE, by=None)
    assert owes(case) == (340, 500)
    assert_sound(case)


def test_what_was_told_before_is_told_as_it_was(owner: Api, case: int) -> None:
    with time_machine.travel("2026-11-29T06:00:00Z", tick=False):
        filed(owner, case)
        path = f"/api/recoveries/{case}/decompte?on=2026-11-28"
        then, now = (owner.data("GET", f"{path}&known_on={day}") for day in ("2026-11-28", "2026-11-29"))
        assert (then["total"]["due"], then["surplus"]) == ("0.00", "500.00")
        assert (now["total"]["due"], now["surplus"]) == ("340.00", "500.00")
    aside = [row.facts["set_aside"] for row in Posting.objects.filter(recovery=case) if "set_aside" in row.facts]
    first, second = Acompte.objects.filter(recovery=case).order_by("pk").values_list("pk", flat=True)
    assert aside == [{"parts": [[second, "500.00"]], "counted": [first, second]}]


def test_it_goes_along_to_court(owner: Api) -> None:
    old = overdue(200, invoice_number="A", invoice_amount="1000.00")
    since = {**overdue(5, invoice_number="D", invoice_amount="160.00"), "invoice_date": "2026-11-20"}
    case = case_id(owner, recovery=PLAIN, invoices=[old, since])
    paid(case, "1540.00")
    filed(owner, case, **overdue(260, invoice_number="C", invoice_amount="300.00"))
    assert owes(case) == (340, 500)
    copy = transferred(owner, case)
    assert owes(copy) == (340, 500)
    assert not told(case).owed
    assert_sound(case, copy)
