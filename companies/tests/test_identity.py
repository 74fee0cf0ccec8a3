"""Who a party is, asked of many at once."""

from datetime import date

import pytest

from companies.identity import Identity, alike
from companies.models import Company
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
BORN = date(1980, 5, 17)
MANY = 35_000  # parties: more values in all than a statement of PostgreSQL takes


def strangers() -> list[Identity]:
    return [Identity(10**9 + n, "", f"A{n}@B.EXAMPLE", f"0{n}", None) for n in range(MANY)]


@pytest.mark.parametrize(
    ("known", "named"),
    [
        ({}, {"pk": True}),
        ({"company_siren": "552100554"}, {"siren": "552100554"}),
        ({"company_email": "dupond@example.com"}, {"email": "DUPOND@EXAMPLE.COM"}),
        ({"company_phone": "0478123456, \"'"}, {"phone": "0478123456, \"'"}),
        ({"company_legalrep_birthday": BORN}, {"person": ("DUPOND", "JEAN", BORN)}),
        ({"linked_as": 7}, {"link": 7}),
    ],
    ids=["row", "siren", "email", "phone", "person", "link"],
)
def test_one_of_many_parties_is_found_by_whatever_it_is_known_by(owner: Api, known: dict, named: dict) -> None:
    case_id(owner)
    company = Company.objects.order_by("pk").first()
    assert company is not None
    Company.objects.filter(pk=company.pk).update(**known)
    one = Identity(company.pk if named.pop("pk", False) else 10**9 - 1, "", "", "", None)._replace(**named)
    assert list(Company.objects.filter(alike([*strangers(), one]))) == [company]
    assert not Company.objects.filter(alike(strangers())).exists()
