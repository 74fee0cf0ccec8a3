"""Addresses that fill in a form: what no column could hold is left out."""

import pytest

from accounts.models import User
from invoicing.models import BillingClient, FirmInvoice
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", ["zzz", "%00", "9" * 40, "%FF,,", "", "1"])
@pytest.mark.parametrize(("model", "column"), [(FirmInvoice, "client"), (BillingClient, "billing_address")])
def test_an_odd_value_leaves_the_form_empty(model: type, column: str, value: str) -> None:
    assert browser_of(chief()).get(f"{page_of(model, 'add')}?{column}={value}").status_code == 200


@pytest.mark.parametrize("query", ["nosuch=1", "created_at__year=99999", "id__exact=zzz"])
@pytest.mark.parametrize("model", [User, Recovery])
def test_an_odd_filter_is_told_on_a_page_of_ours(model: type, query: str) -> None:
    answer = browser_of(chief()).get(f"{page_of(model, 'changelist')}?{query}", follow=True)
    page = answer.content.decode()
    assert answer.status_code in (200, 400)
    assert "LegalCity" in page
