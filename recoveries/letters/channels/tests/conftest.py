"""A firm that may write at any hour, and its debtor, who can be reached by every way."""

from typing import Any

import pytest
from django.test import Client

from recoveries.desk.tests.pages import case_of
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api
from tests.letters import FREE

DEBTOR = {
    "company_email": "debtor@example.com",
    "company_phone": "06 12 34 56 78",
    "company_address": "3 rue Haute",
    "company_postal": "69001",
    "company_city": "Lyon",
    "company_country": "France",
}


@pytest.fixture(autouse=True)
def firm(db: None, system_setting: Any) -> None:
    """What the guard refuses is proved elsewhere."""
    system_setting(**FREE, FIRM_PHONE="01 23 45 67 89")


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_of(owner, debtor=DEBTOR)
