"""The lists of companies, invoices and imports: looked up by what people know, and leading to their cases."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from companies.models import Company
from invoicing.models import Invoice
from recoveries.models import CaseImport, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, case_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


def found(office: Client, model: type, **query: str) -> set[int]:
    """The ids of the rows that a query leaves."""
    page = office.get(page_of(model, "changelist"), query)
    assert page.status_code == 200
    return {row.pk for row in page.context["cl"].result_list}


def test_companies_are_found_by_siren_and_name_and_lead_to_their_cases(owner: Api, office: Client) -> None:
    case = Recovery.objects.get(
        pk=case_id(owner, debtor={"company_siren": "552100554", "company_name": "Immobilière du Lac"})
    )
    case_id(owner)
    assert case.debtor_id is not None
    for term in ("552100554", "552 100 554", "immobilière du"):
        assert found(office, Company, q=term) == {case.debtor_id}
    text = office.get(page_of(Company, "changelist"), {"q": "552100554"}).content.decode()
    address = f"{page_of(Recovery, 'changelist')}?company={case.debtor_id}"
    assert address in text
    assert address in office.get(page_of(Company, "change", case.debtor_id)).content.decode()
    assert found(office, Recovery, company=str(case.debtor_id)) == {case.pk}


def test_a_wrong_check_digit_is_warned_of(owner: Api, office: Client) -> None:
    case = Recovery.objects.get(pk=case_id(owner, debtor={"company_siren": "552100554"}))
    assert case.debtor_id is not None
    assert case.customer_id is not None
    assert "check digit wrong" in office.get(page_of(Company, "change", case.customer_id)).content.decode()
    assert "check digit wrong" not in office.get(page_of(Company, "change", case.debtor_id)).content.decode()


def test_invoices_are_found_by_number_and_case_and_lead_to_it(owner: Api, office: Client) -> None:
    case = Recovery.objects.get(
        pk=case_id(
            owner,
            invoices=[
                {"invoice_number": "F-77", "invoice_part_paid": True, "invoice_part_paid_amount": "100.00"},
                {"invoice_number": "F-78", "invoice_date": "2020-01-01", "invoice_due_date": "2020-02-01"},
            ],
        )
    )
    case_id(owner)
    paid, late = Invoice.objects.filter(recovery=case).order_by("id")
    assert found(office, Invoice, q="F-7") == {paid.pk, late.pk}
    assert found(office, Invoice, q=case.recovery_reference.lower()) == {paid.pk, late.pk}
    assert found(office, Invoice, paid="yes") == {paid.pk}
    assert late.pk in found(office, Invoice, paid="overdue")
    assert paid.pk not in found(office, Invoice, paid="no")
    text = office.get(page_of(Invoice, "change", late.pk)).content.decode()
    assert page_of(Recovery, "change", case.pk) in text
    assert "days overdue" in text


def test_handlers_find_what_belongs_to_their_cases(owner: Api) -> None:
    person, other = ApiUserFactory(is_staff=True), ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="handler"))
    mine, theirs = (Recovery.objects.get(pk=case_id(owner)) for _ in range(2))
    Recovery.objects.filter(pk=mine.pk).update(user=person)
    Recovery.objects.filter(pk=theirs.pk).update(user=other)
    office = browser_of(person)
    assert found(office, Company) == {mine.debtor_id, mine.customer_id}
    assert found(office, Invoice) == set(mine.invoices.values_list("pk", flat=True))
    assert office.get(page_of(Company, "change", theirs.debtor_id)).status_code == 302
    assert office.get(page_of(CaseImport, "changelist")).status_code == 403


def test_imports_are_listed_with_the_way_to_their_report(owner: Api, office: Client) -> None:
    taken = CaseImport.objects.create(owner=owner.user, file_name="march.csv", digest="0", rows=[["case"], ["A"]])
    text = office.get(page_of(CaseImport, "changelist")).content.decode()
    assert "march.csv" in text
    assert f"/admin/recoveries/recovery/import/{taken.pk}/" in text
