"""What staff read of the account of a case: the décompte of any day, its paper, the ledger."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from companies.models import Company
from recoveries.desk.tests.pages import case_of, office_of, opened, words
from recoveries.ledger.models import Entry
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.models import Acompte, EcbRate, Posting, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db
F1 = {
    "invoice_number": "F1",
    "invoice_date": "2026-02-13",
    "invoice_due_date": "2026-03-15",
    "invoice_amount": "6000.00",
}
F2 = {
    "invoice_number": "F2",
    "invoice_date": "2026-04-30",
    "invoice_due_date": "2026-05-30",
    "invoice_amount": "2400.00",
}
TERMS = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Any:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_of(owner, recovery=TERMS, invoices=[F1, F2])


def paid(case: Recovery, **values: Any) -> Acompte:
    told = {"amount": Decimal("1500.00"), "day": date(2026, 6, 10), "reference": "VIR 12", "by": None}
    return acompte_record(recovery_id=case.pk, **{**told, **values})


def account(browser: Client, case: Recovery, **days: str) -> Any:
    return browser.get(page_of(Recovery, "decompte", case.pk), days)


def ledger(browser: Client, case: Recovery, **asked: Any) -> Any:
    return browser.get(page_of(Recovery, "ledger", case.pk), asked)


# --- the décompte ----------------------------------------------------------------------------------------------------


@pytest.mark.same_everywhere
def test_the_page_explains_every_euro(office: Client, case: Recovery) -> None:
    paid(case)
    assert page_of(Recovery, "decompte", case.pk) in opened(office, case)
    page = words(account(office, case).content.decode())
    for said in ("7,073.76", "418.77", "80.00", "7,572.53", "Interest per day 2.40 €", "art. L441-10 C. com."):
        assert said in page, said
    assert "Interest from 03/16/2026 to 06/10/2026 (art. L441-10 C. com.) 87 12.15 % 6,000.00 € 173.76 €" in page
    assert "F1 (art. 1342-10, 1343-1 C. civ.) 173.76 € 1,326.24 € 0.00 € 0.00 € 1,500.00 €" in page
    assert AuditEvent.objects.filter(action="viewed", object_id=str(case.pk)).exists()


@pytest.mark.same_everywhere
def test_two_days_are_set_beside_each_other(office: Client, case: Recovery) -> None:
    paid(case)
    page = words(account(office, case, on="2026-11-28", compared="2026-06-10").content.decode())
    assert "Late interest 8.79 € 418.77 € +409.98 €" in page
    assert "Total due 7,162.55 € 7,572.53 € +409.98 €" in page


def test_what_was_known_on_a_day_is_told_as_it_was_known(case: Recovery) -> None:
    with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
        office = browser_of(chief())
        paid(case)
        now = words(account(office, case, on="2026-11-28").content.decode())
        then = words(account(office, case, on="2026-11-28", known_on="2026-11-28").content.decode())
    assert "Total due 7,572.53 €" in now
    assert "Total due 7,572.53 €" not in then


def test_a_rate_that_is_carried_on_makes_it_provisional_in_sight(office: Client, case: Recovery) -> None:
    assert "Provisional" in words(account(office, case, on="2027-02-01").content.decode())
    assert "Provisional" not in words(account(office, case).content.decode())


@pytest.mark.same_everywhere
@pytest.mark.parametrize("name", ["on", "known_on", "compared"])
@pytest.mark.parametrize("day", ["x", "2026-02-30", "1899-12-31", "9999-12-31", "\x00", "9" * 5000, "2026-01-01"])
def test_a_day_that_makes_no_sense_is_told(office: Client, case: Recovery, name: str, day: str) -> None:
    answer = account(office, case, **{name: day})
    assert answer.status_code == 200
    if not (name == "known_on" and day == "2026-01-01"):  # Nothing was known then: a case without claims.
        assert answer.context["form"].errors[name]
        assert "told" not in answer.context


def test_without_a_rate_it_says_for_which_day(office: Client, case: Recovery) -> None:
    EcbRate.objects.all().delete()
    assert "No interest rate is known for 16/03/2026" in words(account(office, case).content.decode())


@pytest.mark.same_everywhere
def test_the_paper_is_that_of_the_day_that_was_asked(office: Client, owner: Api, case: Recovery) -> None:
    address = page_of(Recovery, "decompte_paper", case.pk)
    assert f"{address}?on=2026-11-01" in account(office, case, on="2026-11-01").content.decode()
    answer = office.get(address, {"on": "2026-11-01"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == owner.get(f"/api/recoveries/{case.pk}/decompte.pdf?on=2026-11-01").content
    assert office.get(address, {"on": "x"})["Location"].endswith("/decompte/?on=x")
    refused = office.get(address, {"on": "2026-01-01"}, follow=True)
    assert "The first day of this case is 13/02/2026." in words(refused.content.decode())


def test_links_to_the_statement_of_before_go_on(office: Client, case: Recovery) -> None:
    answer = office.get(page_of(Recovery, "statement", case.pk), {"on": "2026-11-01"}, follow=True)
    assert answer.redirect_chain == [(f"{page_of(Recovery, 'decompte', case.pk)}?on=2026-11-01", 302)]


@pytest.mark.same_everywhere
def test_names_are_shown_as_text(office: Client, case: Recovery) -> None:
    Company.objects.filter(pk=case.debtor_id).update(company_name="<script>x</script>")
    paid(case, reference="<script>y</script>")
    for answer in (account(office, case), ledger(office, case)):
        assert "<script>x" not in answer.content.decode()
        assert "<script>y" not in answer.content.decode()


@pytest.mark.parametrize("page", ["decompte", "decompte_paper", "ledger"])
def test_the_case_of_another_handler_is_not_found(case: Recovery, page: str) -> None:
    Recovery.objects.filter(pk=case.pk).update(user=chief())
    address = page_of(Recovery, page, case.pk)
    assert office_of("handler").get(address).status_code == 404
    assert office_of("accountant").get(address).status_code == 200
    assert office_of("handler").get(page_of(Recovery, page, case.pk + 99)).status_code == 404
    assert Client().get(address).status_code == 302


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_tells_who_recorded_what_and_why(office: Client, case: Recovery) -> None:
    user = chief(email="eve@example.com", first_name="Eve")
    payment = paid(case, by=user)
    acompte_reverse(recovery_id=case.pk, acompte_id=payment.pk, reason=Entry.Reason.REJECTED, by=user)
    assert page_of(Recovery, "ledger", case.pk) in opened(office, case)
    page = words(ledger(office, case).content.decode())
    first, second, third = Posting.objects.filter(recovery=case).order_by("id")
    assert f"Reversal n° {third.pk}" in page
    assert f"reverses n° {second.pk}" in page
    assert f"Payment received n° {second.pk} reversed by n° {third.pk}" in page
    assert "Eve Chief · back-office" in page
    assert "rejected by the bank" in page
    assert "Debtor Late interest F1 art. 1342-10, 1343-1 C. civ. 173.76 €" in page
    assert f"Claim n° {first.pk}" in page


def test_a_payment_that_is_laid_anew_says_what_it_stands_in_place_of(office: Client, case: Recovery) -> None:
    paid(case, amount=Decimal("5000.00"), day=date(2026, 6, 20))
    before = Posting.objects.latest("id")
    paid(case)
    page = words(ledger(office, case).content.decode())
    assert f"in place of n° {before.pk}" in page
    assert "a later fact changed what it met" in page


def test_a_long_ledger_is_leafed_through(office: Client, case: Recovery) -> None:
    for number in range(51):
        paid(case, amount=Decimal("1.00"), reference=f"R{number}")
    first = ledger(office, case)
    shown = first.context["ledger"]
    older = ledger(office, case, before=shown.older).context["ledger"]
    ids = [row.posting.pk for row in (*shown.rows, *older.rows)]
    assert len(shown.rows) == 50
    assert f"?before={shown.older}" in first.content.decode()
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "9" * 5000, "\x00", "٣"])
def test_a_place_of_nobody_does_no_harm(office: Client, case: Recovery, before: str) -> None:
    assert ledger(office, case, before=before).status_code == 200


def test_what_the_pages_ask_of_the_database_does_not_grow(office: Client, owner: Api) -> None:
    for page in ("decompte", "ledger"):
        counts = []
        for some in (1, 40):
            invoices = [{**F1, "invoice_number": f"F-{number}", "invoice_amount": "10.00"} for number in range(some)]
            case = case_of(owner, recovery=TERMS, invoices=invoices)
            office.get(page_of(Recovery, page, case.pk))
            with CaptureQueriesContext(connection) as caught:
                office.get(page_of(Recovery, page, case.pk))
            counts.append(len(caught))
        assert counts[0] == counts[1] <= 14, page
