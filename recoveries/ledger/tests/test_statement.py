"""The statement of account of a case: published figures to the cent, each rule."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recoveries.desk.tests.pages import case_of
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.ledger.statement import CaseStatement, case_statement
from recoveries.models import EcbRate, LegalRate, Recovery, StatusChange
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db

ROMAN = {"invoice_number": "F-1", "invoice_date": "2026-05-20", "invoice_due_date": "2026-06-20"}
INTEREST = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}


def eur(text: str) -> Decimal:
    return Decimal(text)


def told(case: Recovery, on: date) -> CaseStatement:
    return case_statement(Recovery.objects.select_related("customer", "debtor").get(pk=case.pk), on)


def case_with(
    owner: Api, *, amount: str = "10000.00", recovery: dict[str, Any] | None = None, **parts: Any
) -> Recovery:
    invoices = parts.pop("invoices", [{**ROMAN, "invoice_amount": amount}])
    return case_of(owner, recovery={"assign_to_me": False, **(recovery or INTEREST)}, invoices=invoices, **parts)


def noticed(case: Recovery, day: date) -> None:
    change = StatusChange.objects.create(recovery=case, to_status_id=4)
    StatusChange.objects.filter(pk=change.pk).update(created_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


# --- figures ---------------------------------------------------------------------------------------------------------


def test_the_worked_example_of_business_rates(owner: Api) -> None:
    """10,000.00 EUR due 20 June 2026, on 10 July: 10 days at 12.15, 10 at 12.40, and 40 EUR."""
    account = told(case_with(owner), date(2026, 7, 10))
    parts = [(part.days, part.percent, part.interest) for part in account.lines[0].account.segments]
    assert parts == [(10, eur("12.15"), eur("33.29")), (10, eur("12.40"), eur("33.97"))]
    assert (account.interest, account.indemnities, account.total) == (eur("67.26"), eur("40.00"), eur("10107.26"))


def test_a_payment_goes_to_interest_first_and_the_rest_to_principal(owner: Api) -> None:
    case = case_with(owner)
    acompte_record(recovery_id=case.pk, amount=eur("1033.29"), day=date(2026, 6, 30), by=None)
    account = told(case, date(2026, 7, 10))
    [paid] = account.lines[0].account.imputations
    assert (paid.to_interest, paid.to_principal) == (eur("33.29"), eur("1000.00"))
    assert account.principal == eur("9000.00")
    assert account.interest == eur("30.58")  # 9,000.00 × 12.40 % × 10 / 365
    assert told(case, date(2026, 6, 29)).lines[0].account.imputations == ()


def test_a_payment_goes_to_the_invoice_that_it_names_else_to_the_oldest(owner: Api) -> None:
    newer = {"invoice_number": "F-2", "invoice_date": "2026-05-21", "invoice_due_date": "2026-06-25"}
    invoices = [{**ROMAN, "invoice_amount": "100.00"}, {**newer, "invoice_amount": "100.00"}]
    case = case_with(owner, invoices=invoices, recovery={"recovery_late_interest": False})
    acompte_record(recovery_id=case.pk, amount=eur("60.00"), day=date(2026, 7, 1), reference="F-2", by=None)
    acompte_record(recovery_id=case.pk, amount=eur("30.00"), day=date(2026, 7, 1), reference="VIR 12", by=None)
    left = {line.claim.label: line.account.principal for line in told(case, date(2026, 7, 2)).lines}
    assert left == {"F-1": eur("70.00"), "F-2": eur("40.00")}


@pytest.mark.parametrize(
    ("terms", "percent"),
    [
        ({"recovery_interest_rate": "yes 3"}, ["7.86", "8.25"]),
        ({"recovery_interest_rate": "yes", "recovery_interest_rate_percent": "8"}, ["8.00", "8.25"]),
        ({"recovery_interest_rate": "yes", "recovery_interest_rate_percent": "15"}, ["15.00", "15.00"]),
    ],
)
def test_agreed_rates_are_at_least_three_times_the_legal_one(owner: Api, terms: Any, percent: list[str]) -> None:
    account = told(case_with(owner, recovery={**INTEREST, **terms}), date(2026, 7, 10))
    assert [part.percent for part in account.lines[0].account.segments] == [eur(one) for one in percent]


def test_without_a_claim_to_interest_none_runs_but_the_indemnity_is_owed(owner: Api) -> None:
    account = told(case_with(owner, recovery={"recovery_late_interest": False}), date(2026, 7, 10))
    assert (account.interest, account.indemnities) == (eur("0.00"), eur("40.00"))


def test_nothing_is_added_before_the_due_date_has_passed(owner: Api) -> None:
    case = case_with(owner)
    assert told(case, date(2026, 6, 20)).total == eur("10000.00")
    assert told(case, date(2026, 5, 19)).lines == []
    assert told(case, date(2026, 6, 21)).total == eur("10043.33")


def test_against_a_private_person_the_legal_rate_runs_from_the_formal_notice(owner: Api) -> None:
    case = case_with(owner, debtor=PERSON)
    assert told(case, date(2026, 7, 31)).total == eur("10000.00")
    noticed(case, date(2026, 7, 10))
    account = told(case, date(2026, 7, 31))
    [part] = account.lines[0].account.segments
    assert (part.first, part.days, part.percent) == (date(2026, 7, 11), 21, eur("2.75"))
    assert (account.interest, account.indemnities) == (eur("15.82"), eur("0.00"))


def test_a_private_creditor_has_the_rate_of_private_persons(owner: Api) -> None:
    case = case_with(owner, customer=PERSON)
    noticed(case, date(2026, 7, 10))
    [part] = told(case, date(2026, 7, 31)).lines[0].account.segments
    assert part.percent == eur("6.84")


@pytest.mark.parametrize(
    ("penalty", "owed"),
    [
        ({"recovery_penalty_type": "amount", "recovery_penalty_amount": "150.00"}, "150.00"),
        ({"recovery_penalty_type": "percent", "recovery_penalty_percent": "12.5"}, "1250.00"),
    ],
)
def test_agreed_penalties(owner: Api, penalty: dict[str, Any], owed: str) -> None:
    case = case_with(owner, recovery={"recovery_late_interest": False, "recovery_penalty": True, **penalty})
    assert told(case, date(2026, 6, 20)).penalty == 0
    account = told(case, date(2026, 6, 21))
    assert account.penalty == eur(owed)
    acompte_record(recovery_id=case.pk, amount=account.total + 7, day=date(2026, 6, 21), confirmed=True, by=None)
    assert (told(case, date(2026, 6, 21)).total, told(case, date(2026, 6, 21)).credit) == (0, 7)


def test_part_payments_and_debts(owner: Api) -> None:
    part = {**ROMAN, "invoice_amount": "10000.00", "invoice_part_paid": True, "invoice_part_paid_amount": "4000.00"}
    case = case_with(owner, invoices=[part])
    dette_record(recovery_id=case.pk, label="Deposit", amount=eur("500.00"), day=date(2026, 6, 1), by=None)
    account = told(case, date(2026, 7, 10))
    assert account.principal == eur("6500.00")
    assert account.interest == eur("40.35")  # 6,000.00: 19.97 and 20.38; the debt bears none
    assert account.indemnities == eur("40.00")


def test_one_half_year_to_come_is_reckoned_and_told(owner: Api) -> None:
    account = told(case_with(owner), date(2027, 1, 1))
    assert [str(note) for note in account.notes] == [
        "The last rate in the catalogue is that of 01/07/2026; it is carried on."
    ]


# --- what it rests on--------------------------------------------------------------------------------------------------


UNCONFIRMED = "Rates still to be confirmed with the official text: those of 01/07/2026."


def test_a_rate_that_is_not_confirmed_is_told_where_it_ran(owner: Api) -> None:
    """The legal rate of the second half of 2026 has to be compared with its text, that of the first half was."""
    case = case_with(owner, recovery={"recovery_late_interest": True, "recovery_interest_rate": "yes 3"})
    assert [str(note) for note in told(case, date(2026, 7, 10)).notes] == [UNCONFIRMED]
    assert told(case, date(2026, 6, 30)).notes == []
    for rate in LegalRate.objects.filter(valid_from=date(2026, 7, 1)):
        rate.is_confirmed = True
        rate.save()
    assert told(case, date(2026, 7, 10)).notes == []


def test_a_rate_of_the_central_bank_that_is_not_confirmed_is_told_too(owner: Api) -> None:
    case = case_with(owner)
    assert told(case, date(2026, 7, 10)).notes == []
    rate = EcbRate.objects.get(valid_from=date(2026, 7, 1))
    rate.is_confirmed = False
    rate.save()
    assert [str(note) for note in told(case, date(2026, 7, 10)).notes] == [UNCONFIRMED]


def test_whoever_sends_a_letter_is_told_what_its_figures_rest_on(office: Client, owner: Api) -> None:
    case = case_with(owner, recovery={"recovery_late_interest": True, "recovery_interest_rate": "yes 3"})
    page = office.get(page_of(Recovery, "action", case.pk, "send-reminder"))
    assert UNCONFIRMED in page.content.decode()


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def test_the_number_of_statements_does_not_grow(owner: Api) -> None:
    invoices = [{**ROMAN, "invoice_number": f"F-{n}", "invoice_amount": "10.00"} for n in range(40)]
    counts = []
    for some in (invoices[:1], invoices):
        case = case_with(owner, invoices=some)
        case = Recovery.objects.select_related("customer", "debtor").get(pk=case.pk)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            case_statement(case, date(2026, 7, 10))
        counts.append(len(caught))
    assert counts[1] <= counts[0] <= 7
