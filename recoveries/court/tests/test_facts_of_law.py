"""Facts of the law as rows: what staff correct decides at once, and what is not confirmed is told where it decides."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from recoveries.court.clocks import next_deadlines_mend
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import eligibility_path, transferable, transferred
from recoveries.desk.tests.pages import words
from recoveries.legal_facts import CODES, fact, lengths
from recoveries.models import Injunction, InjunctionFee, LegalFact, Recovery
from recoveries.selectors.deadlines import deadlines_of, with_clocks
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, detail

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}
FEE = "The court fee of 33.47 EUR is still to be confirmed."


@pytest.fixture(autouse=True)
def that_day() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def corrected(office: Client, code: str, **values: Any) -> Any:
    """The answer to staff who change a fact."""
    row = LegalFact.objects.get(code=code)
    kept = {name: getattr(row, name) or "" for name in ("name", "value", "text", "article", "source")}
    return office.post(page_of(LegalFact, "change", row.pk), {**kept, **values})


def warnings(owner: Api, case: int) -> list[str]:
    return [each for each in owner.get(eligibility_path(case)).json()["data"]["warnings"] if "notice" not in each]


def service_of(case: int) -> tuple[str, str]:
    [found] = [
        one
        for one in deadlines_of(with_clocks(Recovery.objects.all()).get(pk=case), NOON.date())
        if one.kind == "service"
    ]
    return found.date.isoformat(), str(found.consequence)


def test_a_fresh_database_has_every_fact_and_the_migration_leaves_the_rows_of_staff_alone() -> None:
    assert set(LegalFact.objects.values_list("code", flat=True)) == CODES
    fill = import_module("recoveries.migrations.0024_facts_as_shipped").fill
    LegalFact.objects.filter(code="lawyer_over").update(value=12000)
    LegalFact.objects.filter(code="title_years").delete()
    for _again in range(2):
        fill(apps, None)
        assert LegalFact.objects.count() == len(CODES)
        assert LegalFact.objects.get(code="lawyer_over").value == Decimal("12000.00")


def test_a_length_that_staff_correct_moves_the_deadline(office: Client, owner: Api) -> None:
    case = transferred(owner, transferable(owner))
    procedure_record(recovery_id=case, values={"order_made_on": NOON.date()}, today=NOON.date(), by=None)
    assert service_of(case) == (
        "2027-03-01",
        "The order becomes void. The length of this time is still to be confirmed.",
    )
    assert corrected(office, "order_service_months", value="4", is_confirmed="on").status_code == 302
    assert service_of(case) == ("2027-03-30", "The order becomes void.")
    assert next_deadlines_mend() == 1
    assert office.get(page_of(Recovery, "change", case)).status_code == 200


def test_who_needs_a_lawyer_is_a_row(office: Client) -> None:
    assert fact("lawyer_over").value == 10_000
    corrected(office, "lawyer_over", value="15000", is_confirmed="on")
    assert fact("lawyer_over").value == 15_000


@pytest.mark.same_everywhere
@pytest.mark.parametrize("value", ["-1", "NaN", "1e30", "x", ""])
def test_nonsense_comes_back(office: Client, value: str) -> None:
    answer = corrected(office, "order_service_months", value=value)
    assert (answer.status_code, fact("order_service_months").value) == (200, 3)
    assert "value" in answer.context["adminform"].form.errors


def test_a_text_is_not_emptied(office: Client) -> None:
    answer = corrected(office, "justice_contribution_courts", text="")
    assert (answer.status_code, set(answer.context["adminform"].form.errors)) == (200, {"text"})


def test_the_database_refuses_it_too() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalFact.objects.filter(code="lawyer_over").update(value=-1)


@pytest.mark.parametrize("value", [None, Decimal(0), Decimal("999999999"), Decimal("2.75")])
def test_a_length_that_makes_no_sense_takes_no_page_down(office: Client, owner: Api, value: Decimal | None) -> None:
    case = transferred(owner, transferable(owner))
    procedure_record(recovery_id=case, values={"order_made_on": NOON.date()}, today=NOON.date(), by=None)
    for row in LegalFact.objects.exclude(value=None):
        row.value = value
        row.save()
    assert office.get(page_of(Recovery, "change", case)).status_code == 200
    assert owner.get(f"/api/recoveries/{case}/deadlines").status_code == 200
    assert owner.get(eligibility_path(transferable(owner))).status_code == 200


def test_a_fact_that_is_gone_is_as_shipped_and_not_confirmed() -> None:
    for row in LegalFact.objects.all():
        row.delete()
    assert lengths().service_before_reform == (6, False)


def test_facts_are_neither_added_nor_taken_away(office: Client) -> None:
    row = LegalFact.objects.get(code="lawyer_over")
    assert office.get(page_of(LegalFact, "add")).status_code == 403
    assert office.post(page_of(LegalFact, "delete", row.pk), {"post": "yes"}).status_code == 403
    page = office.get(page_of(LegalFact, "changelist")).content.decode()
    assert "deadlines of procedures" in page
    assert "nothing yet: for staff to read" in page


# What it may cost


def test_a_court_fee_that_is_not_confirmed_is_told_until_it_is(owner: Api) -> None:
    case = transferable(owner)
    assert warnings(owner, case) == [FEE]
    InjunctionFee.objects.update(is_confirmed=True)
    assert warnings(owner, case) == []


def test_the_contribution_before_the_tribunal_judiciaire_is_told_until_it_is_sure(owner: Api, office: Client) -> None:
    case = transferable(owner, debtor=PERSON)
    assert warnings(owner, case) == [
        "A contribution of 50.00 EUR may be due before the tribunal judiciaire: still to be confirmed "
        "(art. 1635 bis Q CGI)."
    ]
    corrected(office, "judicial_contribution", is_confirmed="on")
    corrected(office, "judicial_contribution_on_orders", value="0", is_confirmed="on")
    assert warnings(owner, case) == []
    corrected(office, "judicial_contribution_on_orders", value="1", is_confirmed="on")
    assert warnings(owner, case) == [
        "A contribution of 50.00 EUR is due before the tribunal judiciaire (art. 1635 bis Q CGI)."
    ]


@pytest.mark.parametrize(("amount", "is_told"), [("50000.00", False), ("50000.01", True)])
def test_the_economic_contribution_is_told_of_claims_over_its_threshold(owner: Api, amount: str, is_told: bool) -> None:
    case = transferable(owner, invoices=[{"invoice_amount": amount}])
    told = [each for each in warnings(owner, case) if "250 employees" in each]
    assert bool(told) is is_told
    assert all("Saint-Brieuc" in each and "décret n° 2024-1225" in each for each in told)


def test_the_fee_page_says_that_the_fee_is_to_be_confirmed(owner: Api, client: Client) -> None:
    transferred(owner, transferable(owner))
    page = f"/injonction/{Injunction.objects.get().key}"
    assert "reste à confirmer" in client.get(page).content.decode()
    InjunctionFee.objects.update(is_confirmed=True)
    assert "reste à confirmer" not in client.get(page).content.decode()


def test_the_case_says_whether_its_fee_is_confirmed_until_it_is_paid(owner: Api, office: Client) -> None:
    case = transferred(owner, transferable(owner))

    def told() -> tuple[bool, bool]:
        """Of the API and of the page."""
        page = words(office.get(page_of(Recovery, "change", case)).content.decode())
        return detail(owner, case)["injunction"]["fee"]["confirmed"], "to be confirmed" not in page

    assert told() == (False, False)
    Injunction.objects.update(fee_paid_on=NOON.date())
    assert told() == (True, True)
    Injunction.objects.update(fee_paid_on=None)
    InjunctionFee.objects.update(is_confirmed=True)
    assert told() == (True, True)
