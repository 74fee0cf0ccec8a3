"""What staff do to an account: payments seen before they are recorded, credit notes, waivers, losses, refunds."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from law.account.facts import ClaimKey, ClaimKind, Head
from law.vocabulary import Step
from legalcity.lib.append_only import door
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, office_of, person, words
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Source
from recoveries.ledger.reductions import (
    credit_note_record,
    posting_reverse,
    refund_record,
    surplus_move,
    waiver_record,
)
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, dette_record, direct_payment_record
from recoveries.ledger.settling import require_nothing_owed
from recoveries.models import Acompte, Posting, Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api
from tests.races import at_once

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)
F1 = {
    "invoice_number": "F1",
    "invoice_date": "2026-02-13",
    "invoice_due_date": "2026-03-15",
    "invoice_amount": "1000.00",
}
F2 = {**F1, "invoice_number": "F2", "invoice_date": "2026-04-30", "invoice_due_date": "2026-05-30"}
LATER = {**F1, "invoice_number": "F3", "invoice_due_date": "2027-06-30", "invoice_amount": "300.00"}
PLAIN = {"assign_to_me": False, "recovery_late_interest": False}
DAY = {"day": "2026-11-20", "reason": "Agreed with the creditor."}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Any:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_of(owner, recovery=PLAIN, invoices=[F1, F2, LATER])


def invoice(case: Recovery, number: str = "F1") -> int:
    return int(case.invoices.get(invoice_number=number).pk)


def key(case: Recovery, number: str = "F1") -> ClaimKey:
    return (ClaimKind.INVOICE, invoice(case, number))


def owed(case: Recovery, on: date = TODAY) -> tuple[Decimal, Decimal, Decimal]:
    """What is due, what is not due yet, what is over."""
    told = case_decompte(with_terms(Recovery.objects).get(pk=case.pk), on=on)
    return told.total.due, sum((row.principal for row in told.not_due), Decimal(0)), told.surplus


def paid(case: Recovery, amount: str, **values: Any) -> Acompte:
    told = {"amount": Decimal(amount), "day": date(2026, 6, 10), "confirmed": True, "by": None, **values}
    return acompte_record(recovery_id=case.pk, **told)


def given_up(case: Recovery, amount: str, **values: Any) -> Posting:
    told = {"head": Head.PRINCIPAL, "claim": key(case), "day": TODAY, "by": None, **values}
    return waiver_record(recovery_id=case.pk, amount=Decimal(amount), **told)


# --- a payment is seen before it is recorded -------------------------------------------------------------------------


def shown(browser: Client, case: Recovery, **sent: Any) -> Any:
    token = act_page(browser, case, "record-payment").context["token"]
    return browser.post(page_of(Recovery, "action", case.pk, "record-payment"), {"form_token": token, **sent})


def test_what_a_payment_meets_is_shown_before_it_is_recorded(office: Client, case: Recovery) -> None:
    sent = {"amount": "1100", "day": "2026-06-10", "reference": "VIR 7"}
    page = words(shown(office, case, **sent).content.decode())
    assert "F1 (art. 1342-10, 1343-1 C. civ.) 0.00 € 1,000.00 € 40.00 € 0.00 € 1,040.00 €" in page
    assert "F2 (art. 1342-10, 1343-1 C. civ.) 0.00 € 60.00 € 0.00 € 0.00 € 60.00 €" in page
    assert "Due today, after it: 980.00 €." in page
    assert not Acompte.objects.exists()
    assert act(office, case, "record-payment", **sent).status_code == 302
    assert owed(case)[0] == Decimal("980.00")


def test_the_debtor_may_choose_another_invoice_with_a_reason(office: Client, case: Recovery) -> None:
    sent = {"amount": "100", "day": "2026-06-10", "invoice": invoice(case, "F2")}
    assert_refused(shown(office, case, **sent), "Say how the debtor's choice is known.")
    assert act(office, case, "record-payment", **sent, reason="His letter of 9 June").status_code == 302
    posting = Posting.objects.get(kind="payment")
    assert posting.reason == "His letter of 9 June"
    assert [line.claim_id for line in posting.lines.exclude(claim_id=None)] == [invoice(case, "F2")]


def test_another_form_than_the_one_that_was_shown_is_shown_first(office: Client, case: Recovery) -> None:
    first = shown(office, case, amount="100", day="2026-06-10")
    seen = {"seen": first.context["form"].data["seen"], "form_token": first.context["token"]}
    address = page_of(Recovery, "action", case.pk, "record-payment")
    answer = office.post(address, {**seen, "amount": "200", "day": "2026-06-10"})
    assert answer.status_code == 200
    assert "200.00 €" in words(answer.content.decode())
    assert not Acompte.objects.exists()
    assert office.post(address, {**seen, "amount": "100", "day": "2026-06-10"}).status_code == 302


@pytest.mark.parametrize("wrong", ["0", "x", "9" * 30, "\x00"])
def test_an_invoice_that_is_not_of_the_case_is_refused(office: Client, owner: Api, case: Recovery, wrong: str) -> None:
    other = case_of(owner, invoices=[F1])
    for each in (wrong, str(other.invoices.get().pk)):
        sent = {"amount": "1", "day": "2026-06-10", "invoice": each, "reason": "x"}
        assert act(office, case, "record-payment", **sent).status_code == 200
    assert not Acompte.objects.exists()


def test_other_payments_that_meet_something_else_are_told(office: Client, case: Recovery) -> None:
    paid(case, "1000.00", day=date(2026, 6, 20))
    page = words(shown(office, case, amount="500", day="2026-06-10").content.decode())
    assert "1 other payment will meet something else than before." in page


# --- credit notes ----------------------------------------------------------------------------------------------------


def test_staff_record_a_credit_note_and_take_it_back(office: Client, case: Recovery) -> None:
    before = owed(case)
    sent = {**DAY, "invoice": invoice(case), "amount": "250", "reference": "AV-7"}
    assert act(office, case, "credit-note", **sent).status_code == 302
    assert owed(case)[0] == before[0] - 250
    posting = Posting.objects.get(kind="credit_note")
    assert posting.reason == DAY["reason"]
    timeline = words(office.get(page_of(Recovery, "change", case.pk)).content.decode())
    assert f"Credit note · 250.00 € 11/20/2026, {DAY['reason']}" in timeline
    page = office.get(page_of(Recovery, "ledger", case.pk)).content.decode()
    assert f"reverse-posting/?entry={posting.pk}" in page
    assert act(office, case, "reverse-posting", entry=posting.pk, reason="Of another case").status_code == 302
    assert owed(case) == before
    again = act(office, case, "reverse-posting", entry=posting.pk, reason="again")
    assert_refused(again, "This was reversed meanwhile")
    assert act(office, case, "credit-note", **sent).status_code == 302
    assert_refused(act(office, case, "credit-note", **sent), "stands there already: confirm it.")
    assert act(office, case, "credit-note", **sent, confirmed="on").status_code == 302


def test_a_credit_note_of_more_than_was_asked_is_refused(office: Client, case: Recovery) -> None:
    sent = {**DAY, "invoice": invoice(case), "amount": "1000.01"}
    assert_refused(act(office, case, "credit-note", **sent), "cannot exceed what was asked")
    assert not Posting.objects.filter(kind="credit_note").exists()


# --- what is given up ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "head", "amount"), [("F1", "indemnity", "40"), ("F1", "principal", "100")])
def test_staff_give_up_one_head_of_a_claim(office: Client, case: Recovery, number: str, head: str, amount: str) -> None:
    before = owed(case)[0]
    part = f"invoice-{invoice(case, number)}-{head}"
    assert act(office, case, "waive", **DAY, part=part, amount=amount).status_code == 302
    assert owed(case)[0] == before - Decimal(amount)
    assert Posting.objects.get(kind="waiver").reason == DAY["reason"]


def test_a_claim_that_is_not_due_may_be_given_up(office: Client, case: Recovery) -> None:
    part = f"invoice-{invoice(case, 'F3')}-principal"
    assert act(office, case, "waive", **DAY, part=part, amount="300").status_code == 302
    assert owed(case)[1] == 0


def test_what_is_given_up_is_owed_on_the_day_and_today(case: Recovery) -> None:
    paid(case, "1040.00", day=date(2026, 6, 20))  # all of F1
    for day in (date(2026, 6, 1), TODAY):
        with pytest.raises(Invalid):
            given_up(case, "0.01", day=day)
    with pytest.raises(Invalid):
        given_up(case, "1000.01", claim=key(case, "F2"))
    assert given_up(case, "1000.00", claim=key(case, "F2"))


@pytest.mark.parametrize("part", ["", "x", "invoice-0-principal", "penalty-0-penalty", "a-b-c-d", "\x00", "9" * 5000])
def test_what_is_not_owed_cannot_be_chosen(office: Client, case: Recovery, part: str) -> None:
    for name in ("waive", "write-off"):
        assert act(office, case, name, **DAY, part=part, amount="1").status_code == 200
    assert not Posting.objects.filter(kind__in=("waiver", "writeoff")).exists()


def test_a_case_of_which_everything_is_given_up_is_closed_by_the_system_and_reopened(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    given_up(case, "1000.00")
    posting = given_up(case, "40.00", head=Head.INDEMNITY)
    case.refresh_from_db()
    assert case.status_id == Step.PAID
    posting_reverse(recovery_id=case.pk, posting_id=posting.pk, reason="Mistake", by=None)
    case.refresh_from_db()
    assert case.status_id == Step.PRE_LITIGATION


@pytest.mark.parametrize(
    ("name", "kind", "limit", "said"),
    [
        ("write-off", "writeoff", "WRITEOFF_LIMIT", "Only a manager writes off more than"),
        ("waive", "waiver", "WAIVER_LIMIT", "Only a manager enters that a creditor gives up more than"),
    ],
)
def test_beyond_the_limit_only_a_manager_gives_up(
    case: Recovery, system_setting: Callable[..., None], name: str, kind: str, limit: str, said: str
) -> None:
    system_setting(**{limit: Decimal("100.00")})
    part = {**DAY, "part": f"invoice-{invoice(case)}-principal"}
    handler = office_of("handler")
    assert "100.00 €" in act_page(handler, case, name).content.decode()
    assert act(handler, case, name, **part, amount="60").status_code == 302
    assert_refused(act(handler, case, name, **part, amount="40.01"), said)
    assert act(handler, case, name, **part, amount="40").status_code == 302
    assert act(office_of("manager"), case, name, **part, amount="200").status_code == 302
    assert Posting.objects.filter(kind=kind).count() == 3
    with pytest.raises(Forbidden):
        given_up(case, "1", is_writeoff=kind == "writeoff", by=person("accountant"))


def test_beyond_the_limit_only_a_manager_enters_credit_notes(
    owner: Api, case: Recovery, system_setting: Callable[..., None]
) -> None:
    system_setting(CREDIT_NOTE_LIMIT=Decimal("100.00"))
    note = {**DAY, "invoice": invoice(case)}
    handler = office_of("handler")
    assert "100.00 €" in act_page(handler, case, "credit-note").content.decode()
    told = {"invoice_id": invoice(case), "amount": "250.00", "date": "2026-11-20"}
    assert owner.post(f"/api/recoveries/{case.pk}/credit-notes", told).status_code == 201  # His own money
    assert act(handler, case, "credit-note", **note, amount="60").status_code == 302
    said = "Only a manager enters credit notes of more than 100.00 € on a case."
    assert_refused(act(handler, case, "credit-note", **note, amount="40.01"), said)
    assert act(handler, case, "credit-note", **note, amount="40").status_code == 302
    assert act(office_of("manager"), case, "credit-note", **note, amount="200").status_code == 302
    assert Posting.objects.filter(kind="credit_note").count() == 4


def test_what_the_client_credited_before_the_transfer_is_not_of_the_limit(
    owner: Api, system_setting: Callable[..., None]
) -> None:
    system_setting(CREDIT_NOTE_LIMIT=Decimal("100.00"))
    case = transferable(owner, recovery=PLAIN, invoices=[{"invoice_amount": "1000.00"}])
    note = {"invoice_id": Recovery.objects.get(pk=case).invoices.get().pk, "reason": "x"}
    told = {**note, "amount": "250.00", "date": "2026-11-20"}
    assert owner.post(f"/api/recoveries/{case}/credit-notes", told).status_code == 201
    credit_note_record(
        recovery_id=case, **note, amount=Decimal(60), day=TODAY, by=person("handler"), source=Source.STAFF
    )
    court = transferred(owner, case)
    note["invoice_id"] = Recovery.objects.get(pk=court).invoices.get().pk
    values = {**note, "recovery_id": court, "by": person("handler"), "source": Source.STAFF}
    with pytest.raises(Forbidden):
        credit_note_record(**values, amount=Decimal("40.01"), day=TODAY)
    credit_note_record(**values, amount=Decimal(40), day=TODAY)


@pytest.mark.parametrize(
    "change",
    [
        lambda case: acompte_record(recovery_id=case, amount=Decimal(1), day=TODAY, by=None),
        lambda case: direct_payment_record(recovery_id=case, amount=Decimal(1), day=TODAY, by=None),
        lambda case: acompte_reverse(recovery_id=case, acompte_id=1, reason=Entry.Reason.MISTAKE, by=None),
        lambda case: require_nothing_owed(recovery_id=case),
    ],
)
def test_of_a_case_that_was_deleted_meanwhile_all_say_that_there_is_none(change: Callable[[int], Any]) -> None:
    with pytest.raises(NotFound) as refused:
        change(999_999)
    assert refused.value.code == ErrorCode.CASE_NOT_FOUND


def test_who_may_not_record_payments_gives_nothing_up(case: Recovery) -> None:
    for name in ("credit-note", "waive", "write-off", "reverse-posting"):
        assert act(office_of("auditor"), case, name).status_code == 403


# --- what is over ----------------------------------------------------------------------------------------------------


def test_the_surplus_is_given_back(office: Client, case: Recovery) -> None:
    payment = paid(case, "2500.00")  # 2,380.00 are owed, 300.00 of it not due yet
    assert owed(case) == (0, 0, Decimal("120.00"))
    form = act_page(office, case, "refund-surplus").context["form"]
    assert form.initial == {"payment": payment.pk, "amount": Decimal("120.00")}
    sent = {**DAY, "payment": payment.pk}
    assert_refused(act(office, case, "refund-surplus", **sent, amount="120.01"), "What may be given back of it is")
    assert act(office, case, "refund-surplus", **sent, amount="120").status_code == 302
    assert owed(case) == (0, 0, 0)
    assert act_page_is_gone(office, case)
    posting_reverse(recovery_id=case.pk, posting_id=Posting.objects.get(kind="refund").pk, reason="x", by=None)
    assert owed(case) == (0, 0, Decimal("120.00"))


def test_nothing_is_given_back_before_it_was_over(case: Recovery) -> None:
    """2,380.00 are owed and paid on 01/10; 500.00 are over since the credit note of 10/11, 200.00 left since 20/11."""
    payment = paid(case, "2380.00", day=date(2026, 10, 1))
    note = {"invoice_id": invoice(case), "amount": Decimal(500), "day": date(2026, 11, 10)}
    credit_note_record(recovery_id=case.pk, **note, by=None, source=Source.STAFF)
    values = {"recovery_id": case.pk, "payment_id": payment.pk, "by": None}
    with pytest.raises(Invalid):
        refund_record(**values, amount=Decimal(1), day=date(2026, 11, 9))
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(100), day=date(2026, 11, 1), by=None)
    with pytest.raises(Invalid):
        surplus_move(**values, amount=Decimal(1), day=date(2026, 11, 9))
    refund_record(**values, amount=Decimal(300), day=date(2026, 11, 20))
    with pytest.raises(Invalid):
        refund_record(**values, amount=Decimal("200.01"), day=date(2026, 11, 10))
    refund_record(**values, amount=Decimal(200), day=date(2026, 11, 10))
    assert owed(case)[2] == 0


def test_between_two_refunds_no_more_is_given_back_than_was_over(case: Recovery) -> None:
    payment = paid(case, "2480.00", day=date(2026, 10, 1))
    values = {"recovery_id": case.pk, "payment_id": payment.pk, "by": None, "amount": Decimal(100)}
    refund_record(**values, day=date(2026, 10, 10))
    note = {"invoice_id": invoice(case), "amount": Decimal(500), "day": date(2026, 11, 10)}
    credit_note_record(recovery_id=case.pk, **note, by=None, source=Source.STAFF)
    with pytest.raises(Invalid):
        refund_record(**values, day=date(2026, 10, 5))


def test_the_surplus_is_moved_to_a_claim_that_came_since(office: Client, case: Recovery) -> None:
    payment = paid(case, "2500.00", reference="VIR 9")
    assert act(office, case, "move-surplus", **DAY, payment=payment.pk, amount="1").status_code == 200  # nothing owed
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(100), day=date(2026, 11, 1), by=None)
    sent = {**DAY, "payment": payment.pk}
    assert_refused(act(office, case, "move-surplus", **sent, amount="100.01"), "What is owed is 100.00 €.")
    assert act(office, case, "move-surplus", **sent, amount="100").status_code == 302
    told = case_decompte(with_terms(Recovery.objects).get(pk=case.pk), on=TODAY)
    assert (told.total.due, told.surplus, told.received) == (0, Decimal("20.00"), Decimal("2500.00"))
    met = [(row.payment.amount, [part.number for part in row.allocations]) for row in told.payments[1:]]
    assert met == [(Decimal("100.00"), ["Deposit"])]
    assert Recovery.objects.get(pk=case.pk).status_id == Step.PAID


def test_a_move_of_surplus_is_taken_back_as_a_whole(owner: Api) -> None:
    """Half of it would be money that nobody paid, or that nobody has any more."""
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    payment = paid(case, "1540.00")
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(500), day=date(2026, 11, 1), by=None)
    told = {"payment_id": payment.pk, "amount": Decimal(500), "day": date(2026, 11, 20), "by": None}
    moved = surplus_move(recovery_id=case.pk, **told)
    assert (owed(case), received(case)) == ((0, 0, 0), 1540)
    with pytest.raises(Forbidden, match="was moved"):
        posting_reverse(recovery_id=case.pk, posting_id=Posting.objects.get(kind="refund").pk, reason="x", by=None)
    acompte_reverse(recovery_id=case.pk, acompte_id=moved.pk, reason=Entry.Reason.MISTAKE, by=None)
    assert (owed(case), received(case)) == ((500, 0, 500), 1540)
    acompte_reverse(recovery_id=case.pk, acompte_id=payment.pk, reason=Entry.Reason.UNPAID, by=None)
    assert received(case) == 0
    assert ledger_check(recovery_id=case.pk, repair=False)[0] == frozenset()


def test_an_earlier_move_that_does_not_name_what_it_became_is_whole_too(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    payment = paid(case, "1540.00")
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(500), day=date(2026, 11, 1), by=None)
    told = {"payment_id": payment.pk, "amount": Decimal(500), "day": date(2026, 11, 20), "by": None}
    moved = surplus_move(recovery_id=case.pk, **told)
    refund = Posting.objects.get(kind="refund")
    with door(Posting, reason="a test"):
        Posting.objects.filter(pk=refund.pk).update(facts={"refund": {**refund.facts["refund"], "into": None}})
    with pytest.raises(Forbidden, match="was moved"):
        posting_reverse(recovery_id=case.pk, posting_id=refund.pk, reason="x", by=None)
    acompte_reverse(recovery_id=case.pk, acompte_id=moved.pk, reason=Entry.Reason.MISTAKE, by=None)
    assert (owed(case), received(case)) == ((500, 0, 500), 1540)


BAD = [
    *((Decimal(text), TODAY, "amount") for text in ("0.001", "1.005", "NaN", "Infinity", "0", "-1", "1" + "0" * 12)),
    (Decimal(1), date(2026, 11, 29), "day"),
    (Decimal(1), date(1989, 12, 31), "day"),
]


@pytest.mark.parametrize(("amount", "day", "name"), BAD)
def test_no_service_takes_an_amount_or_a_day_that_cannot_be(
    case: Recovery, amount: Decimal, day: date, name: str
) -> None:
    payment = paid(case, "2500.00")
    told = {"recovery_id": case.pk, "amount": amount, "day": day, "by": None}
    note = {"invoice_id": invoice(case), "source": Source.STAFF}
    for service, more in (
        (acompte_record, {"confirmed": True}),
        (dette_record, {"label": "Deposit"}),
        (credit_note_record, note),
        (waiver_record, {"head": Head.PRINCIPAL, "claim": key(case)}),
        (refund_record, {"payment_id": payment.pk}),
        (surplus_move, {"payment_id": payment.pk}),
    ):
        with pytest.raises(Invalid) as refused:
            service(**told, **more)  # type: ignore[operator]
        assert name in refused.value.errors


def received(case: Recovery) -> Decimal:
    """What the debtor paid, less what he got back."""
    return case_decompte(with_terms(Recovery.objects).get(pk=case.pk), on=TODAY).received


def act_page_is_gone(browser: Client, case: Recovery) -> bool:
    return bool(browser.get(page_of(Recovery, "action", case.pk, "refund-surplus")).status_code == 302)


def test_what_a_credit_note_made_surplus_is_given_back_without_interest(owner: Api) -> None:
    """The debtor paid all of it; the price was cut later: what he gets back leaves nothing owed, on any day after."""
    interest = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
    case = case_of(owner, recovery=interest, invoices=[F1])
    paid(case, str(owed(case, date(2026, 6, 10))[0]))
    cut = {"invoice_id": invoice(case), "amount": Decimal("200.00"), "day": date(2026, 7, 1)}
    credit_note_record(recovery_id=case.pk, **cut, by=None, source=Source.STAFF)
    assert owed(case) == (0, 0, Decimal("200.00"))
    payment = Acompte.objects.get(recovery=case)
    refund = {"payment_id": payment.pk, "amount": Decimal("200.00"), "day": date(2026, 8, 1)}
    refund_record(recovery_id=case.pk, **refund, by=None)
    assert owed(case) == owed(case, date(2026, 8, 1)) == (0, 0, 0)
    assert owed(case, date(2026, 7, 31)) == (0, 0, Decimal("200.00"))
    with pytest.raises(Invalid):
        refund_record(recovery_id=case.pk, **{**refund, "amount": Decimal("0.01")}, by=None)


def test_what_was_given_back_meets_no_claim_that_comes_late(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    payment = paid(case, "1540.00")
    refund = {"payment_id": payment.pk, "amount": Decimal("500.00"), "day": date(2026, 7, 1)}
    refund_record(recovery_id=case.pk, **refund, by=None)
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal("300.00"), day=date(2026, 5, 1), by=None)
    assert owed(case) == (Decimal("300.00"), 0, 0)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_give_the_surplus_back_at_once_one_wins(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    payment = paid(case, "1140.00")
    told: list[str] = []

    def attempt(_number: int) -> None:
        try:
            refund = {"payment_id": payment.pk, "amount": Decimal("100.00"), "day": TODAY - timedelta(1)}
            refund_record(recovery_id=case.pk, **refund, by=None)
            told.append("done")
        except Invalid:
            told.append("refused")

    at_once(3, attempt)
    assert sorted(told) == ["done", "refused", "refused"]
    assert owed(case)[2] == 0
