"""What a company must say of itself, by its type."""

from typing import Any

import pytest

from companies.models import Company
from tests.factories import Api, CompanyBody, bare_case_id

pytestmark = pytest.mark.same_everywhere

BODIES = ["commercial", "civil", "association"]
PEOPLE = ["particular", "freelance", "liberal", None]
PERSON = {"company_legalrep_firstname": "Jane", "company_legalrep_lastname": "Smith"}


@pytest.fixture
def companies(owner: Api) -> str:
    """The address of the companies of a bare case."""
    return f"/api/recoveries/{bare_case_id(owner)}/companies"


def _create(owner: Api, companies: str, **fields: Any) -> Company:
    shown = owner.data("POST", companies, {"relation_type": "debtor", **PERSON, **fields})
    return Company.objects.get(pk=shown["id"])


def _errors(owner: Api, companies: str, **fields: Any) -> dict[str, list[str]]:
    return owner.errors("POST", companies, {"relation_type": "debtor", **PERSON, **fields})


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_corporate_has_a_form_a_siren_and_a_name(kind: str, owner: Api, companies: str) -> None:
    assert _errors(owner, companies, company_type=kind) == {
        f"company_{name}": [f"The company {name.replace('_', ' ')} field is required when company type is {kind}."]
        for name in ("legal_form", "siren", "name")
    }
    company = _create(owner, companies, **CompanyBody(company_type=kind, company_name="ABC"))
    assert (company.company_legal_form, company.company_siren, company.company_name) == ("SARL", "123456789", "ABC")


@pytest.mark.parametrize("kind", PEOPLE)
def test_people_need_nothing_but_their_name(kind: str | None, owner: Api, companies: str) -> None:
    company = _create(owner, companies, company_type=kind)
    assert (company.company_type, company.person, company.company_name) == (kind, "Jane Smith", None)


@pytest.mark.parametrize("kind", PEOPLE)
def test_what_people_do_not_have_is_dropped(kind: str | None, owner: Api, companies: str) -> None:
    company = _create(owner, companies, **CompanyBody(company_type=kind))
    assert (company.company_legal_form, company.company_name) == (None, None)
    assert company.company_siren == ("123456789" if kind == "freelance" else None)


def test_a_sole_trader_may_have_a_siren_and_a_kind(owner: Api, companies: str) -> None:
    company = _create(owner, companies, company_type="freelance", company_freelance_type="artisan")
    assert (company.company_siren, company.company_freelance_type) == (None, "artisan")


@pytest.mark.parametrize("kind", [*BODIES, "particular", "liberal", None])
def test_the_kind_of_sole_trader_is_for_sole_traders(kind: str | None, owner: Api, companies: str) -> None:
    company = _create(owner, companies, **CompanyBody(company_type=kind, company_freelance_type="trader"))
    assert company.company_freelance_type is None


def test_another_quality_is_described(owner: Api, companies: str) -> None:
    sentence = "The company legalrep quality other field is required when company legalrep quality is 5."
    assert _errors(owner, companies, company_legalrep_quality=5) == {"company_legalrep_quality_other": [sentence]}
    company = _create(owner, companies, company_legalrep_quality=5, company_legalrep_quality_other="Founder")
    assert company.company_legalrep_quality_other == "Founder"


@pytest.mark.parametrize("quality", [1, 2, 3, 4, None])
def test_a_description_without_another_quality_is_dropped(quality: int | None, owner: Api, companies: str) -> None:
    company = _create(owner, companies, company_legalrep_quality=quality, company_legalrep_quality_other="Founder")
    assert (company.company_legalrep_quality, company.company_legalrep_quality_other) == (quality, None)


@pytest.mark.parametrize("form", ["SAS", "SARL", "SA", "SNC", "GIE"])
def test_documented_legal_forms_are_taken(form: str, owner: Api, companies: str) -> None:
    body = CompanyBody(company_legal_form=form)
    assert _create(owner, companies, **body).company_legal_form == form


@pytest.mark.parametrize("form", ["EURL", "sarl", "S.A.R.L."])
def test_other_legal_forms_are_refused_until_staff_add_them(
    form: str, owner: Api, companies: str, system_setting: Any
) -> None:
    errors = _errors(owner, companies, **CompanyBody(company_legal_form=form))
    assert errors == {"company_legal_form": ["The selected company legal form is invalid."]}
    system_setting(LEGAL_FORMS=f"SAS,{form}")
    assert _create(owner, companies, **CompanyBody(company_legal_form=form)).company_legal_form == form


FITTING = {"SAS": {1, 2, 5}, "SA": {1, 2, 5}, "GIE": {1, 2, 5}, "SARL": {3, 4, 5}, "SNC": {3, 4, 5}}


@pytest.mark.parametrize(("form", "quality"), [(form, quality) for form in FITTING for quality in range(1, 6)])
def test_qualities_fit_the_legal_form_only_where_staff_want_it(
    form: str, quality: int, owner: Api, companies: str, system_setting: Any
) -> None:
    body = CompanyBody(
        relation_type="debtor",
        company_legal_form=form,
        company_legalrep_quality=quality,
        **({"company_legalrep_quality_other": "Founder"} if quality == 5 else {}),
    )
    address = f"{companies}/{owner.data('POST', companies, body)['id']}"
    system_setting(INAPPLICABLE_FIELDS="reject")
    answer = owner.put(address, body)
    if quality in FITTING[form]:
        assert answer.status_code == 200
    else:
        assert answer.json()["errors"] == {
            "company_legalrep_quality": ["The selected company legalrep quality is invalid."]
        }


@pytest.mark.parametrize(
    ("siren", "real"), [("123456789", False), ("732829320", True), ("356000000", True), ("732829321", False)]
)
def test_the_check_digit_counts_only_where_staff_want_it(
    siren: str, real: bool, owner: Api, companies: str, system_setting: Any
) -> None:
    body = CompanyBody(relation_type="debtor", company_siren=siren)
    company = owner.data("POST", companies, body)
    system_setting(STRICT_SIREN=True)
    answer = owner.put(f"{companies}/{company['id']}", body)
    if real:
        assert answer.json()["data"]["company_siren"] == siren
    else:
        assert answer.json()["errors"] == {"company_siren": ["The company siren is not a valid SIREN."]}


def test_the_check_digit_of_a_siren_that_is_dropped_does_not_count(
    owner: Api, companies: str, system_setting: Any
) -> None:
    system_setting(STRICT_SIREN=True)
    assert _create(owner, companies, company_type="particular", company_siren="123456789").company_siren is None


def test_an_e_mail_is_kept_as_it_was_sent(owner: Api, companies: str) -> None:
    assert _create(owner, companies, company_email="Jane.Smith@XYZ.com").company_email == "Jane.Smith@XYZ.com"
