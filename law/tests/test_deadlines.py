"""The legal deadlines of a procedure, on both sides of each boundary. Dates were reckoned by hand on a calendar."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from legalcity.lib.dates import add_days, add_months

from law.deadlines import (
    Deadline,
    Kind,
    Length,
    Regime,
    distance_months,
    is_opposed_too_late,
    lawyer_needed,
    next_deadlines,
    next_working_day,
)
from law.territories import OVERSEAS
from law.tests.lengths import PUBLISHED, KeyDates
from law.vocabulary import Court, Procedure

DAYS = st.dates(date(2010, 1, 1), date(2060, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


def deadline(kind: Kind, **values: Any) -> Deadline | None:
    """The deadline of a kind, from key dates written as text."""
    texts = {name: day(value) if _is_day(value) else value for name, value in values.items()}
    found = [one for one in next_deadlines(KeyDates(**texts)) if one.kind == kind]
    assert len(found) <= 1
    return found[0] if found else None


def falls_on(kind: Kind, **values: Any) -> str | None:
    found = deadline(kind, **values)
    return found.date.isoformat() if found else None


def is_late(**values: Any) -> bool:
    return is_opposed_too_late(KeyDates(**{k: day(v) if _is_day(v) else v for k, v in values.items()}))


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4] == "-"


# Reckoning time


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-28", 1, "2026-02-28"),
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 60, "2033-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-02-28", 1, "2026-03-28"),  # not the last day of March
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_end_on_the_same_day_number_or_the_last_day(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


def test_the_last_day_of_all_is_the_end() -> None:
    assert add_months(day("9999-11-30"), 2) == add_months(date.max, 60) == date.max
    assert add_days(day("9999-12-30"), 1) == add_days(day("9999-12-30"), 2) == add_days(date.max, 9**9) == date.max
    assert falls_on(Kind.SERVICE, order_made="9999-12-31") == "9999-12-31"


@settings(deadline=None)
@given(DAYS, st.integers(0, 120))
def test_months_never_skip_one(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@settings(deadline=None)
@given(DAYS, DAYS, st.integers(0, 24))
def test_a_later_start_never_ends_earlier(one: date, other: date, months: int) -> None:
    earlier, later = sorted((one, other))
    assert next_working_day(add_months(earlier, months)) <= next_working_day(add_months(later, months))


@pytest.mark.parametrize(
    ("ends", "moved"),
    [
        ("2026-11-13", "2026-11-13"),  # Friday
        ("2026-11-14", "2026-11-16"),  # Saturday
        ("2026-11-15", "2026-11-16"),  # Sunday
        ("2026-11-16", "2026-11-16"),  # Monday
        ("2026-11-11", "2026-11-12"),  # Armistice, a Wednesday
        ("2026-05-01", "2026-05-04"),  # 1 May, a Friday
        ("2026-04-06", "2026-04-07"),  # Easter Monday
        ("2026-05-14", "2026-05-15"),  # Ascension: the bridge day counts
        ("2026-05-25", "2026-05-26"),  # Whit Monday
        ("2026-07-14", "2026-07-15"),
        ("2026-12-25", "2026-12-28"),
        ("2027-01-01", "2027-01-04"),
        ("2026-04-03", "2026-04-03"),  # Good Friday
        ("2025-12-26", "2025-12-26"),  # Saint Stephen
    ],
)
def test_a_day_off_moves_to_the_next_working_day(ends: str, moved: str) -> None:
    assert next_working_day(day(ends)) == day(moved)


@pytest.mark.parametrize("year", range(2009, 2061))
def test_the_days_off_are_the_eleven_of_the_labour_code(year: int) -> None:
    easter = _easter(year)
    legal = {date(year, m, d) for m, d in ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))}
    legal |= {easter + timedelta(days=days) for days in (1, 39, 50)}
    first = date(year, 1, 1)
    weekdays = [one for n in range(366) if (one := first + timedelta(days=n)).year == year and one.weekday() < 5]
    assert {one for one in weekdays if next_working_day(one) != one} == {one for one in legal if one.weekday() < 5}


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    ell = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, rest = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, rest + 1)


@pytest.mark.parametrize(
    ("court", "debtor", "months"),
    [
        ("FR", "FR", 0),
        *(("FR", code, 1) for code in sorted(OVERSEAS)),
        ("FR", "DE", 2),
        ("FR", "MC", 2),
        ("RE", "RE", 0),
        ("RE", "FR", 1),
        ("RE", "GP", 1),
        ("RE", "NC", 1),
        ("RE", "MU", 2),
        ("GP", "MF", 1),
    ],
)
def test_distance(court: str, debtor: str, months: int) -> None:
    assert distance_months(court, debtor) == months


@pytest.mark.parametrize("court", ["NC", "PF", "TF", "DE"])
def test_no_court_under_this_code_sits_there(court: str) -> None:
    with pytest.raises(ValueError, match=court):
        distance_months(court, "FR")


# Service of the order


@pytest.mark.parametrize(
    ("made", "last", "regime"),
    [
        ("2026-08-31", "2027-03-01", Regime.BEFORE_REFORM),  # six months: 28 February, a Sunday
        ("2026-09-01", "2026-12-01", Regime.SINCE_REFORM),  # three months
        ("2026-03-31", "2026-09-30", Regime.BEFORE_REFORM),
        ("2026-02-14", "2026-08-14", Regime.BEFORE_REFORM),
        ("2026-02-15", "2026-08-17", Regime.BEFORE_REFORM),  # Assumption, a Saturday
        ("2026-01-14", "2026-07-15", Regime.BEFORE_REFORM),
        ("2025-11-01", "2026-05-04", Regime.BEFORE_REFORM),
        ("2023-08-31", "2024-02-29", Regime.BEFORE_REFORM),
        ("2026-09-25", "2026-12-28", Regime.SINCE_REFORM),  # Christmas, a Friday
        ("2026-11-30", "2027-03-01", Regime.SINCE_REFORM),
    ],
)
def test_service(made: str, last: str, regime: Regime) -> None:
    found = deadline(Kind.SERVICE, order_made=made)
    assert found
    assert (found.date, found.regime, found.article) == (day(last), regime, "art. 1411 CPC")


def test_distance_gives_the_creditor_no_time() -> None:
    here = falls_on(Kind.SERVICE, order_made="2026-10-05")
    assert here == falls_on(Kind.SERVICE, order_made="2026-10-05", debtor_country="RE") == "2027-01-05"
    assert here == falls_on(Kind.SERVICE, order_made="2026-10-05", debtor_country="US")


def test_a_day_off_of_the_place_gives_the_creditor_no_time_but_the_debtor_some() -> None:
    """27 May, the day of the abolition of slavery in Guadeloupe, is a Thursday in 2027."""
    assert falls_on(Kind.SERVICE, order_made="2027-02-27", court_territory="GP", debtor_country="GP") == "2027-05-27"
    there = {"order_made": "2027-03-01", "served": "2027-04-27", "court_territory": "GP"}
    assert falls_on(Kind.OPPOSITION, **there, debtor_country="GP") == "2027-05-28"


# Opposition and enforcement

BEFORE = {"order_made": "2026-08-20"}
SINCE = {"order_made": "2026-09-10"}


@pytest.mark.parametrize(
    ("served", "country", "last"),
    [
        ("2026-10-14", "FR", "2026-11-16"),  # 14 November is a Saturday
        ("2026-10-15", "FR", "2026-11-16"),
        ("2026-10-16", "FR", "2026-11-16"),
        ("2026-10-17", "FR", "2026-11-17"),
        ("2027-01-31", "FR", "2027-03-01"),
        ("2026-10-15", "GP", "2026-12-15"),
        ("2026-10-15", "NC", "2026-12-15"),
        ("2026-12-31", "RE", "2027-03-01"),  # two months at once: 28 February, a Sunday
        ("2026-10-15", "BE", "2027-01-15"),
        ("2026-11-30", "CH", "2027-03-01"),
    ],
)
@pytest.mark.parametrize("order", [BEFORE, SINCE])
def test_opposition(order: dict[str, str], served: str, country: str, last: str) -> None:
    found = deadline(Kind.OPPOSITION, **order, served=served, debtor_country=country)
    assert found
    assert found.date == day(last)
    assert found.article == ("art. 1416 al. 1 CPC" if country == "FR" else "art. 643, 1416 al. 1 CPC")


@pytest.mark.parametrize(
    ("order", "served", "country", "first_day"),
    [
        # Before: the day after the time to oppose.
        (BEFORE, "2026-10-14", "FR", "2026-11-17"),
        (BEFORE, "2026-10-17", "FR", "2026-11-18"),
        (BEFORE, "2026-10-15", "RE", "2026-12-16"),
        (BEFORE, "2026-10-15", "IT", "2027-01-16"),
        # Since: two months from service as well.
        (SINCE, "2026-10-14", "FR", "2026-12-15"),
        (SINCE, "2026-10-17", "FR", "2026-12-18"),
        (SINCE, "2026-10-25", "FR", "2026-12-29"),  # Christmas and a week-end
        (SINCE, "2026-10-15", "RE", "2026-12-16"),
        (SINCE, "2026-10-15", "IT", "2027-01-16"),  # the time to oppose is the longer one
        # The order's date decides, not that of service.
        ({"order_made": "2026-08-31"}, "2026-09-02", "FR", "2026-10-03"),
        ({"order_made": "2026-09-01"}, "2026-09-02", "FR", "2026-11-03"),
        ({}, "2026-09-02", "FR", "2026-11-03"),  # not known: the longer wait
    ],
)
def test_enforceable(order: dict[str, str], served: str, country: str, first_day: str) -> None:
    assert falls_on(Kind.ENFORCEABLE, **order, served=served, debtor_country=country) == first_day


@settings(deadline=None)
@given(DAYS, st.integers(0, 90), st.sampled_from(["FR", "RE", "DE"]))
def test_nobody_enforces_while_the_debtor_may_oppose(made: date, after: int, country: str) -> None:
    dates = KeyDates(order_made=made, served=made + timedelta(days=after), debtor_country=country)
    found = {one.kind: one.date for one in next_deadlines(dates)}
    assert set(found) == {Kind.OPPOSITION, Kind.ENFORCEABLE}
    assert found[Kind.OPPOSITION] < found[Kind.ENFORCEABLE]
    assert next_working_day(found[Kind.OPPOSITION]) == found[Kind.OPPOSITION]


def test_served_on_somebody_else_the_order_can_still_be_opposed() -> None:
    served = {**SINCE, "served": "2026-10-05"}
    assert falls_on(Kind.LATE_OPPOSITION, **served) is None
    late = deadline(Kind.LATE_OPPOSITION, **served, enforceable="2026-12-08", reached="2027-01-18")
    assert late
    assert (late.date, late.article) == (day("2027-02-18"), "art. 1416 al. 2 CPC")
    assert falls_on(Kind.LATE_OPPOSITION, **served, served_in_person=True, reached="2027-01-18") is None
    assert falls_on(Kind.LATE_OPPOSITION, **served, reached="2027-01-18", debtor_country="RE") == "2027-03-18"


def test_the_consequence_says_whether_the_order_was_served_in_person() -> None:
    def consequence(in_person: bool | None) -> str:
        found = deadline(Kind.OPPOSITION, **SINCE, served="2026-10-05", served_in_person=in_person)
        assert found
        return str(found.consequence)

    with translation.override("en"):
        assert "not served in person" in consequence(None) == consequence(False)
        assert "not served in person" not in consequence(True)


# The court's own deadlines


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-11-02", "2026-11-17"),
        ("2026-10-30", "2026-11-16"),  # 14 November is a Saturday
        ("2026-10-27", "2026-11-12"),  # 11 November
    ],
)
def test_fifteen_days(start: str, last: str) -> None:
    opposed = {**SINCE, "served": "2026-10-05", "opposed": "2026-10-26"}
    assert falls_on(Kind.COURT_FEE, filed=start) == last
    assert falls_on(Kind.OPPOSITION_COSTS, **opposed, costs_invited=start) == last
    judicial = {**opposed, "court": Court.JUDICIAL, "needs_lawyer": True}
    assert falls_on(Kind.LAWYER, **judicial, opposition_notified=start) == last


@pytest.mark.parametrize("court", [Court.JUDICIAL, Court.PROTECTION])
def test_deposits_are_the_commercial_court_s(court: Court) -> None:
    assert next_deadlines(KeyDates(court=court, filed=day("2026-11-02"))) == ()
    assert next_deadlines(KeyDates(court=court, opposed=day("2026-11-02"), costs_invited=day("2026-11-04"))) == ()


def test_a_lawyer_is_needed_at_the_tribunal_judiciaire_when_the_amount_asks_for_one() -> None:
    notified = {"opposition_notified": "2026-11-02"}
    assert falls_on(Kind.LAWYER, court=Court.JUDICIAL, **notified) is None
    for court in (Court.COMMERCIAL, Court.PROTECTION):
        assert falls_on(Kind.LAWYER, court=court, needs_lawyer=True, **notified) is None


def test_60_000_euros_before_the_tribunal_judiciaire_ask_for_a_lawyer_within_fifteen_days() -> None:
    assert lawyer_needed(Decimal("60000.00"), over=Decimal(10_000))
    assert [lawyer_needed(Decimal(amount), over=Decimal(10_000)) for amount in ("10000.00", "10000.01")] == [
        False,
        True,
    ]
    found = deadline(Kind.LAWYER, court=Court.JUDICIAL, needs_lawyer=True, opposition_notified="2026-11-20")
    assert found
    assert found.date == day("2026-12-07")  # 5 December is a Saturday
    with translation.override("en"):
        assert "the interruption of limitation is lost" in str(found.consequence)


@pytest.mark.parametrize(("hearing", "last"), [("2027-02-10", "2027-02-09"), ("2026-10-27", None), (None, None)])
def test_before_the_commercial_court_a_lawyer_stands_at_the_hearing(hearing: str | None, last: str | None) -> None:
    opposed = {**SINCE, "served": "2026-10-05", "opposed": "2026-10-26", "hearing": hearing}
    assert falls_on(Kind.LAWYER_AT_HEARING, **opposed, needs_lawyer=True) == last
    assert falls_on(Kind.LAWYER_AT_HEARING, **opposed) is None
    assert falls_on(Kind.LAWYER_AT_HEARING, **opposed, needs_lawyer=True, court=Court.JUDICIAL) is None


# An opposition that came too late


@pytest.mark.parametrize(
    ("dates", "last"),
    [
        ({**SINCE, "served": "2026-10-05", "served_in_person": True}, "2026-11-05"),
        ({**SINCE, "served": "2026-10-05", "reached": "2026-12-01"}, "2027-01-04"),
        ({"procedure": Procedure.EUROPEAN, "order_made": "2026-10-01", "served": "2026-10-15"}, "2026-11-16"),
    ],
)
def test_an_opposition_after_its_time_stops_no_clock(dates: dict[str, Any], last: str) -> None:
    after = (day(last) + timedelta(days=1)).isoformat()
    assert [is_late(**dates, opposed=last), is_late(**dates, opposed=after)] == [False, True]
    assert falls_on(Kind.ENFORCEABLE, **dates, opposed=last) is None
    assert falls_on(Kind.ENFORCEABLE, **dates, opposed=after) == falls_on(Kind.ENFORCEABLE, **dates)


def test_a_debtor_whom_nothing_has_reached_opposes_in_time() -> None:
    assert not is_late(**SINCE, served="2026-10-05", opposed="2027-06-01")
    assert not is_late(**SINCE, opposed="2027-06-01")
    assert not is_late(**SINCE, served="2026-10-05")


# The European order


@pytest.mark.parametrize(
    ("served", "opposition", "enforceable"),
    [
        ("2026-10-15", "2026-11-16", "2026-11-27"),  # 14 November is a Saturday
        ("2026-10-18", "2026-11-17", "2026-11-28"),
        ("2026-11-02", "2026-12-02", "2026-12-15"),  # 12 December is a Saturday
        ("2026-11-15", "2026-12-15", "2026-12-29"),  # 25 December
        ("2026-01-30", "2026-03-02", "2026-03-13"),
    ],
)
def test_european_order(served: str, opposition: str, enforceable: str) -> None:
    european = {"procedure": Procedure.EUROPEAN, "order_made": "2026-01-20", "debtor_country": "DE", "served": served}
    found = next_deadlines(KeyDates(**{k: day(v) if _is_day(v) else v for k, v in european.items()}))  # type: ignore[arg-type]
    assert [(one.kind, one.date, one.regime) for one in found] == [
        (Kind.OPPOSITION, day(opposition), Regime.EUROPEAN),
        (Kind.ENFORCEABLE, day(enforceable), Regime.EUROPEAN),
    ]


def test_the_european_order_has_no_deposits_and_no_time_for_service() -> None:
    dates = KeyDates(procedure=Procedure.EUROPEAN, filed=day("2026-11-02"), order_made=day("2026-11-20"))
    assert next_deadlines(dates) == ()


# What meets a deadline ends it

MET = [
    ({"filed": "2026-10-05"}, Kind.COURT_FEE, {"court_fee_paid": "2026-10-06"}),
    ({"filed": "2026-10-05"}, Kind.COURT_FEE, {"order_made": "2026-10-16"}),
    (SINCE, Kind.SERVICE, {"served": "2026-10-05"}),
    ({**SINCE, "served": "2026-10-05"}, Kind.OPPOSITION, {"opposed": "2026-10-20"}),
    ({**SINCE, "served": "2026-10-05"}, Kind.ENFORCEABLE, {"opposed": "2026-10-20"}),
    ({**SINCE, "served": "2026-10-05"}, Kind.ENFORCEABLE, {"enforceable": "2026-12-08"}),
    ({**SINCE, "served": "2026-10-05", "reached": "2027-01-05"}, Kind.LATE_OPPOSITION, {"opposed": "2027-01-08"}),
    ({**SINCE, "costs_invited": "2026-10-22"}, Kind.OPPOSITION_COSTS, {"costs_paid": "2026-10-28"}),
    (
        {"court": Court.JUDICIAL, "needs_lawyer": True, "opposition_notified": "2026-10-22"},
        Kind.LAWYER,
        {"lawyer_appointed": "2026-10-28"},
    ),
    (
        {"procedure": Procedure.EUROPEAN, "order_made": "2026-10-01", "served": "2026-10-05"},
        Kind.ENFORCEABLE,
        {"opposed": "2026-10-20"},
    ),
]


@pytest.mark.parametrize(("running", "kind", "met"), MET)
def test_what_meets_a_deadline_ends_it(running: dict[str, Any], kind: Kind, met: dict[str, Any]) -> None:
    assert falls_on(kind, **running)
    assert falls_on(kind, **running, **met) is None
    assert falls_on(kind, **running, ended="2026-12-31") is None


def test_nothing_runs_before_the_request() -> None:
    assert next_deadlines(KeyDates()) == ()


def test_deadlines_come_soonest_first_and_say_what_they_are() -> None:
    dates = KeyDates(order_made=day("2026-09-10"), served=day("2026-10-05"), reached=day("2026-10-12"))
    found = next_deadlines(dates)
    with translation.override("en"):
        assert [str(one.what) for one in found] == [
            "End of the time to oppose the order",
            "End of the time to oppose an order not served in person",
            "The order may be enforced",
        ]
    assert [one.date for one in found] == sorted(one.date for one in found)


KEY_DATES = [one.name for one in fields(KeyDates.func) if "date" in str(one.type)]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEY_DATES), DAYS), st.sampled_from(Procedure), st.sampled_from(Court))
def test_any_dates_give_deadlines_after_the_day_that_starts_them(
    days: dict[str, date], procedure: Procedure, court: Court
) -> None:
    dates = KeyDates(procedure=procedure, court=court, needs_lawyer=True, **days)  # type: ignore[arg-type]
    found = next_deadlines(dates)
    assert all(one.date > min(days.values()) for one in found)
    assert len({one.kind for one in found}) == len(found)
    assert next_deadlines(replace(dates, ended=date(2030, 1, 1))) == ()


def test_lengths_are_what_they_are_given_as_and_what_is_not_confirmed_is_told() -> None:
    lengths = replace(PUBLISHED, service=Length(4, False), enforceable=Length(3, False), lawyer=Length(20, True))
    service = deadline(Kind.SERVICE, order_made="2026-09-01", lengths=lengths)
    assert service is not None
    assert (service.date, str(service.consequence)) == (
        day("2027-01-04"),
        "The order becomes void. The length of this time is still to be confirmed.",
    )
    assert falls_on(Kind.ENFORCEABLE, order_made="2026-09-10", served="2026-10-05", lengths=lengths) == "2027-01-06"
    assert falls_on(Kind.SERVICE, order_made="2026-08-31", lengths=lengths) == "2027-03-01"
    old = deadline(Kind.SERVICE, order_made="2026-08-31", lengths=lengths)
    assert old is not None
    assert str(old.consequence) == "The order becomes void."
