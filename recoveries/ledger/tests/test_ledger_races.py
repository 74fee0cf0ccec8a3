"""Money at the same moment: two on one case never see half of each other; nothing is lost, nothing counted twice."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from legalcity.lib.clock import today
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.rolling import balances_roll, balances_roll_some
from recoveries.ledger.services import acompte_record
from recoveries.models import Acompte, CaseBalance, Line, Posting, Recovery
from tests.factories import Api, ApiUserFactory
from tests.races import at_once, statuses_at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]
MANY = 8
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture
def race_owner() -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory(email="owner@example.com"))


@pytest.fixture
def case(race_owner: Api) -> int:
    return transferable(race_owner, recovery=BUSINESS, invoices=[{"invoice_amount": "1000.00"}])


def paid(case: int, amount: str) -> Acompte | None:
    """A payment that staff record; None when that is refused."""
    values = {"amount": Decimal(amount), "day": today() - timedelta(10), "confirmed": True, "by": None}
    try:
        return acompte_record(recovery_id=case, **values)
    except (Forbidden, Invalid, Conflict):
        return None


def assert_exact(*cases: int) -> None:
    """Records, ledger, lines and balance tell the same, and all lines add up."""
    for case in cases:
        assert ledger_check(recovery_id=case, repair=False)[0] == frozenset()
    sums = Line.objects.aggregate(Sum("debit"), Sum("credit"))
    assert sums["debit__sum"] == sums["credit__sum"]


def received(case: int) -> Decimal:
    told = case_decompte(with_terms(Recovery.objects).get(pk=case)).payments
    return sum((row.payment.amount for row in told if not row.is_reversed), Decimal(0))


def test_payments_of_several_on_one_case_all_count_once(case: int) -> None:
    at_once(MANY, lambda number: paid(case, f"{10 + number}.00"))
    assert received(case) == sum(range(10, 10 + MANY))
    assert Acompte.objects.filter(recovery=case).count() == MANY
    assert_exact(case)


def test_a_payment_is_reversed_by_one_of_many(case: int) -> None:
    payment = paid(case, "100.00")
    assert payment

    def reverse(_number: int) -> bool:
        try:
            acompte_reverse(recovery_id=case, acompte_id=payment.pk, reason=Entry.Reason.MISTAKE, by=None)
        except Forbidden:
            return False
        return True

    assert Counter(at_once(MANY, reverse)) == {True: 1, False: MANY - 1}
    assert Posting.objects.filter(recovery=case, kind="reversal").count() == 1
    assert received(case) == 0
    assert_exact(case)


def test_recording_and_reversing_follow_one_another(case: int) -> None:
    first = paid(case, "100.00")
    assert first

    def act(number: int) -> bool:
        if number % 2:
            return paid(case, f"{number}.00") is not None
        try:
            acompte_reverse(recovery_id=case, acompte_id=first.pk, reason=Entry.Reason.UNPAID, by=None)
        except Forbidden:
            return False
        return True

    answers = at_once(6, act)
    assert (sum(answers[::2]), all(answers[1::2])) == (1, True)
    assert received(case) == 1 + 3 + 5
    assert_exact(case)


def test_a_payment_during_a_transfer_is_in_one_of_both_cases_or_refused(race_owner: Api) -> None:
    cases = [transferable(race_owner, recovery=BUSINESS) for _ in range(4)]

    def act(number: int) -> Any:
        case = cases[number // 2]
        return transferred(race_owner, case) if number % 2 else paid(case, "30.00")

    answers = at_once(2 * len(cases), act)
    for case, payment, copy in zip(cases, answers[::2], answers[1::2], strict=True):
        assert received(copy) == (Decimal("30.00") if payment else 0)
        assert received(case) == 0
        assert_exact(case, copy)


def test_the_same_payment_sent_twice_at_once_is_taken_once(race_owner: Api, case: int) -> None:
    body = {"amount": "30.00", "date": (today() - timedelta(10)).isoformat(), "reference": "VIR 1"}
    path = f"/api/recoveries/{case}/payments"
    assert statuses_at_once(2, race_owner, lambda api, _number: api.post(path, body)) == {201: 1, 409: 1}
    assert received(case) == 30
    assert_exact(case)


def test_who_rolls_beside_takes_other_balances(race_owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoveries.ledger.rolling.AT_ONCE", 2)
    cases = {transferable(race_owner, recovery=BUSINESS) for _ in range(6)}
    day = today() + timedelta(1)

    def roll(_number: int) -> set[int]:
        done: set[int] = set()
        while (found := balances_roll_some(day=day))[0]:
            stale, rolled = found
            assert stale == rolled  # None that another one has locked
            done |= rolled
        return done

    assert set.union(*at_once(3, roll)) == cases


def test_balances_are_rolled_once_by_several(race_owner: Api) -> None:
    cases = [transferable(race_owner, recovery=BUSINESS) for _ in range(6)]
    day = today() + timedelta(1)
    stale = dict(CaseBalance.objects.values_list("pk", "terms"))
    rolled = at_once(3, lambda _number: balances_roll(stale=stale, day=day))
    assert set.union(*rolled) == set(cases)
    assert set(CaseBalance.objects.values_list("on", flat=True)) == {day}


def test_the_roll_does_not_wait_for_who_works_on_a_case(case: int) -> None:
    stale = dict(CaseBalance.objects.values_list("pk", "terms"))
    with transaction.atomic():
        Recovery.objects.select_for_update(of=("self",)).get(pk=case)
        assert at_once(1, lambda _number: balances_roll(stale=stale, day=today() + timedelta(1))) == [set()]


@pytest.mark.parametrize("table", ["recoveries_posting", "recoveries_line"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id + 1000000", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_what_was_posted(case: int, table: str, verb: str) -> None:
    paid(case, "30.00")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


def test_the_database_refuses_lines_that_do_not_add_up(case: int) -> None:
    posting = Posting.objects.filter(recovery=case).first()
    with pytest.raises(DatabaseError, match="do not balance"), transaction.atomic():
        Line.objects.bulk_create(
            [
                Line(posting=posting, account="bank", debit=Decimal("10.00")),
                Line(posting=posting, account="debtor", head="principal", credit=Decimal("9.99")),
            ]
        )
