"""How many statements money costs: as many on a case of hundreds of invoices and payments as on a small one."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.models import Invoice
from legalcity.lib.clock import today
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.ledger.beginning import cases_begin
from recoveries.ledger.models import Entry
from recoveries.ledger.rate_book import rate_book
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.legal_facts import facts_book
from recoveries.models import Acompte
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db
DECOMPTE = 8  # with token and user
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
DAY = date(2025, 1, 1)


@pytest.fixture(autouse=True)
def kept_reads(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps is read before the counting and does not grow old in the middle of it."""
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", 3600.0)
    assert all((live.MAX_PAGE_SIZE, catalogue.entries, facts_book.value, rate_book.value))


def filed(api: Api, *, invoices: int, payments: int) -> int:
    """A case of so many more invoices and payments; the payments are small, so that no late one is laid anew."""
    case = case_id(api, recovery={"recovery_late_interest": True, "recovery_interest_rate": "no"})
    of_case = {"recovery_id": case, "owner_id": api.user.pk}
    Invoice.objects.bulk_create(
        Invoice(**of_case, invoice_number=f"M-{n}", invoice_date=DAY + timedelta(n % 300), invoice_amount=1000)
        for n in range(invoices)
    )
    Acompte.objects.bulk_create(
        Acompte(**of_case, amount=10, date=DAY + timedelta(300 + n), reference=f"P-{n}") for n in range(payments)
    )
    cases_begin(ids=[case])
    return case


def statements(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        call()
    return len([query["sql"] for query in caught if not query["sql"].startswith(TRANSACTION)])


def test_a_decompte_costs_the_same_for_any_case(owner: Api) -> None:
    small, large = filed(owner, invoices=1, payments=1), filed(owner, invoices=500, payments=50)
    for query in ("", f"?known_on={today()}"):
        paths = [f"/api/recoveries/{case}/decompte{query}" for case in (small, large)]
        few, many = (statements(lambda path=path: owner.data("GET", path)) for path in paths)
        assert many == few <= DECOMPTE


def test_recording_and_reversing_cost_the_same_on_any_case(owner: Api) -> None:
    def recorded(case: int) -> tuple[int, int]:
        values = {
            "amount": Decimal("10.00"),
            "day": date(2026, 3, 1),
            "reference": "NEW",
            "confirmed": True,
            "by": None,
        }
        found: list[Acompte] = []
        one = statements(lambda: found.append(acompte_record(recovery_id=case, **values)))
        back = {"acompte_id": found[0].pk, "reason": Entry.Reason.MISTAKE, "by": None}
        return one, statements(lambda: acompte_reverse(recovery_id=case, **back))

    small, large = filed(owner, invoices=1, payments=1), filed(owner, invoices=60, payments=50)
    for case in (small, large):
        recorded(case)  # The first time a case's next deadline may change with its ledger
    assert recorded(large) == recorded(small)
