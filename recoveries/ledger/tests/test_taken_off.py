"""What is taken off a claim: lines say what it did, whatever comes to light later, and it never exceeds the claim."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import F, Sum

from law.account.facts import ClaimKey, ClaimKind, Head
from recoveries.ledger.checking import Finding, ledger_check
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.held import held_by_client
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Source
from recoveries.ledger.reductions import credit_note_record, posting_reverse, refund_record, waiver_record
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.ledger.tests.before import unguarded
from recoveries.models import Acompte, Line, Posting, Recovery
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)
F1 = {"invoice_date": "2026-02-13", "invoice_due_date": "2026-03-15", "invoice_amount": "1000.00"}
PERSON = {"company_type": "particular"}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Any:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


@pytest.fixture
def case(owner: Api) -> int:
    return case_id(owner, invoices=[F1], debtor=PERSON)


def key(case: int) -> ClaimKey:
    return (ClaimKind.INVOICE, int(Recovery.objects.get(pk=case).invoices.get().pk))


def paid(case: int, amount: str, day: date = date(2026, 6, 10)) -> Acompte:
    return acompte_record(recovery_id=case, amount=Decimal(amount), day=day, confirmed=True, by=None)


def credited(case: int, amount: str, day: date = TODAY) -> int:
    told: dict[str, Any] = {"amount": Decimal(amount), "day": day, "by": None, "source": Source.STAFF}
    return credit_note_record(recovery_id=case, invoice_id=key(case)[1], **told).id


def given_up(case: int, amount: str, day: date = TODAY) -> Posting:
    told: dict[str, Any] = {"head": Head.PRINCIPAL, "claim": key(case), "day": day, "by": None}
    return waiver_record(recovery_id=case, amount=Decimal(amount), **told)


def net(account: str, **where: Any) -> Decimal:
    """Debit less credit of an account."""
    lines = Line.objects.filter(account=account, **where)
    return Decimal(str(lines.aggregate(net=Sum(F("debit") - F("credit")))["net"] or 0))


def assert_agrees(case: int, *, due: str, over: str = "0.00") -> None:
    """Lines and décompte say the same, and so does the check."""
    told = case_decompte(with_terms(Recovery.objects).get(pk=case), on=TODAY)
    assert (str(told.total.due), str(told.surplus)) == (due, over)
    assert (net("debtor"), net("suspense")) == (told.total.principal, -told.surplus)
    assert ledger_check(recovery_id=case, repair=False)[0] == frozenset()


def test_what_is_credited_after_it_was_paid_is_the_debtors_and_not_handed_over(owner: Api, case: int) -> None:
    payment = paid(case, "1000.00")
    note = credited(case, "200.00")
    assert_agrees(case, due="0.00", over="200.00")
    [row] = case_decompte(with_terms(Recovery.objects).get(pk=case), on=TODAY).payments
    assert [part.amounts.principal for part in row.allocations] == [Decimal("800.00")]
    [held] = held_by_client()
    assert held.to_hand_over == Decimal("800.00")
    refund_record(recovery_id=case, payment_id=payment.pk, amount=Decimal(200), day=TODAY, by=None)
    assert_agrees(case, due="0.00")
    assert net("bank") == held_by_client()[0].to_hand_over == Decimal("800.00")
    posting_reverse(recovery_id=case, posting_id=note, reason="x", by=None)
    assert_agrees(case, due="200.00")


def test_no_more_is_credited_than_is_left_of_what_was_given_up(owner: Api, case: int) -> None:
    waiver = given_up(case, "700.00")
    place, sent = f"/api/recoveries/{case}/credit-notes", {"invoice_id": key(case)[1], "date": "2026-11-28"}
    answer = owner.post(place, {**sent, "amount": "300.01"})
    assert answer.status_code == 422
    assert "(300.00)" in answer.json()["errors"]["amount"][0]
    assert owner.post(place, {**sent, "amount": "300.00"}).status_code == 201
    assert_agrees(case, due="0.00")
    posting_reverse(recovery_id=case, posting_id=waiver.pk, reason="x", by=None)
    assert_agrees(case, due="700.00")


def test_a_waiver_that_found_nothing_to_take_says_so_until_it_does(case: int) -> None:
    waiver = given_up(case, "400.00")
    late = paid(case, "1000.00")  # Before the waiver: nothing was owed any more
    assert_agrees(case, due="0.00")
    assert net("waived") == 0
    acompte_reverse(recovery_id=case, acompte_id=late.pk, reason=Entry.Reason.UNPAID, by=None)
    assert_agrees(case, due="600.00")
    assert net("waived") == Decimal("400.00")
    anew = Posting.objects.filter(kind="waiver", reversal=None).get()
    assert anew.pk != waiver.pk
    [told] = case_decompte(with_terms(Recovery.objects).get(pk=case), on=TODAY).waivers
    assert told.id == waiver.pk
    posting_reverse(recovery_id=case, posting_id=anew.pk, reason="x", by=None)
    assert_agrees(case, due="1000.00")


def test_an_invoice_is_not_corrected_below_what_was_credited(owner: Api, case: int) -> None:
    note, place = credited(case, "800.00"), f"/api/recoveries/{case}/invoices/{key(case)[1]}"
    answer = owner.put(place, {"invoice_amount": "799.99"})
    assert answer.status_code == 422
    assert "reverse that first" in answer.json()["errors"]["invoice_amount"][0]
    assert_agrees(case, due="200.00")
    assert owner.put(place, {"invoice_amount": "800.00"}).status_code == 200
    assert_agrees(case, due="0.00")
    posting_reverse(recovery_id=case, posting_id=note, reason="x", by=None)
    assert_agrees(case, due="800.00")


def test_what_was_taken_off_an_invoice_goes_with_it(owner: Api, case: int) -> None:
    credited(case, "300.00")
    given_up(case, "100.00")
    paid(case, "50.00")
    assert owner.delete(f"/api/recoveries/{case}/invoices/{key(case)[1]}").status_code == 200
    assert_agrees(case, due="0.00", over="50.00")
    assert Posting.objects.filter(kind="reversal", reason="claim_gone").count() == 2


def test_lines_that_say_something_else_are_seen(case: int) -> None:
    posting = Posting.objects.get(recovery=case)
    kind, pk = key(case)
    with unguarded():
        for account, side in (("debtor", "credit"), ("creditor", "debit")):
            claim = {"claim_kind": kind, "claim_id": pk, "head": "principal"}
            Line.objects.create(posting=posting, account=account, **{side: Decimal(5)}, **claim)
    assert ledger_check(recovery_id=case, repair=False)[0] == {Finding.ACCOUNTS}


def test_an_invoice_is_not_dated_after_what_was_credited_of_it(owner: Api, case: int) -> None:
    note, place = credited(case, "100.00", date(2026, 5, 1)), f"/api/recoveries/{case}/invoices/{key(case)[1]}"
    later = {"invoice_date": "2026-05-02", "invoice_due_date": "2026-06-02"}
    answer = owner.put(place, later)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["invoice_date"])
    assert "on 01/05/2026" in answer.json()["errors"]["invoice_date"][0]
    assert_agrees(case, due="900.00")
    assert owner.put(place, {**later, "invoice_date": "2026-05-01"}).status_code == 200
    posting_reverse(recovery_id=case, posting_id=note, reason="Mistake", by=None)
    assert owner.put(place, later).status_code == 200
    assert_agrees(case, due="1000.00")


def test_an_invoice_corrected_to_nothing_takes_with_it_what_was_credited_of_it(owner: Api) -> None:
    case = case_id(owner, invoices=[F1, {**F1, "invoice_number": "B", "invoice_amount": "0.00"}], debtor=PERSON)
    first = int(Recovery.objects.get(pk=case).invoices.get(invoice_amount=1000).pk)
    told: dict[str, Any] = {"amount": Decimal("60.00"), "day": TODAY, "by": None, "source": Source.STAFF}
    credit_note_record(recovery_id=case, invoice_id=first, **told)
    owner.data("PUT", f"/api/recoveries/{case}/invoices/{first}", {"invoice_amount": "0.00"})
    by_account = Line.objects.filter(posting__recovery=case).values("account")
    assert not by_account.annotate(net=Sum(F("debit") - F("credit"))).exclude(net=0)
    before = Posting.objects.filter(recovery=case).count()
    paid(case, "10.00")
    assert Posting.objects.filter(recovery=case).count() == before + 1, "an invoice of nothing is posted once at most"
    assert ledger_check(recovery_id=case, repair=False)[0] == frozenset()
