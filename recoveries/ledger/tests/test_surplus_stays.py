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
from recoveries.ledger.posting import Source
from recoveries.ledger.reductions import credit_note_record, posting_reverse, surplus_move
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Posting, Recovery
from recoveries.services.notices import notice_enter
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, CompanyBody, case_id

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
    told_with = [row.facts["not_met"] for row in Posting.objects.filter(recovery=case) if "not_met" in row.facts]
    payments = list(Acompte.objects.filter(recovery=case).order_by("pk").values_list("pk", flat=True))
    claim = ["invoice", Invoice.objects.get(recovery=case, invoice_number="C").pk]
    nothing = dict.fromkeys(("asked", "interest", "indemnity"), "0.00")
    assert told_with == [[{"claim": claim, "payments": payments, **nothing}]]


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


# --- corrected back --------------------------------------------------------------------------------------------------
SAME = {"invoice_date": "2026-05-01", "invoice_due_date": "2026-05-31", "invoice_amount": "1000.00"}
LATE = {"invoice_date": "2026-07-01", "invoice_due_date": "2026-07-31"}


@pytest.fixture
def two(owner: Api) -> int:
    """1,000.00 and 10.00, both late when 1,040.00 came."""
    invoices = [{**A, "invoice_amount": "1000.00"}, {**A, "invoice_number": "B", "invoice_amount": "10.00"}, D]
    case = case_id(owner, recovery=PLAIN, invoices=invoices)
    paid(case, "1040.00", day=date(2026, 6, 30))
    return case


def due(case: int) -> tuple[Decimal, Decimal]:
    account = told(case)
    return account.total.due, account.surplus


@pytest.mark.parametrize(("wrong", "right"), [(LATE, SAME), ({"invoice_amount": "10.00"}, SAME)])
def test_what_a_client_corrects_back_is_met_as_before(owner: Api, two: int, wrong: Any, right: Any) -> None:
    assert due(two) == (50, 0)
    corrected(owner, two, "A", **wrong)
    assert due(two)[1] > 0
    corrected(owner, two, "A", **right)
    assert due(two) == (50, 0)
    assert_sound(two)


def test_what_is_deleted_and_filed_the_same_again_is_met_as_before(owner: Api, two: int) -> None:
    pk = Invoice.objects.get(recovery=two, invoice_number="A").pk
    assert owner.delete(f"/api/recoveries/{two}/invoices/{pk}").status_code in (200, 204)
    assert due(two) == (0, 990)
    filed(owner, two, invoice_number="A", **SAME)
    assert due(two) == (50, 0)
    assert_sound(two)


def test_what_is_asked_beyond_that_is_not(owner: Api, two: int) -> None:
    corrected(owner, two, "A", invoice_amount="10.00")
    corrected(owner, two, "A", invoice_amount="1200.00")
    assert due(two) == (250, 0)  # 1,000.00 of it are met, as they were
    assert_sound(two)


def test_what_was_not_met_is_not_when_it_is_deleted_and_filed_again(owner: Api, case: int) -> None:
    filed(owner, case)
    pk = Invoice.objects.get(recovery=case, invoice_number="C").pk
    assert owner.delete(f"/api/recoveries/{case}/invoices/{pk}").status_code in (200, 204)
    filed(owner, case)
    assert owes(case) == (340, 500)
    assert_sound(case)


def test_one_number_makes_not_two_claims_met(owner: Api, two: int) -> None:
    corrected(owner, two, "A", invoice_amount="10.00", invoice_number="A2")
    before = due(two)
    filed(owner, two, invoice_number="A", **SAME)
    assert due(two) == (before[0] + 1040, before[1])
    assert_sound(two)


# --- what staff do since ---------------------------------------------------------------------------------------------


def test_a_credit_note_that_staff_take_back_comes_back(owner: Api) -> None:
    later = {**D, "invoice_amount": "5000.00"}
    case = case_id(owner, recovery=PLAIN, invoices=[{**A, "invoice_amount": "1000.00"}, later])
    paid(case, "1040.00", day=date(2026, 6, 30))
    note = credit_note_record(
        recovery_id=case,
        invoice_id=Invoice.objects.get(recovery=case, invoice_number="A").pk,
        amount=Decimal(500),
        day=date(2026, 11, 1),
        by=None,
        source=Source.STAFF,
    )
    filed(owner, case)
    assert due(case) == (340, 500)
    posting_reverse(recovery_id=case, posting_id=note.id, reason="by mistake", by=None)
    assert due(case) == (340, 0)
    assert [row.claim.number for row in told(case).claims if any(row.left)] == ["C"]
    assert_sound(case)


def test_what_staff_enter_after_the_client_filed_more_is_laid_at_once(owner: Api, case: int) -> None:
    filed(owner, case)
    dette_record(recovery_id=case, label="Deposit", amount=Decimal(200), day=date(2026, 3, 1), by=None)
    assert owes(case) == (340, 300)
    assert_sound(case)


# --- other terms -----------------------------------------------------------------------------------------------------


def terms_changed(owner: Api, case: int, **terms: Any) -> None:
    assert owner.put(f"/api/recoveries/{case}", terms).status_code == 200


@pytest.mark.parametrize(
    "terms",
    [
        {"recovery_late_interest": True, "recovery_interest_rate": "yes", "recovery_interest_rate_percent": "20"},
        {"recovery_penalty": True, "recovery_penalty_type": "amount", "recovery_penalty_amount": "300.00"},
    ],
)
def test_other_terms_do_not_spend_it(owner: Api, case: int, terms: Any) -> None:
    days = {"sent_on": date(2026, 9, 1), "received_on": date(2026, 9, 2)}
    notice_enter(recovery_id=case, channel="registered", state="received", by=None, **days)
    was = met(case)
    terms_changed(owner, case, **terms)
    assert (told(case).surplus, met(case)) == (500, was)
    assert told(case).total.due > 0
    assert_sound(case)


def met(case: int) -> Any:
    return [(row.payment.id, row.allocations) for row in told(case).payments]


def test_nor_does_a_debtor_of_another_kind(owner: Api) -> None:
    case = case_id(
        owner, recovery=PLAIN, debtor={"company_type": "particular"}, invoices=[{**A, "invoice_amount": "1000.00"}, D]
    )
    paid(case, "1500.00")
    assert owes(case) == (0, 500)
    path = f"/api/recoveries/{case}/companies/{Recovery.objects.get(pk=case).debtor_id}"
    assert owner.put(path, CompanyBody()).status_code == 200
    assert owes(case) == (40, 500)
    assert_sound(case)
