"""What the audit says of payments and debts: in words, in the reader's form, with the totals before and after."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent
from recoveries.desk.tests.pages import case_of, event_of, words
from recoveries.ledger.services import acompte_record, dette_record
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ACOMPTE = "recoveries.acompte"
PAYMENT = {"amount": "1 234,50", "day": "05/01/2026", "method": "Virement", "reference": "VIR-7", "confirmed": "on"}


@pytest.fixture(autouse=True)
def that_night() -> Iterator[None]:
    """Half past midnight in Paris, which is the day before in London."""
    with time_machine.travel(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief(language="fr"))


def told(office: Client, event: AuditEvent) -> str:
    """The page of an event of the audit."""
    return words(office.get(page_of(AuditEvent, "change", event.pk)).content.decode())


def test_a_payment_is_told_with_amount_day_and_reference_and_the_totals_it_changed(owner: Api, office: Client) -> None:
    case = case_of(owner, invoices=[{"invoice_amount": "2000.00", "invoice_date": "2025-10-01"}])
    assert act(office, case, "record-payment", **PAYMENT).status_code == 302
    page = told(office, event_of(case, "record-payment"))
    assert "Enregistrer un paiement" in page
    assert "record-payment" not in page
    assert "2 juillet 2026 00:30" in page
    for fact in ("Montant, EUR 1 234,50 €", "Date 05/01/2026", "Référence du paiement VIR-7"):
        assert fact in page
    assert "Reste à recouvrer 2 000,00 € 765,50 €" in page
    added = AuditEvent.objects.get(action="added", object_type=ACOMPTE)
    for fact in ("Montant - 1 234,50 €", "Date - 05/01/2026", "Référence - VIR-7"):
        assert fact in told(office, added)


def test_a_debt_and_a_reversal_are_told_too(owner: Api, office: Client) -> None:
    case = case_of(owner)
    dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal("9.00"), day=date(2026, 1, 5), by=None)
    added = told(office, AuditEvent.objects.get(action="added", object_type="recoveries.dette"))
    assert "Montant - 9,00 €" in added
    assert "Deposit" in added
    payment = acompte_record(recovery_id=case.pk, amount=Decimal("10.00"), day=date(2026, 1, 5), by=None)
    act(office, case, "reverse-payment", entry=payment.pk, reason="rejected")
    page = told(office, event_of(case, "reverse-payment"))
    assert "Reste à recouvrer 99,00 € 109,00 €" in page
    reversal = AuditEvent.objects.get(action="added", object_id=str(payment.reversal.pk), object_type=ACOMPTE)
    assert "Motif - rejet " in told(office, reversal)
