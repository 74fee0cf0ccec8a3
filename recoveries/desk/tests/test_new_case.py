"""A case that staff open by hand."""

from typing import Any

import pytest
from constance import config as system_settings
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from companies.models import Company
from events.models import Event
from recoveries.desk.tests.pages import case_of, office_of, person, words
from recoveries.models import Recovery
from tests.backoffice import browser_of
from tests.factories import Api

pytestmark = pytest.mark.django_db

CREDITOR = {
    "customer-company_type": "commercial",
    "customer-company_legal_form": "SARL",
    "customer-company_siren": "732 829 320",
    "customer-company_name": "Peintures Martin",
    "customer-company_legalrep_firstname": "Claire",
    "customer-company_legalrep_lastname": "Martin",
}
DEBTOR = {
    "debtor-company_type": "particular",
    "debtor-company_legalrep_firstname": "Théo",
    "debtor-company_legalrep_lastname": "Lefèvre",
    "debtor-company_email": "theo@example.com",
}
CASE = {
    **CREDITOR,
    **DEBTOR,
    "recovery-recovery_service_object": "Travaux de peinture",
    "recovery-recovery_late_interest": "on",
    "recovery-recovery_interest_rate": "yes",
    "recovery-recovery_interest_rate_percent": "7,5",
    "recovery-external_id": "ERP-1",
    "rows": "3",
    "invoice-0-invoice_number": "F-1",
    "invoice-0-invoice_date": "01/02/2026",
    "invoice-0-invoice_due_date": "03/03/2026",
    "invoice-0-invoice_amount": "1 234,56",
    "invoice-2-invoice_number": "F-2",
    "invoice-2-invoice_date": "2026-01-05",
    "invoice-2-invoice_amount": "65,44 €",
    "mine": "1",
}


def form_of(browser: Client, owner: Api, query: str = "") -> Any:
    answer = browser.get(f"{reverse('case-open')}?client={owner.user.pk}{query}")
    assert answer.status_code == 200
    return answer


def sent(browser: Client, owner: Api, do: str = "open", **changed: Any) -> Any:
    token = form_of(browser, owner).context["token"]
    data = {**CASE, **{name.replace("__", "-"): value for name, value in changed.items()}}
    return browser.post(reverse("case-open"), {"form_token": token, "client": owner.user.pk, "do": do, **data})


@pytest.fixture
def handler() -> Any:
    return person("handler")


def test_a_case_is_opened_as_the_api_opens_it(owner: Api, handler: Any) -> None:
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    answer = sent(browser_of(handler), owner)
    case = Recovery.objects.get()
    assert answer["Location"] == reverse("admin:recoveries_recovery_change", args=[case.pk])
    assert (case.owner_id, case.user_id, case.external_id) == (owner.user.pk, handler.pk, "ERP-1")
    assert (case.amount, case.invoices_count, f"{case.recovery_due_date}") == (1300, 2, "2026-01-05")
    assert f"{case.recovery_interest_rate_percent}" == "7.50"
    assert case.customer
    assert case.customer.company_siren == "732829320"
    told = Event.objects.filter(pk__gt=last).order_by("pk")
    assert [(event.type, event.door, event.actor_id) for event in told] == [
        ("recovery.created", "backoffice", handler.pk),
        ("recovery.assigned", "backoffice", handler.pk),
    ]
    assert AuditEvent.objects.get(action="case_opened").object_id == str(case.pk)
    detail = owner.data("GET", f"/api/recoveries/{case.pk}")
    assert detail["recovery_reference"] == case.recovery_reference


def test_a_second_press_leads_to_the_case_of_the_first(owner: Api, handler: Any) -> None:
    browser = browser_of(handler)
    token = form_of(browser, owner).context["token"]
    data = {**CASE, "form_token": token, "client": owner.user.pk, "do": "open"}
    first, second = (browser.post(reverse("case-open"), data) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert Recovery.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"debtor__company_legalrep_lastname": ""}, "The debtor legal representative last name is required."),
        ({"customer__company_siren": "732829321"}, "The company siren is not a valid SIREN."),
        ({"invoice__2__invoice_amount": "1.234"}, "1.234"),
        ({"invoice__2__invoice_number": "F-1"}, "The invoice number field has a duplicate value."),
        ({"recovery__recovery_interest_rate_percent": "101"}, "The interest rate must be between 0 and 100."),
        ({"debtor__company_email": "a\0@example.com"}, "Null characters are not allowed."),
        ({"recovery__recovery_late_interest": "on", "recovery__recovery_interest_rate": "huge"}, "is invalid"),
        ({"invoice__0__invoice_date": "31/02/2026"}, "invoice date"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    owner: Api, handler: Any, changed: dict[str, str], sentence: str
) -> None:
    answer = sent(browser_of(handler), owner, **changed)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert sentence in words(page)
    assert 'class="errorlist"' in page
    assert "Peintures Martin" in page
    assert not Recovery.objects.exists()
    assert not Company.objects.exists()


