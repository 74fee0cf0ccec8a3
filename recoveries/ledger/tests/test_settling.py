"""When nothing is owed any more a case is paid, whatever the reason; while something is, nobody calls it paid."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from companies.services import company_values
from law.parties import Quality
from law.vocabulary import Step
from recoveries.desk.tests.pages import assert_refused, case_of
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.posting import Source
from recoveries.ledger.rate_book import rate_book
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reductions import credit_note_record
from recoveries.ledger.rolling import balances_sweep
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.ledger.settling import case_reckon
from recoveries.models import CaseBalance, EcbRate, Recovery
from recoveries.services.parties import party_quality_confirm, party_update
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, InvoiceBody, bare_case_id

pytestmark = pytest.mark.django_db
F1 = {
    "invoice_number": "F1",
    "invoice_date": "2026-02-13",
    "invoice_due_date": "2026-03-15",
    "invoice_amount": "1000.00",
}
LATER = {**F1, "invoice_due_date": "2027-06-30"}
INTEREST = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
PLAIN = {"assign_to_me": False, "recovery_late_interest": False}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def status(case: Recovery) -> int:
    return Recovery.objects.values_list("status_id", flat=True).get(pk=case.pk)


def paid(case: Recovery, amount: str) -> None:
    told = {"amount": Decimal(amount), "day": date(2026, 3, 10), "confirmed": True, "by": None}
    acompte_record(recovery_id=case.pk, **told)


def put(owner: Api, case: Recovery, **changes: Any) -> None:
    invoice = case.invoices.get()
    address = f"/api/recoveries/{case.pk}/invoices/{invoice.pk}"
    assert owner.put(address, {**F1, **changes}).status_code == 200


def test_an_invoice_corrected_to_what_was_received_is_paid(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    paid(case, "400.00")
    put(owner, case, invoice_amount="400.00")
    assert status(case) == Step.PAID


def test_an_invoice_corrected_to_nothing_is_paid_and_one_that_is_deleted_is_not(owner: Api) -> None:
    case, other = (case_of(owner, recovery=PLAIN, invoices=[F1]) for _ in range(2))
    put(owner, case, invoice_amount="0.00")
    assert owner.delete(f"/api/recoveries/{other.pk}/invoices/{other.invoices.get().pk}").status_code == 200
    assert (status(case), status(other)) == (Step.PAID, Step.CREATED)


def test_money_for_a_case_that_is_still_put_together_does_not_end_it(owner: Api) -> None:
    case = bare_case_id(owner)
    sent = {"amount": "10.00", "date": "2026-06-10"}
    assert owner.data("POST", f"/api/recoveries/{case}/payments", sent)
    assert status(Recovery.objects.get(pk=case)) == Step.CREATED
    owner.data("POST", f"/api/recoveries/{case}/invoices", InvoiceBody())


def test_a_credit_note_of_all_that_is_not_due_yet_is_paid(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[LATER])
    told = {"amount": Decimal(1000), "day": date(2026, 11, 20), "by": None, "source": Source.STAFF}
    credit_note_record(recovery_id=case.pk, invoice_id=case.invoices.get().pk, **told)
    assert status(case) == Step.PAID


def test_a_paid_case_on_which_a_debt_is_entered_owes_again(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1])
    paid(case, "1000.00")
    assert status(case) == Step.PAID
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(10), day=date(2026, 11, 20), by=None)
    assert status(case) == Step.PRE_LITIGATION


def test_staff_do_not_call_paid_what_is_owed(owner: Api) -> None:
    case, office = case_of(owner, recovery=PLAIN, invoices=[F1]), browser_of(chief())
    sent = {"to_status": Step.PAID.value, "reason": "He says that he paid."}
    assert_refused(act(office, case, "move-status", **sent), "1,040.00 € is still owed: record what was paid")
    assert status(case) == Step.CREATED


def dealing_as(case: Recovery, quality: Quality) -> None:
    party_quality_confirm(recovery_id=case.pk, side="debtor", quality=quality, by=None)


def test_terms_that_leave_nothing_owed_make_a_case_paid_and_other_terms_take_it_back(owner: Api) -> None:
    case = case_of(owner, recovery=PLAIN, invoices=[F1], debtor={"company_type": "freelance"})
    dealing_as(case, Quality.PROFESSIONAL)
    told = {"amount": Decimal(1000), "day": date(2026, 3, 25), "confirmed": True, "by": None}
    acompte_record(recovery_id=case.pk, **told)
    assert status(case) != Step.PAID  # Interest of ten days and the 40 EUR are still owed.
    dealing_as(case, Quality.CONSUMER)
    assert status(case) == Step.PAID
    dealing_as(case, Quality.PROFESSIONAL)
    assert status(case) == Step.PRE_LITIGATION


def test_a_case_called_paid_by_hand_stays_so_when_a_telephone_number_is_corrected(owner: Api) -> None:
    case = case_of(owner, invoices=[F1])
    Recovery.objects.filter(pk=case.pk).update(status=Step.PAID)
    with time_machine.travel("2026-12-03T10:00:00Z", tick=False):  # Interest ran on since its balance was kept.
        told = {"company_phone": "+33 1 23 45 67 89"}
        party_update(company=case.debtor, values={**company_values(case.debtor), **told}, by=None)
        assert status(case) == Step.PAID


def interest_paid(owner: Api) -> Recovery:
    """1,000.00 late by ten days, with the 40 EUR, and money for it while no rate is known."""
    EcbRate.objects.all().delete()
    rate_book.forget()
    case = case_of(owner, recovery=INTEREST, invoices=[F1])
    told = {"amount": Decimal("1043.50"), "day": date(2026, 3, 25), "confirmed": True, "by": None}
    acompte_record(recovery_id=case.pk, **told)  # 3.33 of interest
    assert status(case) != Step.PAID
    rates_load()
    rate_book.forget()
    return case


def test_what_waited_for_a_rate_is_paid_when_it_comes(owner: Api) -> None:
    case = interest_paid(owner)
    balances_sweep()
    assert CaseBalance.objects.get(pk=case.pk).due == 0
    assert status(case) == Step.PAID
    assert ledger_check(recovery_id=case.pk, repair=False)[0] == frozenset()


def rates_are(percent: str) -> None:
    EcbRate.objects.filter(valid_from__year=2026).update(rate_percent=Decimal(percent))
    rate_book.forget()


def test_it_is_paid_as_well_when_the_case_is_reckoned_before_the_roll_comes(owner: Api) -> None:
    rates_are("9.00")
    case = case_of(owner, recovery=INTEREST, invoices=[F1])
    told = {"amount": Decimal("1043.50"), "day": date(2026, 3, 25), "confirmed": True, "by": None}
    acompte_record(recovery_id=case.pk, **told)
    assert status(case) != Step.PAID
    rates_are("2.15")
    case_reckon(recovery_id=case.pk, by=None, source=Source.STAFF)
    assert status(case) == Step.PAID


def test_a_paid_case_that_owes_at_other_rates_owes_again(owner: Api) -> None:
    case = interest_paid(owner)
    balances_sweep()
    assert status(case) == Step.PAID
    rates_are("9.00")
    balances_sweep()
    assert CaseBalance.objects.get(pk=case.pk).due > 0
    assert status(case) == Step.PRE_LITIGATION


def test_a_case_called_paid_by_hand_stays_so_at_other_rates(owner: Api) -> None:
    case = case_of(owner, recovery=INTEREST, invoices=[F1])
    Recovery.objects.filter(pk=case.pk).update(status=Step.PAID)
    rates_are("9.00")
    balances_sweep()
    assert status(case) == Step.PAID
