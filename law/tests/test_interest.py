"""Interest to the cent: published figures first, then days and rates."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.interest import agreed_rates, business_rates, fixed_rate, least_rates
from law.tests.segments import interest_segments

Rate = tuple[date, Decimal]


def eur(text: str) -> Decimal:
    return Decimal(text)


ECB = (
    (date(2025, 7, 1), eur("2.15")),
    (date(2026, 1, 1), eur("2.15")),
    (date(2026, 7, 1), eur("2.40")),
)
LEGAL = (
    (date(2025, 7, 1), eur("2.76")),
    (date(2026, 1, 1), eur("2.62")),
    (date(2026, 7, 1), eur("2.75")),
)
TEN = fixed_rate(eur("10"))


# Published figures


def test_service_public_f20688() -> None:
    """2,000.00 EUR at 3.11 %, from 1 to 30 September 2020, both included."""
    rates = fixed_rate(eur("3.11"))
    (segment,) = interest_segments(eur("2000.00"), date(2020, 9, 1), date(2020, 9, 30), rates)
    assert (segment.days, segment.interest) == (30, eur("5.11"))


def test_126_days_at_the_legal_rate() -> None:
    """6,216.16 EUR at 0.88 %, 126 days."""
    last = date(2018, 8, 1) + timedelta(days=125)
    (segment,) = interest_segments(eur("6216.16"), date(2018, 8, 1), last, fixed_rate(eur("0.88")))
    assert (segment.days, segment.interest) == (126, eur("18.88"))


def test_a_business_debt_over_a_half_year() -> None:
    """10,000.00 EUR due on 20 June 2026, paid on 10 July included: 12.15 % until June, 12.40 % from July."""
    told = interest_segments(eur("10000.00"), date(2026, 6, 21), date(2026, 7, 10), business_rates(ECB))
    assert [(part.first, part.last, part.days, part.percent, part.interest) for part in told] == [
        (date(2026, 6, 21), date(2026, 6, 30), 10, eur("12.15"), eur("33.29")),
        (date(2026, 7, 1), date(2026, 7, 10), 10, eur("12.40"), eur("33.97")),
    ]


# Days


def test_a_leap_year_has_365_days_to_the_year_and_366_of_interest() -> None:
    (leap,) = interest_segments(eur("3650.00"), date(2024, 1, 1), date(2024, 12, 31), TEN)
    assert (leap.days, leap.interest) == (366, eur("366.00"))


def test_each_segment_is_rounded_half_up() -> None:
    """36.50 EUR at 10 % bear a cent a day; half of it, half a cent."""
    (up,) = interest_segments(eur("18.25"), date(2026, 1, 1), date(2026, 1, 1), TEN)
    assert up.interest == eur("0.01")
    (down,) = interest_segments(eur("18.24"), date(2026, 1, 1), date(2026, 1, 1), TEN)
    assert down.interest == eur("0.00")
    each_day = [(date(2026, 1, day), eur("10")) for day in (1, 2, 3, 4)]
    segments = interest_segments(eur("18.25"), date(2026, 1, 1), date(2026, 1, 4), each_day)
    assert [part.interest for part in segments] == [eur("0.01")] * 4  # the whole would be 0.02


# Rates


def test_a_half_year_cuts_even_where_the_rate_stays() -> None:
    segments = interest_segments(eur("100.00"), date(2025, 12, 31), date(2026, 1, 1), business_rates(ECB))
    assert [(part.first, part.last, part.percent) for part in segments] == [
        (date(2025, 12, 31), date(2025, 12, 31), eur("12.15")),
        (date(2026, 1, 1), date(2026, 1, 1), eur("12.15")),
    ]


def test_the_last_rate_goes_on_and_the_first_does_not_begin_earlier() -> None:
    segments = interest_segments(eur("100.00"), date(2027, 1, 1), date(2027, 1, 2), business_rates(ECB))
    assert [part.percent for part in segments] == [eur("12.40")]
    with pytest.raises(ValueError, match="2025-06-30"):
        interest_segments(eur("100.00"), date(2025, 6, 30), date(2027, 1, 2), business_rates(ECB))


def test_the_least_rate_is_three_times_the_legal_one() -> None:
    assert [rate.percent for rate in least_rates(LEGAL)] == [eur("8.28"), eur("7.86"), eur("8.25")]
    assert [rate.percent for rate in agreed_rates(eur("8.00"), LEGAL)] == [eur("8.28"), eur("8.00"), eur("8.25")]
    assert [rate.percent for rate in agreed_rates(eur("8.28"), LEGAL)] == [eur("8.28")] * 3


AMOUNTS = st.decimals(0, 100_000, places=2)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
PERCENTS = st.decimals(0, 20, places=2)
RATES = st.lists(st.tuples(DAYS, PERCENTS), max_size=6, unique_by=lambda rate: rate[0]).map(
    lambda changes: [(date(2000, 1, 1), eur("4.00")), *sorted(changes)]
)


@settings(deadline=None)
@given(AMOUNTS, DAYS, DAYS, RATES)
def test_segments_cover_every_day_once_and_stay_within_half_a_cent_each(
    principal: Decimal, one: date, other: date, rates: list[Rate]
) -> None:
    first, last = sorted((one, other))
    segments = interest_segments(principal, first, last, rates)
    assert segments[0].first == first
    assert segments[-1].last == last
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(segments))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    each_day = (max(rate for rate in rates if rate[0] <= day) for day in days)
    exact = sum((Fraction(principal) * Fraction(percent) / 36500 for _since, percent in each_day), Fraction(0))
    assert abs(exact - Fraction(sum(part.interest for part in segments))) <= Fraction(len(segments), 200)
