"""What a case adds up to, after every change of its invoices, debts and payments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Recovery
from tests.factories import Api, InvoiceBody, bare_case_id, case_id, detail

DAY = date(2025, 11, 1)


def _invoices(recovery_id: int) -> str:
    return f"/api/recoveries/{recovery_id}/invoices"


def _let_change(recovery_id: int) -> None:
    """A case that was paid in between is closed: what its sums come to is asked all the same."""
    Recovery.objects.filter(pk=recovery_id).update(status_id=1)


def _add(owner: Api, recovery_id: int, amount: str, part: str | None = None) -> int:
    _let_change(recovery_id)
    body = InvoiceBody(invoice_amount=amount, invoice_part_paid=part is not None, invoice_part_paid_amount=part)
    return int(owner.data("POST", _invoices(recovery_id), body)["id"])


def _sums(owner: Api, recovery_id: int) -> tuple[str, str, int]:
    """The sums as the detail has them, after checking that the list says the same."""
    shown = detail(owner, recovery_id)
    [row] = [each for each in owner.data("GET", "/api/recoveries")["recoveries"] if each["id"] == recovery_id]
    sums = tuple(shown[key] for key in ("amount", "amount_torecover", "invoices_count"))
    assert sums == tuple(row[key] for key in ("amount", "amount_torecover", "invoices_count"))
    return sums  # type: ignore[return-value]


def test_totals_follow_each_change_of_an_invoice(owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    assert _sums(owner, recovery_id) == ("0.00", "0.00", 0)
    first = _add(owner, recovery_id, "100.10")
    assert _sums(owner, recovery_id) == ("100.10", "100.10", 1)
    second = _add(owner, recovery_id, "50.05", part="20.02")
    assert _sums(owner, recovery_id) == ("150.15", "130.13", 2)
    owner.data("PUT", f"{_invoices(recovery_id)}/{first}", {"invoice_amount": "200.00"})
    assert _sums(owner, recovery_id) == ("250.05", "230.03", 2)
    owner.data("PUT", f"{_invoices(recovery_id)}/{second}", {"invoice_part_paid": False})
    assert _sums(owner, recovery_id) == ("250.05", "250.05", 2)
    owner.data("DELETE", f"{_invoices(recovery_id)}/{first}")
    assert _sums(owner, recovery_id) == ("50.05", "50.05", 1)
    owner.data("DELETE", f"{_invoices(recovery_id)}/{second}")
    assert _sums(owner, recovery_id) == ("0.00", "0.00", 0)


def test_a_refused_change_changes_no_total(owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{"invoice_number": "A"}])
    before = _sums(owner, recovery_id)
    owner.errors("POST", _invoices(recovery_id), InvoiceBody(invoice_number="A"))
    owner.errors("POST", _invoices(recovery_id), InvoiceBody(invoice_amount="-1"))
    assert _sums(owner, recovery_id) == before


def test_debts_add_to_both_sums_and_payments_take_from_what_remains(owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{"invoice_amount": "100.00"}])
    dette_record(recovery_id=recovery_id, label="Costs", amount=Decimal("40.25"), day=DAY, by=None)
    assert _sums(owner, recovery_id) == ("140.25", "140.25", 1)
    acompte_record(recovery_id=recovery_id, amount=Decimal("60.00"), day=DAY, by=None)
    assert _sums(owner, recovery_id) == ("140.25", "80.25", 1)
    _add(owner, recovery_id, "10.00", part="4.00")
    assert _sums(owner, recovery_id) == ("150.25", "86.25", 2)


def test_what_remains_is_never_below_zero(owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{"invoice_amount": "100.00"}])
    acompte_record(recovery_id=recovery_id, amount=Decimal("100.01"), day=DAY, confirmed=True, by=None)
    assert _sums(owner, recovery_id) == ("100.00", "0.00", 1)
    # What was paid too much counts against what comes later.
    _add(owner, recovery_id, "10.00")
    assert _sums(owner, recovery_id) == ("110.00", "9.99", 2)


def test_interest_and_penalties_are_in_neither_sum(owner: Api) -> None:
    recovery_id = case_id(
        owner,
        recovery={
            "recovery_late_interest": True,
            "recovery_interest_rate": "yes 3",
            "recovery_penalty": True,
            "recovery_penalty_type": "montant",
            "recovery_penalty_amount": "500.00",
        },
        invoices=[{"invoice_amount": "100.00", "invoice_due_date": "2025-10-21"}],
    )
    with time_machine.travel(datetime.now(UTC) + timedelta(days=800)):
        owner.login()
        assert _sums(owner, recovery_id) == ("100.00", "100.00", 1)


def test_totals_of_one_case_leave_others_alone(owner: Api) -> None:
    first, second = case_id(owner), case_id(owner)
    acompte_record(recovery_id=first, amount=Decimal(30), day=DAY, by=None)
    _add(owner, first, "1.00")
    assert _sums(owner, second) == ("100.00", "100.00", 1)


def test_a_change_of_totals_moves_updated_at(owner: Api) -> None:
    recovery_id = case_id(owner)
    before = detail(owner, recovery_id)["updated_at"]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        _add(owner, recovery_id, "1.00")
    assert detail(owner, recovery_id)["updated_at"] > before


CENTS = st.integers(min_value=0, max_value=10**9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), CENTS, st.integers(0, 100)),
        st.tuples(st.just("dette"), CENTS.filter(bool), st.just(0)),
        st.tuples(st.just("acompte"), CENTS.filter(bool), st.just(0)),
        st.tuples(st.just("delete"), st.integers(0, 20), st.just(0)),
    ),
    max_size=8,
)


def _money(cents: int) -> Decimal:
    return Decimal(cents) / 100


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_sums_are_exact_whatever_happens(steps: list[tuple[str, int, int]], owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    invoices: dict[int, tuple[int, int]] = {}
    debts = payments = 0
    for kind, cents, share in steps:
        if kind == "invoice":
            part = cents * share // 100
            invoices[_add(owner, recovery_id, f"{_money(cents):.2f}", part=f"{_money(part):.2f}")] = (cents, part)
        elif kind == "dette":
            dette_record(recovery_id=recovery_id, label="Costs", amount=_money(cents), day=DAY, by=None)
            debts += cents
        elif kind == "acompte":
            acompte_record(recovery_id=recovery_id, amount=_money(cents), day=DAY, confirmed=True, by=None)
            payments += cents
        elif invoices:
            gone = sorted(invoices)[cents % len(invoices)]
            _let_change(recovery_id)
            owner.data("DELETE", f"{_invoices(recovery_id)}/{gone}")
            del invoices[gone]
    amount = debts + sum(cents for cents, _part in invoices.values())
    remains = max(0, amount - payments - sum(part for _cents, part in invoices.values()))
    shown: dict[str, Any] = detail(owner, recovery_id)
    assert shown["amount"] == f"{_money(amount):.2f}"
    assert shown["amount_torecover"] == f"{_money(remains):.2f}"
    assert shown["invoices_count"] == len(invoices)
