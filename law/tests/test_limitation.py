"""Until when a claim may be asked for: where the time starts, what interrupts it, what only may."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.deadlines import Kind, next_deadlines
from law.limitation import (
    BUSINESS,
    CONSUMER,
    CONSUMER_CREDIT,
    LastDays,
    Starts,
    is_interrupted,
    last_days,
    limitation_deadlines,
    most_pressing,
    starts_of,
)
from law.tests.lengths import KeyDates

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("performed", "issued", "due", "starts"),
    [
        ("2024-01-10", "2024-02-01", "2024-03-01", ["2024-01-10", "2024-01-10"]),
        ("2024-06-10", "2024-02-01", "2024-03-01", ["2024-06-10", "2024-06-10"]),  # paid in advance: known is known
        (None, "2024-02-01", "2024-03-01", ["2024-02-01", "2024-03-01"]),
        (None, None, "2024-03-01", ["2024-03-01", "2024-03-01"]),
        (None, "2024-02-01", None, ["2024-02-01", "2024-02-01"]),
        (None, None, None, None),
    ],
)
def test_the_time_starts_with_the_performance_or_on_one_of_two_doubtful_days(
    performed: str | None, issued: str | None, due: str | None, starts: list[str] | None
) -> None:
    known = {"performed": performed, "issued": issued, "due": due}
    found = starts_of(**{name: day(text) if text else None for name, text in known.items()})
    assert found == (Starts(*map(day, starts)) if starts else None)


def test_a_due_date_that_may_be_the_start_is_doubt_and_no_bar() -> None:
    """A consumer's invoice of 15/11/2024, due on 15/12/2024, on 28/11/2026: performed nobody knows when."""
    today, starts = day("2026-11-28"), Starts(day("2024-11-15"), day("2024-12-15"))
    until = last_days(starts, CONSUMER)
    assert (until.earliest, until.latest) == (day("2026-11-15"), day("2026-12-15"))
    assert (until.is_barred(today), until.is_doubtful(today)) == (False, True)
    assert until.is_barred(day("2026-12-16"))
    shown = {on: len(limitation_deadlines(until, CONSUMER, day(on))) for on in ("2026-11-15", "2026-11-28")}
    assert shown == {"2026-11-15": 1, "2026-11-28": 2}, "the one to act by, until it is past"


def only(text: str) -> Starts:
    """A start that is known."""
    return Starts(day(text), day(text))


def test_a_payment_gives_a_second_day_and_an_acknowledgement_moves_both() -> None:
    start, paid, told = only("2024-01-15"), (day("2025-03-10"),), (day("2025-06-01"),)
    assert last_days(start, CONSUMER) == LastDays(day("2026-01-15"), day("2026-01-15"), is_paid=False)
    assert last_days(start, CONSUMER, payments=paid) == LastDays(day("2026-01-15"), day("2027-03-10"))
    assert last_days(start, CONSUMER, acknowledged=told) == LastDays(
        day("2027-06-01"), day("2027-06-01"), is_paid=False
    )
    assert last_days(start, CONSUMER_CREDIT, payments=paid, acknowledged=told).latest == day("2026-01-15")


def test_a_claim_is_barred_once_both_days_are_past_and_doubtful_between_them() -> None:
    until = LastDays(day("2026-01-15"), day("2027-03-10"))
    days = [day(text) for text in ("2026-01-15", "2026-01-16", "2027-03-10", "2027-03-11")]
    assert [until.is_doubtful(each) for each in days] == [False, True, True, False]
    assert [until.is_barred(each) for each in days] == [False, False, False, True]


def test_a_weekend_prolongs_nothing() -> None:
    assert last_days(only("2024-11-21"), CONSUMER).earliest == day("2026-11-21")  # a Saturday


def test_limitation_ends_before_the_order_need_be_served() -> None:
    """Consumer claim lapsing on 03/12/2026, order made on 28/11/2026: not the first of March."""
    until = last_days(only("2024-12-03"), CONSUMER)
    clocks = [
        *next_deadlines(KeyDates(order_made=day("2026-11-28"))),
        *limitation_deadlines(until, CONSUMER, day("2026-11-28")),
    ]
    soonest = min(clocks, key=lambda clock: clock.date)
    assert (soonest.kind, soonest.date, soonest.article) == (
        Kind.LIMITATION,
        day("2026-12-03"),
        "art. L218-2 C. conso.",
    )
    assert {clock.kind: clock.date for clock in clocks}[Kind.SERVICE] == day("2027-03-01")


@pytest.mark.parametrize(
    ("dates", "interrupted"),
    [
        (KeyDates(filed=date(2026, 10, 1)), False),
        (KeyDates(filed=date(2026, 10, 1), order_made=date(2026, 11, 1)), False),
        (KeyDates(order_made=date(2026, 11, 1), served=date(2026, 11, 5)), True),
        (KeyDates(served=date(2026, 11, 5), opposed=date(2026, 11, 20)), True),
        (KeyDates(served=date(2026, 11, 5), ended=date(2026, 12, 20)), False),  # wiped out
        (KeyDates(served=date(2026, 11, 5), enforceable=date(2027, 1, 6), ended=date(2027, 2, 1)), True),
    ],
)
def test_only_service_interrupts_and_an_end_without_title_wipes_it_out(dates: Any, interrupted: bool) -> None:
    assert is_interrupted(dates) is interrupted


def test_two_days_are_two_clocks_and_one_day_is_one() -> None:
    both = limitation_deadlines(LastDays(day("2026-01-15"), day("2027-03-10")), CONSUMER, day("2025-01-01"))
    assert [(clock.kind, clock.date) for clock in both] == [
        (Kind.LIMITATION, day("2026-01-15")),
        (Kind.LIMITATION_IF_PAID, day("2027-03-10")),
    ]
    assert len(limitation_deadlines(LastDays(day("2026-01-15"), day("2026-01-15")), BUSINESS, day("2025-01-01"))) == 1


def test_what_is_lost_hides_nothing_that_can_be_saved() -> None:
    lost, live, later = (LastDays(each, each) for each in map(day, ("2025-01-15", "2027-01-15", "2028-01-15")))
    today = day("2026-11-28")
    assert most_pressing([later, lost, live], today) == live
    assert most_pressing([lost], today) == lost
    assert most_pressing([], today) is None


@settings(deadline=None)
@given(DAYS, st.lists(DAYS, max_size=3), st.lists(DAYS, max_size=3), DAYS)
def test_more_payments_never_end_the_time_sooner(
    start: date, payments: list[date], acknowledged: list[date], more: date
) -> None:
    until = last_days(Starts(start, start), CONSUMER, payments=payments, acknowledged=acknowledged)
    assert start + timedelta(days=700) < until.earliest <= until.latest
    prolonged = last_days(Starts(start, start), CONSUMER, payments=[*payments, more], acknowledged=acknowledged)
    assert prolonged.earliest == until.earliest
    assert prolonged.latest >= until.latest
