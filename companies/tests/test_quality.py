"""In which quality a company deals: what its type says, what was confirmed, by whom and when."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import AuditEvent
from companies.models import Company
from law.parties import Quality
from legalcity.lib.errors import NotFound
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, followed, office_of, opened, words
from recoveries.models import Recovery
from recoveries.services.parties import party_quality_confirm
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, CompanyBody, bare_case_id, detail, file_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def _shown(owner: Api, side: str, **fields: Any) -> str:
    case = bare_case_id(owner)
    company = owner.data("POST", f"/api/recoveries/{case}/companies", CompanyBody(relation_type=side, **fields))
    assert detail(owner, case)[side]["acts_as"] == company["acts_as"]
    [listed] = owner.data("GET", f"/api/recoveries/{case}/companies")["companies"]
    assert listed["acts_as"] == company["acts_as"]
    return company["acts_as"]


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("kind", "as_creditor", "as_debtor"),
    [
        ("commercial", "professional", "professional"),
        ("freelance", "professional", "unknown"),
        ("liberal", "professional", "unknown"),
        ("particular", "consumer", "consumer"),
        ("civil", "unknown", "unknown"),
        ("association", "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_the_type_and_the_side_say_it_until_it_is_confirmed(
    kind: str | None, as_creditor: str, as_debtor: str, owner: Api
) -> None:
    assert _shown(owner, "customer", company_type=kind) == as_creditor
    assert _shown(owner, "debtor", company_type=kind) == as_debtor
    assert set(Company.objects.values_list("acts_as", "acts_as_confirmed_at")) == {("unknown", None)}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("kind", ["freelance", "liberal", "civil", "association", None])
@pytest.mark.parametrize("quality", ["professional", "consumer"])
def test_a_client_may_confirm_it(kind: str | None, quality: str, owner: Api) -> None:
    assert _shown(owner, "debtor", company_type=kind, acts_as=quality) == quality
    company = Company.objects.get()
    assert (company.acts_as, company.acts_as_confirmed_by) == (quality, owner.user)
    assert company.acts_as_confirmed_at is not None


def test_it_comes_with_a_complete_case_and_is_taken_back_by_unknown(owner: Api) -> None:
    case = file_case(owner, debtor={"company_type": "association", "acts_as": "professional"})["recovery"]["id"]
    debtor = detail(owner, case)["debtor"]
    assert debtor["acts_as"] == "professional"
    address = f"/api/recoveries/{case}/companies/{debtor['id']}"
    assert owner.data("PUT", address, {"company_city": "Nice"})["acts_as"] == "professional"
    assert owner.data("PUT", address, {"acts_as": "unknown"})["acts_as"] == "unknown"
    company = Company.objects.get(pk=debtor["id"])
    assert (company.acts_as_confirmed_by, company.acts_as_confirmed_at) == (None, None)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("kind", "quality", "sentence"),
    [
        ("particular", "professional", "A private person does not act as a professional."),
        ("commercial", "consumer", "A commercial company always acts as a professional."),
        ("association", "merchant", "The selected acts as is invalid."),
        ("association", 1, "The selected acts as is invalid."),
        ("association", ["professional"], "The selected acts as is invalid."),
    ],
)
def test_what_cannot_be_is_refused(kind: str, quality: Any, sentence: str, owner: Api) -> None:
    address = f"/api/recoveries/{bare_case_id(owner)}/companies"
    body = CompanyBody(relation_type="debtor", company_type=kind, acts_as=quality)
    assert owner.errors("POST", address, body) == {"acts_as": [sentence]}


def test_a_confirmed_professional_does_not_become_a_private_person_unheard(owner: Api) -> None:
    case = file_case(owner, debtor={"company_type": "freelance", "acts_as": "professional"})["recovery"]["id"]
    address = f"/api/recoveries/{case}/companies/{detail(owner, case)['debtor']['id']}"
    errors = owner.errors("PUT", address, {"company_type": "particular"})
    assert errors == {"acts_as": ["A private person does not act as a professional."]}
    shown = owner.data("PUT", address, {"company_type": "particular", "acts_as": "unknown"})
    assert shown["acts_as"] == "consumer"


def test_the_database_keeps_who_and_when_beside_it(owner: Api) -> None:
    file_case(owner, debtor={"company_type": "particular"})
    for values in ({"acts_as": "consumer"}, {"acts_as_confirmed_at": "2026-01-01T00:00Z"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Company.objects.update(**values)


def test_staff_confirm_it_and_the_company_tells_who(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_type": "freelance"})
    assert "acts as: not confirmed" in words(opened(office, case))
    said = words(followed(office, case, "confirm-quality", side="debtor", quality="professional"))
    assert "acts as: professional." in said
    company = Company.objects.get(pk=case.debtor_id)
    assert (company.acts_as, company.acts_as_confirmed_by.email) == ("professional", "chief@example.com")
    event = AuditEvent.objects.get(action="changed", object_type="companies.company")
    assert (event.before["acts_as"], event.after["acts_as"]) == ("unknown", "professional")
    page = words(office.get(page_of(Company, "change", company.pk)).content.decode())
    assert "chief@example.com" in page or str(company.acts_as_confirmed_by) in page
    assert "acts as: not confirmed" not in words(opened(office, case))


def test_only_what_is_open_is_asked(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_type": "civil"})
    assert 'value="customer"' not in act_page(office, case, "confirm-quality").content.decode()
    answer = act(office, case, "confirm-quality", side="customer", quality="professional")
    assert_refused(answer, "Select a valid choice.")
    assert "confirm-quality" not in opened(office, case_of(owner))


def test_an_accountant_does_not_confirm_it(owner: Api) -> None:
    case = case_of(owner, debtor={"company_type": "civil"})
    answer = act(office_of("accountant"), case, "confirm-quality", side="debtor", quality="professional")
    assert answer.status_code == 403
    assert Company.objects.get(pk=case.debtor_id).acts_as == "unknown"


def test_a_party_that_has_left_is_not_confirmed(owner: Api) -> None:
    case = Recovery.objects.get(pk=bare_case_id(owner))
    with pytest.raises(NotFound):
        party_quality_confirm(recovery_id=case.pk, side="debtor", quality=Quality.PROFESSIONAL, by=None)
