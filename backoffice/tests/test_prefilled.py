"""Addresses that fill in a form: what no column could hold is left out."""

import pytest

from invoicing.models import BillingClient, FirmInvoice
from tests.backoffice import browser_of, chief, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", ["zzz", "%00", "9" * 40, "%FF,,", "", "1"])
@pytest.mark.parametrize(("model", "column"), [(FirmInvoice, "client"), (BillingClient, "billing_address")])
def test_an_odd_value_leaves_the_form_empty(model: type, column: str, value: str) -> None:
    assert browser_of(chief()).get(f"{page_of(model, 'add')}?{column}={value}").status_code == 200