def test_a_reference_that_is_taken_is_said_beside_it(owner: Api, handler: Any) -> None:
    case_of(owner, recovery={"assign_to_me": False, "external_id": "ERP-1"})
    answer = sent(browser_of(handler), owner)
    assert answer.context["form"].parts["recovery"].errors["external_id"]
    assert Recovery.objects.count() == 1


def test_known_invoices_are_asked_about(owner: Api, handler: Any) -> None:
    case = case_of(owner, invoices=[{"invoice_number": "F-1"}])
    browser = browser_of(handler)
    assert f"The invoice F-1 stands in the case {case.recovery_reference}." in words(
        sent(browser, owner).content.decode()
    )
    assert Recovery.objects.count() == 1
    assert sent(browser, owner, despite="1").status_code == 302


def test_rows_are_added_and_what_was_typed_is_kept(owner: Api, handler: Any) -> None:
    answer = sent(browser_of(handler), owner, do="rows")
    form = answer.context["form"]
    assert len(form.invoices) == 8
    assert form.invoices[2]["invoice_number"].value() == "F-2"
    huge = sent(browser_of(handler), owner, do="rows", rows="99999999999")
    assert len(huge.context["form"].invoices) <= 150


def test_the_clients_own_debtors_are_proposed_and_no_others(owner: Api, stranger: Api, handler: Any) -> None:
    known = {"company_name": "Hôtel des Remparts", "company_siren": "732829320", "company_phone": "06 12 34 56 78"}
    own, other = case_of(owner, debtor=known), case_of(stranger, debtor=known)
    browser = browser_of(handler)
    for text in ("remparts", "732 829 320", "+33612345678"):
        query = {"client": owner.user.pk, "known": text}
        page = browser.get(reverse("case-open-debtors"), query).content.decode()
        assert f'value="debtor-{own.debtor_id}"' in page
        assert f'value="debtor-{other.debtor_id}"' not in page
    taken = sent(browser, owner, do=f"debtor-{own.debtor_id}").context["form"]
    assert taken.parts["debtor"]["company_name"].value() == "Hôtel des Remparts"
    assert taken.parts["recovery"]["external_id"].value() == "ERP-1"
    refused = sent(browser, owner, do=f"debtor-{other.debtor_id}").context["form"]
    assert refused.parts["debtor"]["company_legalrep_lastname"].value() == "Lefèvre"
    linked = form_of(browser, owner, f"&debtor={other.debtor_id}").context["form"]
    assert linked.parts["debtor"]["company_name"].value() is None


def test_the_debtors_of_other_handlers_are_not_proposed(owner: Api, handler: Any) -> None:
    case = case_of(owner, debtor={"company_name": "Hôtel des Remparts"})
    Recovery.objects.filter(pk=case.pk).update(user=person("handler", email="other@example.com"))
    page = browser_of(handler).get(reverse("case-open-debtors"), {"client": owner.user.pk, "known": "remparts"})
    assert "Remparts" not in page.content.decode()


def test_the_client_is_found_by_name_and_the_creditor_is_that_of_the_latest_case(owner: Api, handler: Any) -> None:
    case = case_of(owner)
    browser = browser_of(handler)
    page = browser.get(reverse("case-open"), {"name": owner.user.email}).content.decode()
    assert f"?client={owner.user.pk}" in page
    form = form_of(browser, owner).context["form"]
    assert case.customer
    assert form.parts["customer"]["company_name"].value() == case.customer.company_name


@pytest.mark.parametrize("role", ["accountant", "auditor"])
def test_who_may_not_open_cases(role: str, owner: Api) -> None:
    browser = office_of(role)
    for address in (reverse("case-open"), reverse("case-open-debtors")):
        assert browser.get(address).status_code == 403
    assert browser.post(reverse("case-open"), {"client": owner.user.pk}).status_code == 403


@pytest.mark.parametrize("client", ["", "0", "x", "99999999999999999999", "\0"])
def test_a_client_that_is_none(client: str, handler: Any) -> None:
    browser = browser_of(handler)
    assert browser.get(reverse("case-open"), {"client": client}).status_code == 200
    assert browser.post(reverse("case-open"), {"client": client, "do": "open", **CASE}).status_code == 200
    assert not Recovery.objects.exists()


def test_what_does_not_apply_follows_the_setting(owner: Api, handler: Any) -> None:
    system_settings.INAPPLICABLE_FIELDS = "reject"
    answer = sent(browser_of(handler), owner, debtor__company_siren="732829320")
    assert answer.context["form"].parts["debtor"].errors["company_siren"]
