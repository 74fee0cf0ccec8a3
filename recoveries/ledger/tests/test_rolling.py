"""The roll of balances: what a passing day or another rate makes stale is reckoned anew, and nothing else."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from constance import config as system_settings
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from legalcity.celery import app
from legalcity.lib.claims import task_named
from legalcity.lib.clock import today
from recoveries.court.tests.transfers import overdue
from recoveries.ledger import rolling
from recoveries.ledger.balances import balance_of
from recoveries.ledger.gathering import told_of, with_terms
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.services import acompte_record
from recoveries.models import CaseBalance, EcbRate, Line, Posting, Recovery
from recoveries.services.notices import notice_enter
from tests.factories import Api, bare_case_id, case_id

pytestmark = pytest.mark.django_db
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture(autouse=True)
def day(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def filed(api: Api, **fields: Any) -> int:
    return case_id(api, recovery=BUSINESS, invoices=[overdue(**fields)])


def rolled() -> int:
    return int(task_named("recoveries.tasks.roll_balances").apply().get())


def kept(case: int) -> dict[str, Any]:
    return CaseBalance.objects.filter(pk=case).values().get()


def assert_exact(case: int) -> None:
    row = with_terms(Recovery.objects).get(pk=case)
    real = balance_of(row, reckoned(told_of(row).facts, today()), today())
    for name, value in kept(case).items():
        assert value == getattr(real, name), name


def test_nothing_is_rolled_on_the_day_of_the_last_change(owner: Api) -> None:
    filed(owner)
    assert rolled() == 0


def test_a_day_later_only_what_runs_is_rolled(owner: Api) -> None:
    running, future, bare = filed(owner), filed(owner, days=-10), bare_case_id(owner)
    before = {case: kept(case) for case in (running, future)}
    with time_machine.travel("2026-11-29T00:30:00+01:00", tick=False):
        assert rolled() == 1
        assert_exact(running)
        assert kept(running)["due"] > before[running]["due"]
        assert kept(future) == before[future]
        assert rolled() == 0
    assert kept(bare)["due"] == 0


def test_what_falls_due_is_rolled_on_that_day(owner: Api) -> None:
    case = filed(owner, days=-10)
    with time_machine.travel("2026-12-07T10:00:00Z", tick=False):
        assert rolled() == 0
    with time_machine.travel("2026-12-08T10:00:00Z", tick=False):
        assert rolled() == 1
        assert (kept(case)["due"], kept(case)["not_due"]) == (Decimal("100.00"), Decimal(0))
    with time_machine.travel("2026-12-09T10:00:00Z", tick=False):
        assert rolled() == 1
        assert kept(case)["indemnity"] == Decimal("40.00")


def rate(valid_from: date, percent: str) -> None:
    row, _ = EcbRate.objects.get_or_create(valid_from=valid_from, defaults={"rate_percent": 1, "source": "a test"})
    row.rate_percent = Decimal(percent)
    row.save()


def test_another_rate_makes_balances_stale_and_lays_payments_anew(owner: Api) -> None:
    case = filed(owner, invoice_amount="1000.00")
    acompte_record(recovery_id=case, amount=Decimal(100), day=today(), confirmed=True, by=None)
    before = kept(case)
    rate(date(2026, 7, 1), "5.00")
    assert rolled() == 1
    assert_exact(case)
    assert kept(case)["due"] > before["due"]
    assert [row.kind for row in Posting.objects.filter(recovery_id=case)] == ["claim", "payment", "reversal", "payment"]
    assert rolled() == 0
    EcbRate.objects.filter(valid_from=date(2026, 7, 1)).first().delete()
    assert rolled() == 1
    assert_exact(case)


def test_a_rate_that_is_changed_while_a_balance_is_rolled_makes_it_stale_again(
    owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filed(owner, invoice_amount="1000.00")
    rate(date(2026, 7, 1), "5.00")
    percents = iter(["6.00"])

    def changed_meanwhile(*asked: Any) -> Any:
        account = reckoned(*asked)
        for percent in percents:
            rate(date(2026, 7, 1), percent)
        return account

    monkeypatch.setattr(rolling, "reckoned", changed_meanwhile)
    assert rolled() == 2
    assert_exact(case)
    assert rolled() == 0


def test_a_case_that_was_paid_owes_again_at_a_higher_rate(owner: Api) -> None:
    case = filed(owner, invoice_amount="1000.00")
    acompte_record(recovery_id=case, amount=kept(case)["due"], day=today(), confirmed=True, by=None)
    assert (kept(case)["due"], kept(case)["per_day"]) == (0, 0)
    rate(date(2026, 7, 1), "5.00")
    assert rolled() == 1
    assert kept(case)["due"] > 0


def test_a_rate_that_was_missing_lets_a_payment_be_laid(owner: Api) -> None:
    EcbRate.objects.all().delete()
    case = filed(owner, invoice_amount="1000.00")
    acompte_record(recovery_id=case, amount=Decimal(100), day=today(), confirmed=True, by=None)
    assert (kept(case)["due"], kept(case)["missing_on"] is None) == (None, False)
    rate(date(2026, 7, 1), "2.40")
    assert rolled() == 1
    assert kept(case)["missing_on"] is None
    anew = Posting.objects.get(recovery_id=case, supersedes__isnull=False)
    assert set(Line.objects.filter(posting=anew).values_list("account", "head")) == {
        ("bank", ""),
        ("debtor", "interest"),
        ("debtor", "principal"),
    }


def test_a_setting_that_decides_accounts_makes_balances_stale(owner: Api) -> None:
    consumer = {"company_type": "particular", "company_legalrep_firstname": "A", "company_legalrep_lastname": "B"}
    case = case_id(owner, recovery=BUSINESS, debtor=consumer, invoices=[overdue(invoice_amount="5000.00")])
    sent = today() - timedelta(60)
    notice = {"channel": "registered", "state": "unclaimed", "sent_on": sent, "presented_on": sent}
    notice_enter(recovery_id=case, by=None, **notice)
    assert kept(case)["interest"] > 0
    system_settings.NOTICE_PRESENTATION_COUNTS = False
    assert rolled() == 1
    assert kept(case)["interest"] == 0
    assert_exact(case)


def test_a_roll_that_was_stopped_goes_on(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "AT_ONCE", 2)
    cases = [filed(owner) for _ in range(5)]
    with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
        assert len(rolling.balances_roll(stale=rolling.stale_balances(today()), day=today())) == 2
        assert rolled() == 3
        for case in cases:
            assert_exact(case)


def test_a_case_that_cannot_be_reckoned_keeps_no_other_waiting(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [filed(owner) for _ in range(3)]

    def failing(case: Recovery, *rest: Any) -> CaseBalance:
        if case.pk == cases[1]:
            raise ValueError("odd")
        return balance_of(case, *rest)

    monkeypatch.setattr(rolling, "balance_of", failing)
    with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
        assert rolled() == 2
        assert_exact(cases[2])
        assert kept(cases[1])["on"] == date(2026, 11, 28)


def test_as_many_statements_for_many_cases(owner: Api) -> None:
    def statements(day: str) -> int:
        with time_machine.travel(day, tick=False), CaptureQueriesContext(connection) as caught:
            assert rolled()
        return len(caught)

    filed(owner)
    few = statements("2026-11-29T10:00:00Z")
    for _ in range(5):
        filed(owner)
    assert statements("2026-11-30T10:00:00Z") == few


def test_the_documents_tell_how_often_and_how_much_is_rolled() -> None:
    text = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    section = text.partition("## Balances")[2].partition("\n## ")[0]
    [entry] = [one for one in app.conf.beat_schedule.values() if one["task"] == "recoveries.tasks.roll_balances"]
    told = {
        "started": "every minute",
        "rolls for": f"{rolling.ROLLS_FOR.seconds} s at most",
        "cases in one transaction": f"{rolling.AT_ONCE}",
        "cases left (not to be reckoned) until it ends": f"{rolling.AT_ONCE}",
    }
    rows = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| what")]
    assert rows == [f"| {what} | {much} |" for what, much in told.items()]
    assert str(entry["schedule"]) == "<crontab: * * * * * (m/h/dM/MY/d)>"
