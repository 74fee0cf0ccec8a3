"""What is owed today, in the rows of the list and in the detail."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from legalcity.lib.clock import today
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.rolling import balances_sweep
from recoveries.ledger.services import acompte_record
from recoveries.models import CaseBalance, EcbRate, LegalRate
from tests.factories import Api, RecoveryBody, case_id, detail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def autumn(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def rows(api: Api) -> dict[int, Any]:
    return {row["id"]: row for row in api.data("GET", "/api/recoveries")["recoveries"]}


def listed(api: Api, pk: int) -> Any:
    return rows(api)[pk]["due"]


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


def test_after_midnight_each_figure_says_of_which_day_it_is(owner: Api) -> None:
    """The list has what is kept of yesterday until the roll has come; the detail is of today, as the account."""
    rates_load()
    dates = {"invoice_date": "2026-06-01", "invoice_due_date": "2026-07-01", "invoice_amount": "90000.00"}
    with time_machine.travel("2026-11-28T22:30:00Z", tick=False):  # 23:30 in Paris
        body = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
        pk = case_id(owner, recovery=body, invoices=[dates])
        before = detail(owner, pk)["due"]
        assert (row := rows(owner)[pk])["due"] == before
        assert (row["due_on"], detail(owner, pk)["due_on"]) == ("2026-11-28", "2026-11-28")
    with time_machine.travel("2026-11-28T23:30:00Z", tick=False):
        said = owner.data("GET", f"/api/recoveries/{pk}/decompte")["total"]["due"]
        assert Decimal(said) > Decimal(before)
        assert (rows(owner)[pk]["due"], rows(owner)[pk]["due_on"]) == (before, "2026-11-28")
        assert (detail(owner, pk)["due"], detail(owner, pk)["due_on"]) == (said, "2026-11-29")
        balances_sweep()
        assert (rows(owner)[pk]["due"], rows(owner)[pk]["due_on"]) == (said, "2026-11-29")


def test_what_no_day_changes_is_of_today(owner: Api) -> None:
    pk = case_id(owner, invoices=[{"invoice_date": "2026-11-01", "invoice_due_date": "2026-12-31"}])
    CaseBalance.objects.filter(recovery=pk).update(on=date(2026, 11, 20))
    assert rows(owner)[pk]["due_on"] == detail(owner, pk)["due_on"] == "2026-11-28"


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
    assert detail(owner, pk)["due_on"] is None is rows(owner)[pk]["due_on"]
