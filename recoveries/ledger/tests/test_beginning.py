"""Cases filed before there was a ledger: `migrate` posts what their records say, once, with the moments of those."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from law.account.decompte import Decompte
from legalcity.lib.clock import today
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.ledger import beginning
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.ledger.tests.before import ledgers_vanish, payments_stay_behind, recorded
from recoveries.models import Acompte, CaseBalance, Line, Posting, Recovery
from tests.factories import Api, bare_case_id, case_id, detail

pytestmark = pytest.mark.django_db
MISTAKE = Entry.Reason.MISTAKE
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
INVOICES = [
    {"invoice_number": f"F-{n}", "invoice_date": f"2026-0{n}-01", "invoice_due_date": f"2026-0{n + 1}-01"}
    for n in (2, 4)
]


@pytest.fixture(autouse=True)
def day(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def migrated() -> str:
    said = StringIO()
    call_command("migrate", verbosity=0, stdout=said)
    return said.getvalue()


def account(case: int, on: date | None = None, known_on: date | None = None) -> Decompte:
    return case_decompte(with_terms(Recovery.objects).get(pk=case), on=on, known_on=known_on)


def told(case: int) -> list[Any]:
    """All that an account says, on days before and after today."""
    accounts = [account(case, today() + timedelta(days)) for days in (-40, -1, 0, 1, 40, 300)]
    return [(one.total, one.claims, one.payments, one.not_due, one.surplus, one.per_day) for one in accounts]


def owed(case: int) -> list[tuple[Decimal, ...]]:
    return [(*one[0], one[4]) for one in told(case)]


def paid(case: int, amount: str, *, days_ago: int = 30, **values: Any) -> Acompte:
    day = today() - timedelta(days_ago)
    sent = {"recovery_id": case, "amount": Decimal(amount), "day": day, "confirmed": True, "by": None, **values}
    return acompte_record(**sent)


def balances() -> list[dict[str, Any]]:
    return list(CaseBalance.objects.order_by("pk").values())


def assert_nothing_differs() -> None:
    said = StringIO()
    call_command("check_ledger", stdout=said)
    assert said.getvalue() == "0 cases differed\n"


def kinds(case: int) -> list[str]:
    return [row.kind for row in Posting.objects.filter(recovery_id=case)]


def test_accounts_are_as_if_the_ledger_had_always_been_there(owner: Api) -> None:
    case = case_id(owner, recovery=BUSINESS, invoices=INVOICES)
    dette_record(recovery_id=case, label="Deposit", amount=Decimal(50), day=date(2026, 5, 1), by=None)
    paid(case, "120.00")
    before, kept = told(case), balances()
    ledgers_vanish()
    assert migrated() == ""
    assert (told(case), balances()) == (before, kept)
    assert_nothing_differs()


def test_each_posting_has_the_moment_of_its_record(owner: Api) -> None:
    case = case_id(owner, recovery=BUSINESS, invoices=INVOICES)
    payment = paid(case, "20.00", days_ago=100)
    moments = [datetime(2026, 8, 20, 9, tzinfo=UTC), datetime(2026, 9, 1, 9, tzinfo=UTC)]
    ledgers_vanish()
    recorded(
        Recovery.objects.get(pk=case).invoices.model, Recovery.objects.get(pk=case).invoices.first().pk, moments[0]
    )
    recorded(Recovery, case, moments[0])
    recorded(Acompte, payment.pk, moments[1])
    migrated()
    rows = Posting.objects.filter(recovery_id=case).values_list("kind", "recorded_at", "source")
    first, payment_row, second = sorted(rows, key=lambda row: row[1])
    assert first == ("claim", moments[0], "before")
    assert payment_row == ("payment", moments[1], "before")
    assert second[0] == "claim"
    on = today()
    assert [row.payment.id for row in account(case, on, date(2026, 8, 31)).payments] == []
    assert [row.payment.id for row in account(case, on, date(2026, 9, 1)).payments] == [payment.pk]


def test_a_payment_that_was_reversed_before_is_told_as_reversed(owner: Api) -> None:
    case = case_id(owner, recovery=BUSINESS, invoices=INVOICES)
    payment = paid(case, "20.00", days_ago=100)
    acompte_reverse(recovery_id=case, acompte_id=payment.pk, reason=MISTAKE, by=None)
    paid(case, "30.00")
    before = told(case)
    ledgers_vanish()
    migrated()
    assert told(case) == before
    assert sorted(kinds(case)) == ["claim", "payment", "payment", "reversal"]
    reversal = Posting.objects.get(recovery_id=case, kind="reversal")
    assert (reversal.reason, reversal.reverses.facts["payment"]["id"]) == (MISTAKE, payment.pk)
    off = Line.objects.filter(posting__in=[reversal, reversal.reverses]).aggregate(off=Sum(F("debit") - F("credit")))
    assert off["off"] == 0


def test_a_debt_that_was_reversed_before_is_not_asked_for(owner: Api) -> None:
    case = case_id(owner, invoices=INVOICES)
    debt = dette_record(recovery_id=case, label="Deposit", amount=Decimal(50), day=date(2026, 5, 1), by=None)
    dette_reverse(recovery_id=case, dette_id=debt.pk, reason=MISTAKE, by=None)
    before = owed(case)
    ledgers_vanish()
    migrated()
    assert owed(case) == before


def test_both_cases_of_a_transfer_are_told_as_they_were(owner: Api) -> None:
    case = transferable(owner, recovery=BUSINESS, invoices=[{"days": 100}, {"days": 90}, {"days": -10}])
    paid(case, "160.00")
    copy = transferred(owner, case)
    dette_record(recovery_id=copy, label="Deposit", amount=Decimal(50), day=today(), by=None)
    before, owed_before = owed(case), owed(copy)
    ledgers_vanish()
    assert migrated() == ""
    assert (owed(case), owed(copy)) == (before, owed_before)
    assert kinds(case)[-1] == "transfer_out"
    assert set(kinds(copy)) == {"transfer_in", "claim"}
    assert_nothing_differs()


def test_payments_that_an_earlier_transfer_left_behind_count_in_court(owner: Api) -> None:
    case = transferable(owner, recovery=BUSINESS, invoices=[{"invoice_amount": "10000.00"}])
    paid(case, "8000.00", reference="VIR 1")
    copy = transferred(owner, case)
    before, updated = owed(copy), Recovery.objects.get(pk=copy).updated_at
    ledgers_vanish()
    payments_stay_behind(Recovery.objects.get(pk=copy))
    old, new = (Recovery.objects.get(pk=pk).recovery_reference for pk in (case, copy))
    assert migrated() == f"{old}: 8000.00 received before it went on as {new}, now entered there too\n"
    assert owed(copy) == before
    shown = detail(owner, copy)
    assert shown["amount_torecover"] == "2000.00"
    assert [(row["amount"], row["reference"]) for row in shown["acomptes"]] == [("8000.00", "VIR 1")]
    assert Recovery.objects.get(pk=copy).updated_at == updated
    assert migrated() == ""
    assert_nothing_differs()


def test_money_that_came_to_the_old_case_after_the_transfer_is_told(owner: Api) -> None:
    case = transferable(owner)
    copy = transferred(owner, case)
    ledgers_vanish()
    Acompte.objects.create(recovery_id=case, amount=Decimal(10), date=today() + timedelta(1))
    old, new = (Recovery.objects.get(pk=pk).recovery_reference for pk in (case, copy))
    with time_machine.travel("2026-12-02T10:00:00Z", tick=False):
        assert migrated() == f"{old}: 10.00 received after it went on as {new}: stays on {old}\n"


def test_what_was_stopped_goes_on_where_it_was(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "AT_ONCE", 2)
    cases = [case_id(owner, invoices=INVOICES) for _ in range(5)]
    ledgers_vanish()
    steps = beginning.ledgers_begin()
    assert next(steps).cases == 2
    steps.close()
    ids = set(Posting.objects.values_list("pk", flat=True))
    migrated()
    assert ids < set(Posting.objects.values_list("pk", flat=True))
    assert [kinds(case) for case in cases] == [["claim"]] * 5
    everything = Posting.objects.count()
    migrated()
    assert Posting.objects.count() == everything


def test_a_case_that_cannot_be_posted_keeps_no_other_waiting(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [case_id(owner, invoices=INVOICES) for _ in range(3)]
    ledgers_vanish()
    balance_of = beginning.balance_of

    def failing(case: Recovery, *rest: Any) -> Any:
        if case.pk == cases[1]:
            raise ValueError("odd")
        return balance_of(case, *rest)

    monkeypatch.setattr(beginning, "balance_of", failing)
    assert migrated() == "1 cases could not be posted (see the log): run check_ledger\n"
    assert [kinds(case) for case in cases] == [["claim"], [], ["claim"]]


def test_a_fresh_database_costs_one_statement(owner: Api) -> None:
    migrated()
    with CaptureQueriesContext(connection) as caught:
        migrated()
    assert [query["sql"] for query in caught if "recoveries_posting" in query["sql"]] == []


def test_as_many_statements_for_a_hundred_cases(owner: Api) -> None:
    def told() -> int:
        ledgers_vanish()
        with CaptureQueriesContext(connection) as caught:
            list(beginning.ledgers_begin())
        return len(caught)

    case_id(owner, invoices=INVOICES)
    few = told()
    for _ in range(5):
        case_id(owner, invoices=INVOICES)
        bare_case_id(owner)
    assert told() == few
