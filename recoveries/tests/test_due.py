"""What is owed today, in the rows of the list and in the detail."""

from datetime import timedelta
from decimal import Decimal

import pytest

from legalcity.lib.clock import today
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.services import acompte_record
from recoveries.models import CaseBalance, EcbRate, LegalRate
from tests.factories import Api, RecoveryBody, case_id, detail

pytestmark = pytest.mark.django_db


def listed(api: Api, pk: int) -> str | None:
    rows = api.data("GET", "/api/recoveries")["recoveries"]
    return next(row["due"] for row in rows if row["id"] == pk)


def test_a_payment_pays_interest_first_so_something_is_still_due(owner: Api) -> None:
    rates_load()
    day = today() - timedelta(days=100)
    body = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
    dates = {"invoice_date": (day - timedelta(days=30)).isoformat(), "invoice_due_date": day.isoformat()}
    pk = case_id(owner, recovery=body, invoices=[{**dates, "invoice_amount": "1000.00"}])
    before = Decimal(detail(owner, pk)["due"])
    assert before > 1000
    acompte_record(recovery_id=pk, amount=Decimal("1000.00"), day=today(), by=None)
    shown = detail(owner, pk)
    assert shown["amount_torecover"] == "0.00"
    assert Decimal(shown["due"]) == before - 1000
    assert listed(owner, pk) == shown["due"]


def test_what_has_not_fallen_due_is_not_due(owner: Api) -> None:
    due_on = (today() + timedelta(days=20)).isoformat()
    pk = case_id(owner, invoices=[{"invoice_date": today().isoformat(), "invoice_due_date": due_on}])
    shown = detail(owner, pk)
    assert (shown["amount_torecover"], shown["due"], listed(owner, pk)) == ("100.00", "0.00", "0.00")


def test_on_a_case_without_a_claim_nothing_is_due(owner: Api) -> None:
    pk = owner.data("POST", "/api/recoveries", RecoveryBody())["id"]
    said = owner.data("GET", f"/api/recoveries/{pk}/decompte")["total"]["due"]
    assert detail(owner, pk)["due"] == listed(owner, pk) == said == "0.00"


def test_without_a_rate_nobody_can_say(owner: Api) -> None:
    LegalRate.objects.all().delete()
    EcbRate.objects.all().delete()
    pk = case_id(owner, recovery={"recovery_late_interest": True, "recovery_interest_rate": "no"})
    assert CaseBalance.objects.get(recovery=pk).missing_on
    assert detail(owner, pk)["due"] is None is listed(owner, pk)
