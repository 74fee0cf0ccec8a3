"""The account of a case goes along to court: no payment is lost, no sum is demanded twice."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from law.account.decompte import Decompte
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.reads.portfolio import Question, portfolio
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.payment_record import payment_record
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, EcbRate, LegalRate, Recovery
from recoveries.services.notices import notice_enter
from tests.factories import Api, detail

pytestmark = pytest.mark.django_db

MISTAKE = Entry.Reason.MISTAKE
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture(autouse=True)
def rates(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("recoveries.desk.reads.portfolio.KEPT", 0)
    rates_load()
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def account(case: int, on: date | None = None) -> Decompte:
    return case_decompte(with_terms(Recovery.objects).get(pk=case), on=on)


def owed(case: int) -> list[tuple[Decimal, ...]]:
    """By head, on days before and after today."""
    told = [account(case, today() + timedelta(days)) for days in (-40, -1, 0, 1, 40, 300)]
    return [(*one.total, one.surplus) for one in told]


def paid(case: int, amount: str, *, days_ago: int = 30, **values: Any) -> Acompte:
    day = today() - timedelta(days_ago)
    sent = {"recovery_id": case, "amount": Decimal(amount), "day": day, "confirmed": True, "by": None, **values}
    return acompte_record(**sent)


def test_what_was_paid_is_not_asked_for_in_court(owner: Api) -> None:
    case = transferable(owner, recovery=BUSINESS, invoices=[{"invoice_amount": "10000.00"}])
    paid(case, "8000.00", reference="VIR 1")
    before = owed(case)
    copy = transferred(owner, case)
    assert owed(copy) == before
    shown = detail(owner, copy)
    assert shown["amount_torecover"] == "2000.00"
    assert [(row["amount"], row["reference"]) for row in shown["acomptes"]] == [("8000.00", "VIR 1")]


def test_an_invoice_that_payments_have_settled_does_not_go(owner: Api) -> None:
    invoices = [{"invoice_number": "F-1", "days": 100}, {"invoice_number": "F-2", "days": 90}]
    case = transferable(owner, invoices=invoices)
    paid(case, "160.00")  # 100.00 and the indemnity of F-1, then 20.00 of F-2
    before = owed(case)
    copy = transferred(owner, case)
    assert [row["invoice_number"] for row in detail(owner, copy)["invoices"]] == ["F-2"]
    assert [row["amount"] for row in detail(owner, copy)["acomptes"]] == ["20.00"]
    assert owed(copy) == before


def test_a_payment_on_an_invoice_that_stays_behind_stays_with_it(owner: Api) -> None:
    invoices = [{"invoice_number": "LIVE", "days": 100}, {"invoice_number": "FUTURE", "days": -10}]
    case = transferable(owner, invoices=invoices)
    paid(case, "30.00", days_ago=0, reference="FUTURE")
    shown = detail(owner, transferred(owner, case))
    assert (shown["acomptes"], shown["amount_torecover"]) == ([], "100.00")


def test_a_penalty_on_what_was_paid_late_stays_owed(owner: Api) -> None:
    penalty = {"recovery_penalty": True, "recovery_penalty_type": "percent", "recovery_penalty_percent": "10"}
    invoices = [{"invoice_number": "F-1", "days": 100}, {"invoice_number": "F-2", "days": 90}]
    case = transferable(owner, recovery=penalty, invoices=invoices)
    day = today() - timedelta(50)
    notice_enter(recovery_id=case, channel="registered", state="received", sent_on=day, received_on=day, by=None)
    paid(case, "140.00")
    before = owed(case)
    assert account(case).penalty == Decimal("20.00")
    assert owed(transferred(owner, case)) == before


def test_what_was_reversed_does_not_go(owner: Api) -> None:
    case = transferable(owner)
    debt = dette_record(recovery_id=case, label="Deposit", amount=Decimal(50), day=today(), by=None)
    dette_reverse(recovery_id=case, dette_id=debt.pk, reason=MISTAKE, by=None)
    acompte_reverse(recovery_id=case, acompte_id=paid(case, "10.00").pk, reason=MISTAKE, by=None)
    shown = detail(owner, transferred(owner, case))
    assert (shown["acomptes"], shown["dettes"]) == ([], [])


def test_from_the_day_of_the_transfer_the_old_case_demands_nothing(owner: Api) -> None:
    case = transferable(owner, recovery=BUSINESS)
    yesterday = account(case, today() - timedelta(1))
    copy = transferred(owner, case)
    assert account(case, today() - timedelta(1)).total == yesterday.total
    reference = Recovery.objects.get(pk=copy).recovery_reference
    for day in (today(), today() + timedelta(9)):
        told = account(case, day)
        assert (told.total.due, told.claims, told.payments) == (0, (), ())
        assert reference in str(told.warnings[0].sentence)


def test_money_is_recorded_and_reversed_where_the_claim_is(owner: Api) -> None:
    case = transferable(owner)
    payment = paid(case, "10.00")
    copy = transferred(owner, case)
    with pytest.raises(Forbidden, match="goes on as"):
        paid(case, "1.00")
    with pytest.raises(Forbidden, match="goes on as"):
        acompte_reverse(recovery_id=case, acompte_id=payment.pk, reason=MISTAKE, by=None)
    acompte_reverse(recovery_id=copy, acompte_id=Acompte.objects.get(recovery=copy).pk, reason=MISTAKE, by=None)
    assert detail(owner, copy)["amount_torecover"] == "100.00"
    assert _received() == 0


def _received() -> Decimal:
    [month] = portfolio(Question(date(2026, 10, 1), date(2026, 10, 1))).months
    return month.received


def test_a_payment_that_went_along_is_counted_once(owner: Api) -> None:
    invoices = [{"invoice_number": "F-1", "days": 100}, {"invoice_number": "F-2", "days": 90}]
    case = transferable(owner, invoices=invoices)
    paid(case, "160.00")
    assert _received() == Decimal("160.00")
    transferred(owner, case)
    assert _received() == Decimal("160.00")


def test_the_record_of_a_debtor_has_each_claim_and_payment_once(owner: Api) -> None:
    invoices = [{"invoice_number": "F-1", "days": 100}, {"invoice_number": "F-2", "days": 90}]
    case = transferable(owner, invoices=invoices)
    paid(case, "140.00", reference="F-2")
    paid(case, "5.00")
    transferred(owner, case)
    [claims] = payment_record(siren="123456789", company_id=0, owner_id=owner.user.pk, today=today()).values()
    told = sorted((claim.age_days, claim.unpaid, claim.outcome.name) for claim in claims)
    assert told == [(90, Decimal(0), "OPEN"), (100, Decimal("95.00"), "COURT")]


def test_where_no_rate_is_known_everything_goes_along(owner: Api) -> None:
    EcbRate.objects.all().delete()
    LegalRate.objects.all().delete()
    case = transferable(owner, recovery=BUSINESS)
    paid(case, "30.00")
    copy = transferred(owner, case)
    assert detail(owner, copy)["amount_torecover"] == "70.00"


TERMS = st.sampled_from(
    [
        {},
        BUSINESS,
        {**BUSINESS, "recovery_interest_rate": "yes 3"},
        {
            **BUSINESS,
            "recovery_penalty": True,
            "recovery_penalty_type": "percent",
            "recovery_penalty_percent": "12.5",
        },
    ]
)
# All of them due: what is not stays behind, and is owed there.
INVOICES = st.lists(st.tuples(st.integers(1, 200), st.integers(1, 99_999)), min_size=1, max_size=4)
PAYMENTS = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 99_999), st.integers(0, 4)), max_size=5)
DEBTS = st.lists(st.integers(1, 9_999), max_size=2)


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@example(terms={}, invoices=[(44, 1), (1, 65536)], payments=[(0, 53999, 0), (1, 1, 1)], debts=[])
@given(terms=TERMS, invoices=INVOICES, payments=PAYMENTS, debts=DEBTS)
def test_what_is_owed_is_the_same_before_and_after(
    owner: Api, terms: Any, invoices: list[tuple[int, int]], payments: list[tuple[int, int, int]], debts: list[int]
) -> None:
    oldest = {"invoice_number": "F-0", "days": 230, "invoice_amount": "500.00"}
    others = [
        {"invoice_number": f"F-{place}", "days": days, "invoice_amount": f"{cents / 100:.2f}"}
        for place, (days, cents) in enumerate(invoices, start=1)
    ]
    case = transferable(owner, recovery=terms, invoices=[oldest, *others])
    for cents in debts:
        dette_record(recovery_id=case, label="Deposit", amount=Decimal(cents) / 100, day=today(), by=None)
    for days, cents, named in payments:
        with suppress(Invalid):  # Before the invoice that it names
            paid(case, f"{cents / 100:.2f}", days_ago=days, reference=f"F-{named}")
    assume(Recovery.objects.get(pk=case).amount_torecover > 0)
    before = owed(case)
    assert owed(transferred(owner, case)) == before
