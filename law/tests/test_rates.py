"""The tables of rates: where each comes from, how long it is known, which one decides."""

from datetime import date
from decimal import Decimal

import pytest

from law.interest import (
    FIRST_HALF_YEARS,
    Rate,
    RateKind,
    RateMissing,
    RateTable,
    agreed_rates,
    business_rates,
    half_years,
    legal_rates,
    lower_rates,
)
from law.parties import Quality, acts_as, between
from law.tests.segments import interest_segments


def eur(text: str) -> Decimal:
    return Decimal(text)


LEGAL_2015 = ((date(2015, 7, 1), eur("4.29")), (date(2016, 1, 1), eur("4.54")))
LEGAL = ((date(2026, 1, 1), eur("2.62")), (date(2026, 7, 1), eur("2.75")))


def test_service_public_f20688_increased_two_months_after_the_decision() -> None:
    """2,000.00 EUR: 61 days at the legal rate, then 5 points more: 14.34 + 22.40 + 52.27 = 89.01."""
    rates = legal_rates(LEGAL_2015, date(2015, 11, 18))
    segments = interest_segments(eur("2000.00"), date(2015, 9, 18), date(2016, 4, 9), rates)
    assert [(part.days, part.interest, part.rate.kind) for part in segments] == [
        (61, eur("14.34"), RateKind.LEGAL),
        (44, eur("22.40"), RateKind.LEGAL_PLUS_5),
        (100, eur("52.27"), RateKind.LEGAL_PLUS_5),
    ]


def test_the_increase_may_begin_with_a_half_year_or_before_all_entries() -> None:
    assert [rate.percent for rate in legal_rates(LEGAL, date(2026, 7, 1))] == [eur("2.62"), eur("7.75")]
    assert [rate.percent for rate in legal_rates(LEGAL, date(2025, 1, 1))] == [eur("7.62"), eur("7.75")]
    assert [rate.percent for rate in legal_rates(LEGAL)] == [eur("2.62"), eur("2.75")]


def test_a_rate_keeps_its_source_when_it_becomes_that_of_businesses() -> None:
    [rate] = business_rates([Rate(date(2026, 1, 1), eur("2.15"), source="BCE", confirmed=False)])
    assert rate == Rate(date(2026, 1, 1), eur("12.15"), None, "BCE", False, RateKind.ECB_PLUS_10)


def test_an_agreed_rate_is_that_of_the_contract_where_it_decides() -> None:
    legal = [Rate(*pair, source="arrêté", confirmed=False) for pair in LEGAL]
    told = [(rate.kind, rate.percent, rate.source, rate.confirmed) for rate in agreed_rates(eur("8.00"), legal)]
    assert told == [
        (RateKind.AGREED, eur("8.00"), "", True),
        (RateKind.LEGAL_TIMES_3, eur("8.25"), "arrêté", False),
    ]
    lower = [(rate.kind, rate.percent) for rate in lower_rates(eur("2.70"), legal)]
    assert lower == [(RateKind.LEGAL, eur("2.62")), (RateKind.AGREED, eur("2.70"))]


def test_a_half_year_that_is_missing_is_refused_with_its_day_and_the_last_one_is_carried_on() -> None:
    table = RateTable.of(half_years([(date(2025, 1, 1), eur("3.15")), (date(2026, 1, 1), eur("2.15"))]))
    with pytest.raises(RateMissing) as refused:
        table.segments(100_00, date(2025, 6, 1), date(2026, 1, 31))
    assert refused.value.day == date(2025, 7, 1)
    with pytest.raises(RateMissing) as refused:
        table.segments(100_00, date(2025, 9, 5), date(2025, 9, 9))
    assert refused.value.day == date(2025, 9, 5)
    with pytest.raises(RateMissing) as refused:
        table.segments(100_00, date(2024, 12, 31), date(2025, 1, 2))
    assert refused.value.day == date(2024, 12, 31)
    assert [part.is_carried for part in table.segments(100_00, date(2025, 6, 1), date(2025, 6, 30))] == [False]
    assert [part.is_carried for part in table.segments(100_00, date(2026, 1, 1), date(2026, 6, 30))] == [False]
    assert [part.is_carried for part in table.segments(100_00, date(2026, 1, 1), date(2026, 7, 1))] == [True]


def test_the_legal_rate_was_set_by_the_year_before_2015() -> None:
    rates = half_years(
        [(date(2014, 1, 1), eur("0.04")), (date(2015, 1, 1), eur("4.06"))], by_year_before=FIRST_HALF_YEARS
    )
    assert [rate.until for rate in rates] == [date(2014, 12, 31), date(2015, 6, 30)]


@pytest.mark.parametrize(
    ("kind", "confirmed", "as_creditor", "as_debtor"),
    [
        ("commercial", "unknown", "professional", "professional"),
        ("commercial", "consumer", "professional", "professional"),
        ("freelance", "unknown", "professional", "unknown"),
        ("freelance", "professional", "professional", "professional"),
        ("liberal", "consumer", "consumer", "consumer"),
        ("civil", "unknown", "unknown", "unknown"),
        ("association", "professional", "professional", "professional"),
        (None, "unknown", "unknown", "unknown"),
        ("particular", "professional", "consumer", "consumer"),
    ],
)
def test_who_acts_as_a_professional(kind: str | None, confirmed: str, as_creditor: str, as_debtor: str) -> None:
    assert acts_as(kind, Quality(confirmed), is_debtor=False) == as_creditor
    assert acts_as(kind, Quality(confirmed), is_debtor=True) == as_debtor


def test_one_consumer_is_enough_and_one_unknown_leaves_it_open() -> None:
    assert between(Quality.PROFESSIONAL, Quality.PROFESSIONAL) == Quality.PROFESSIONAL
    assert between(Quality.UNKNOWN, Quality.CONSUMER) == Quality.CONSUMER
    assert between(Quality.PROFESSIONAL, Quality.UNKNOWN) == Quality.UNKNOWN
