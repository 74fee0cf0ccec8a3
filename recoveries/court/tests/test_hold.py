"""A claim that is time-barred unless its payments prolonged the time: held until a manager takes it on."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from documents.models import Document
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.court.clocks import next_deadlines_mend
from recoveries.court.hold import hold_lift
from recoveries.court.tests.transfers import eligibility_path, transfer_path, transferred
from recoveries.court.transfer import eligibility_of
from recoveries.desk.tests.pages import act_page, assert_refused, event_of, followed, office_of, opened, words
from recoveries.ledger.acknowledgements import acknowledgement_record, acknowledgement_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acknowledgement, HoldChange, Recovery
from tests.backoffice import act
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
CONSUMER = {"company_type": "particular"}
OLD = {"invoice_date": "2024-06-01", "invoice_due_date": "2024-07-01"}
PAID_ON = date(2025, 3, 10)
RECENT = {"invoice_number": "RECENT", "invoice_date": "2026-06-01", "invoice_due_date": "2026-07-01"}


@pytest.fixture(autouse=True)
def that_day() -> Any:
    """Everything happens on that day."""
    with time_machine.travel(NOON, tick=False):
        yield


def held(owner: Api, *more: dict[str, Any]) -> Recovery:
    """A claim against a consumer whose time was over on 1 June 2026, unless a payment prolonged it."""
    case = case_id(owner, debtor=CONSUMER, invoices=[OLD, *more], recovery={"assign_to_me": False})
    acompte_record(recovery_id=case, amount=Decimal("1.00"), day=PAID_ON, by=None)
    return Recovery.objects.get(pk=case)


def codes_of(owner: Api, case: Recovery) -> str:
    return " ".join(owner.data("GET", eligibility_path(case.pk))["reasons"])


def lapses(case: int) -> str:
    assert next_deadlines_mend() == 0
    return str(Recovery.objects.get(pk=case).next_deadline)


# --- the hold --------------------------------------------------------------------------------------------------------


def test_a_doubtful_claim_goes_to_court_once_a_manager_has_lifted_the_hold(owner: Api) -> None:
    case, manager = held(owner), office_of("manager")
    assert "On hold: a claim is time-barred unless" in words(opened(manager, case))
    assert "a manager has to lift the hold (art. L218-2 C. conso., art. 2233, 2240 C. civ.)." in codes_of(owner, case)
    assert owner.post(transfer_path(case.pk)).status_code == 403
    page = words(followed(manager, case, "lift-hold", reason="Paid with a letter that recognises the debt."))
    assert "The hold is lifted: letters and the transfer go, with a warning." in page
    assert "Hold of limitation lifted Paid with a letter that recognises the debt." in page
    event = event_of(case, "lift-hold")
    assert (event.before, event.after) == ({"is_hold_lifted": False}, {"is_hold_lifted": True})
    assert event.reason == "Paid with a letter that recognises the debt."
    answer = owner.data("GET", eligibility_path(case.pk))
    assert answer["eligible"]
    assert "a manager has lifted the hold" in words(act_page(manager, case, "transfer").content.decode())
    assert transferred(owner, case.pk)


def test_a_lifted_hold_can_be_laid_on_again(owner: Api) -> None:
    case, manager = held(owner), office_of("manager")
    act(manager, case, "lift-hold", reason="Paid with a letter.")
    page = words(followed(manager, case, "restore-hold", reason="The letter was of somebody else."))
    assert "Hold of limitation laid on again The letter was of somebody else." in page
    assert owner.post(transfer_path(case.pk)).status_code == 403
    assert list(HoldChange.objects.values_list("is_lifted", flat=True)) == [True, False]


def test_a_claim_that_may_run_from_its_due_date_is_held_and_not_barred(owner: Api) -> None:
    """Two years from the invoice are past, two from its due date are not, and nobody has said when it was performed."""
    dated = {"invoice_date": "2024-11-15", "invoice_due_date": "2024-12-15"}
    case = Recovery.objects.get(pk=case_id(owner, debtor=CONSUMER, invoices=[dated], recovery={"assign_to_me": False}))
    assert lapses(case.pk) == "2026-11-15", "the day to act by"
    assert "a manager has to lift the hold" in codes_of(owner, case)
    page = words(opened(office_of("manager"), case))
    assert "On hold: a claim is time-barred unless" in page
    assert "12/15/2026" in page
    hold_lift(recovery_id=case.pk, reason="Delivered with the payment.", by=None)
    assert transferred(owner, case.pk)


@pytest.mark.parametrize("role", ["handler", "accountant", "auditor"])
def test_nobody_but_a_manager_lifts_it(owner: Api, role: str) -> None:
    case = held(owner)
    act(office_of(role, email=f"{role}@example.com"), case, "lift-hold", reason="x")
    assert not Recovery.objects.get(pk=case.pk).is_hold_lifted


def test_there_is_nothing_to_lift_where_nothing_is_in_doubt(owner: Api) -> None:
    fresh = Recovery.objects.get(pk=case_id(owner, debtor=CONSUMER, invoices=[RECENT]))
    barred = Recovery.objects.get(pk=case_id(owner, debtor=CONSUMER, invoices=[OLD]))
    for case in (fresh, barred):
        assert "Lift the hold" not in opened(office_of("manager", email=f"m{case.pk}@example.com"), case)
        with pytest.raises(Forbidden):
            hold_lift(recovery_id=case.pk, reason="x", by=None)
    assert "time-barred since" in codes_of(owner, barred)
    assert "hold" not in codes_of(owner, barred)


def test_once_both_days_are_past_a_lifted_hold_helps_no_more(owner: Api) -> None:
    case = held(owner)
    hold_lift(recovery_id=case.pk, reason="x", by=None)
    answer = eligibility_of(Recovery.objects.get(pk=case.pk), date(2027, 3, 11))
    assert [reason.code for reason in answer.reasons] == ["time_barred"]


# --- acknowledgements ------------------------------------------------------------------------------------------------


def test_an_acknowledgement_restarts_limitation_until_it_is_reversed(owner: Api) -> None:
    case = case_id(owner, debtor=CONSUMER, invoices=[OLD], recovery={"assign_to_me": False})
    recovery, clerk = Recovery.objects.get(pk=case), office_of("handler")
    document = Document.objects.create(recovery=recovery, name="letter.pdf", state="ready")
    data = {"day": "10/03/2025", "note": "Asked for three months.", "document": document.pk}
    page = words(followed(clerk, recovery, "record-acknowledgement", **data))
    assert lapses(case) == "2027-03-10"
    assert "The debtor recognised the debt on 03/10/2025, letter.pdf Asked for three months." in page
    assert "Acknowledgements of the debt 03/10/2025 Asked for three months. letter.pdf Reverse" in page
    row = Acknowledgement.objects.get()
    page = words(followed(clerk, recovery, "reverse-acknowledgement", entry=row.pk, reason="Of another debtor."))
    assert lapses(case) == "2026-06-01"
    assert "Acknowledgement of the debt reversed Of another debtor." in page
    assert "letter.pdf reversed (Of another debtor.)" in page
    with pytest.raises(Forbidden):
        acknowledgement_reverse(recovery_id=case, acknowledgement_id=row.pk, note="x", by=None)


def test_an_acknowledgement_is_of_a_day_on_which_there_was_a_claim(owner: Api) -> None:
    case = Recovery.objects.get(pk=case_id(owner, invoices=[OLD]))
    clerk = office_of("manager")
    answer = act(clerk, case, "record-acknowledgement", day="29/11/2026", note="x")
    assert_refused(answer, "This day is still to come.")
    answer = act(clerk, case, "record-acknowledgement", day="31/05/2024", note="x")
    assert_refused(answer, "This day is before the first invoice or debt of the case (01/06/2024).")
    foreign = Document.objects.create(recovery_id=case_id(owner), name="x", state="ready")
    with pytest.raises(Invalid):
        acknowledgement_record(recovery_id=case.pk, day=PAID_ON, note="x", document_id=foreign.pk, by=None)
    assert not Acknowledgement.objects.exists()


def test_what_the_debtor_recognised_goes_along_to_court(owner: Api) -> None:
    case = case_id(owner, debtor=CONSUMER, invoices=[OLD])
    document = Document.objects.create(recovery_id=case, name="letter.pdf", state="ready")
    acknowledgement_record(recovery_id=case, day=PAID_ON, note="x", document_id=document.pk, by=None)
    injunction = transferred(owner, case)
    copy = Acknowledgement.objects.get(recovery_id=injunction)
    assert copy.document is not None
    assert (copy.document.recovery_id, copy.document.name) == (injunction, "letter.pdf")
    assert lapses(injunction) == "2027-03-10"


# --- debts beside the invoices ---------------------------------------------------------------------------------------


def test_a_debt_has_a_clock_of_its_own(owner: Api) -> None:
    case = case_id(owner, debtor=CONSUMER, invoices=[RECENT])
    assert lapses(case) == "2028-06-01"
    dette_record(recovery_id=case, label="Deposit", amount=Decimal("9.00"), day=date(2025, 2, 1), by=None)
    assert lapses(case) == "2027-02-01"


def test_a_barred_debt_stays_behind_and_the_history_says_so(owner: Api) -> None:
    case = case_id(owner, debtor=CONSUMER, invoices=[RECENT])
    dette_record(recovery_id=case, label="Deposit", amount=Decimal("9.00"), day=date(2024, 2, 1), by=None)
    dette_record(recovery_id=case, label="Costs", amount=Decimal("5.00"), day=date(2026, 2, 1), by=None)
    page = words(act_page(office_of("manager"), Recovery.objects.get(pk=case), "transfer").content.decode())
    assert "Stays behind: Deposit. It has been time-barred since 2026-02-02 (art. L218-2 C. conso.)." in page
    injunction = Recovery.objects.get(pk=transferred(owner, case))
    assert list(injunction.dettes.values_list("label", flat=True)) == ["Costs"]
    assert injunction.amount == Decimal("105.00")
    assert "Deposit" in Recovery.objects.get(pk=case).status_history.latest("id").comment
