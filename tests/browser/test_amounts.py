"""Amounts that people type, key by key, into a browser that speaks their language or another one."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from recoveries.models import Acompte, Recovery
from tests.backoffice import chief, page_of
from tests.browser.desk import Desk
from tests.factories import Api, case_id

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.long,
    pytest.mark.same_everywhere,
]


@pytest.mark.parametrize("locale", ["en-US", "fr-FR"])
@pytest.mark.parametrize(("typed", "stored"), [("1234,56", "1234.56"), ("1 234.5", "1234.50"), ("€ 12", "12.00")])
def test_what_is_typed_is_what_is_stored(
    desk: Callable[..., Desk], owner: Api, locale: str, typed: str, stored: str
) -> None:
    case = Recovery.objects.get(pk=case_id(owner, invoices=[{"invoice_amount": "5000.00"}]))
    window = desk(chief(language=locale[:2]), locale=locale)
    window.go(page_of(Recovery, "action", case.pk, "record-payment"))
    window.write("amount", typed)
    window.confirm()
    assert window.said()
    assert Acompte.objects.get(recovery=case).amount == Decimal(stored)


def test_an_amount_of_two_readings_stays_in_its_line_with_both(desk: Callable[..., Desk], owner: Api) -> None:
    case = Recovery.objects.get(pk=case_id(owner))
    window = desk(chief(language="fr"))
    window.go(page_of(Recovery, "action", case.pk, "record-payment"))
    window.write("amount", "1.234")
    window.press(".lc-form button[type=submit]")
    assert "« 1.234 » peut se lire de deux façons : 1234 ou 1,234." in window.text()
    assert window.run("document.querySelector('[name=amount]').value") == "1.234"
    assert not Acompte.objects.exists()
