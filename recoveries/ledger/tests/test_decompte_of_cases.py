"""The account of a stored case: what it rests on, what it costs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from law.account.decompte import Decompte
from recoveries.desk.tests.pages import case_of
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.services import dette_record
from recoveries.models import EcbRate, LegalRate, Recovery
from recoveries.services.notices import notice_enter
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db

ROMAN = {"invoice_number": "F-1", "invoice_date": "2026-05-20", "invoice_due_date": "2026-06-20"}
INTEREST = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}
UNCONFIRMED = "Rates still to be confirmed with the official text: those of 01/07/2026."


def case_with(owner: Api, *, recovery: dict[str, Any] | None = None, **parts: Any) -> Recovery:
    invoices = parts.pop("invoices", [{**ROMAN, "invoice_amount": "10000.00"}])
    return case_of(owner, recovery={"assign_to_me": False, **(recovery or INTEREST)}, invoices=invoices, **parts)


def told(case: Recovery, on: date) -> Decompte:
    return case_decompte(with_terms(Recovery.objects).get(pk=case.pk), on=on)


def warned(case: Recovery, on: date) -> list[str]:
    return [str(warning.sentence) for warning in told(case, on).warnings]


def test_part_payments_and_debts(owner: Api) -> None:
    part = {**ROMAN, "invoice_amount": "10000.00", "invoice_part_paid": True, "invoice_part_paid_amount": "4000.00"}
    case = case_with(owner, invoices=[part])
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(500), day=date(2026, 6, 1), by=None)
    total = told(case, date(2026, 7, 10)).total
    # 6,000.00: 19.97 and 20.38; the debt bears none
    assert total[:3] == (Decimal("6500.00"), Decimal("40.35"), Decimal("40.00"))


def test_against_a_private_person_the_legal_rate_runs_from_the_day_after_the_notice_was_received(owner: Api) -> None:
    case = case_with(owner, debtor=PERSON)
    assert told(case, date(2026, 7, 31)).total.due == Decimal("10000.00")
    notice = {"recovery_id": case.pk, "channel": "registered", "sent_on": date(2026, 7, 8), "by": None}
    notice_enter(**notice, state="sent")
    assert told(case, date(2026, 7, 31)).total.interest == 0
    notice_enter(**notice, state="received", received_on=date(2026, 7, 10))
    account = told(case, date(2026, 7, 31))
    assert (account.claims[0].segments[0].first, account.total.interest) == (date(2026, 7, 11), Decimal("15.82"))
    assert account.total.indemnity == 0


def test_a_rate_that_is_not_confirmed_is_told_where_it_ran(owner: Api) -> None:
    """The legal rate of the second half of 2026 has to be compared with its text, that of the first half was."""
    case = case_with(owner, recovery={"recovery_late_interest": True, "recovery_interest_rate": "yes 3"})
    assert warned(case, date(2026, 7, 10)) == [UNCONFIRMED]
    assert warned(case, date(2026, 6, 30)) == []
    for rate in LegalRate.objects.filter(valid_from=date(2026, 7, 1)):
        rate.is_confirmed = True
        rate.save()
    assert warned(case, date(2026, 7, 10)) == []


def test_a_rate_of_the_central_bank_that_is_not_confirmed_is_told_too(owner: Api) -> None:
    case = case_with(owner)
    assert warned(case, date(2026, 7, 10)) == []
    rate = EcbRate.objects.get(valid_from=date(2026, 7, 1))
    rate.is_confirmed = False
    rate.save()
    assert warned(case, date(2026, 7, 10)) == [UNCONFIRMED]


def test_whoever_sends_a_letter_is_told_what_its_figures_rest_on(owner: Api) -> None:
    office: Client = browser_of(chief())
    case = case_with(owner, recovery={"recovery_late_interest": True, "recovery_interest_rate": "yes 3"})
    page = office.get(page_of(Recovery, "action", case.pk, "send-reminder"))
    assert UNCONFIRMED in page.content.decode()


def test_the_number_of_statements_does_not_grow(owner: Api) -> None:
    invoices = [{**ROMAN, "invoice_number": f"F-{n}", "invoice_amount": "10.00"} for n in range(40)]
    counts = []
    for some in (invoices[:1], invoices):
        case = with_terms(Recovery.objects).get(pk=case_with(owner, invoices=some).pk)
        with CaptureQueriesContext(connection) as caught:
            case_decompte(case, on=date(2026, 7, 10))
        counts.append(len(caught))
    assert counts[1] <= counts[0] <= 8
