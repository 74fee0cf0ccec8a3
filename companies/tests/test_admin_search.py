"""Staff's search of companies, from outside."""

import pytest

from recoveries.desk.tests.pages import person
from tests.backoffice import browser_of
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db


def names(term: str) -> set[str]:
    """The companies that the page lists for `term`."""
    page = browser_of(person("manager")).get("/admin/companies/company/", {"q": term})
    return {company.company_name for company in page.context["cl"].result_list}


def test_one_or_two_letters_are_looked_for_where_a_word_begins(owner: Api) -> None:
    for name in ("Couverture Zinc", "Saint-Zéphyrin", "Azimut"):
        case_id(owner, debtor={"company_name": name})
    assert names("ZÉ") == {"Saint-Zéphyrin"}
    assert names("zi") == {"Couverture Zinc"}
    assert names("zim") == {"Azimut"}
