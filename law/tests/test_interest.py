"""The statement of account, to the cent: published figures first, then every rule, then what always holds."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.interest import FLAT_INDEMNITY, agreed_rates, business_rates, fixed_rate, interest_segments, least_rates
from law.statement import CreditNote, Debt, Imputation, Payment, statement

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
FREE = fixed_rate(eur("0"))


def debt(principal: str = "3650.00", due: date = date(2026, 1, 31), **values: object) -> Debt:
    """At ten percent, 3,650.00 EUR bear one euro a day."""
    usual: dict[str, object] = {"reference": "F-1", "principal": eur(principal), "due": due}
    return Debt(**{**usual, **values})  # type: ignore[arg-type]


# Published figures


def test_service_public_f20688() -> None:
    """2,000.00 EUR at 3.11 %, from 1 to 30 September 2020, both included."""
    rates = fixed_rate(eur("3.11"))
    (segment,) = interest_segments(eur("2000.00"), date(2020, 9, 1), date(2020, 9, 30), rates)
    assert (segment.days, segment.interest) == (30, eur("5.11"))


def test_a_business_debt_over_a_half_year() -> None:
    """10,000.00 EUR due on 20 June 2026, paid on 10 July included: 12.15 % until June, 12.40 % from July."""
    late = debt("10000.00", date(2026, 6, 20), indemnity=FLAT_INDEMNITY)
    account = statement([late], date(2026, 7, 10), business_rates(ECB))
    (of,) = account.accounts
    assert [(part.first, part.last, part.days, part.percent, part.interest) for part in of.segments] == [
        (date(2026, 6, 21), date(2026, 6, 30), 10, eur("12.15"), eur("33.29")),
        (date(2026, 7, 1), date(2026, 7, 10), 10, eur("12.40"), eur("33.97")),
    ]
    assert account.interest == eur("67.26")
    assert account.interest + account.indemnities == eur("107.26")
    assert account.total == eur("10107.26")


def test_126_days_at_the_legal_rate() -> None:
    """6,216.16 EUR at 0.88 %, 126 days."""
    last = date(2018, 8, 1) + timedelta(days=125)
    (segment,) = interest_segments(eur("6216.16"), date(2018, 8, 1), last, fixed_rate(eur("0.88")))
    assert (segment.days, segment.interest) == (126, eur("18.88"))


# Days


@pytest.mark.parametrize(
    ("until", "included", "excluded"),
    [
        (date(2026, 1, 30), "0.00", "0.00"),
        (date(2026, 1, 31), "0.00", "0.00"),  # the due date
        (date(2026, 2, 1), "1.00", "0.00"),
        (date(2026, 2, 2), "2.00", "1.00"),
        (date(2027, 1, 31), "365.00", "364.00"),
    ],
)
def test_interest_begins_on_the_day_after_the_due_date(until: date, included: str, excluded: str) -> None:
    assert statement([debt()], until, TEN).interest == eur(included)
    assert statement([debt()], until, TEN, last_day_included=False).interest == eur(excluded)


def test_a_leap_year_has_365_days_to_the_year_and_366_of_interest() -> None:
    leap = debt(due=date(2023, 12, 31))
    assert statement([leap], date(2024, 2, 29), TEN).interest == eur("60.00")
    assert statement([leap], date(2024, 12, 31), TEN).interest == eur("366.00")


def test_interest_may_run_from_the_formal_notice() -> None:
    noticed = debt(runs_from=date(2026, 3, 1), indemnity=FLAT_INDEMNITY)
    account = statement([noticed], date(2026, 3, 10), TEN)
    assert (account.interest, account.indemnities) == (eur("10.00"), eur("40.00"))
    assert statement([noticed], date(2026, 2, 28), TEN).interest == 0
    early = [Payment(date(2026, 2, 10), eur("1825.00"))]
    assert statement([noticed], date(2026, 3, 10), TEN, early).interest == eur("5.00")


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


def test_the_order_of_rates_does_not_matter_to_a_statement() -> None:
    one = statement([debt()], date(2026, 12, 31), business_rates(ECB))
    assert statement([debt()], date(2026, 12, 31), business_rates(ECB)[::-1]) == one


# Payments


def test_a_payment_goes_to_interest_then_principal_then_the_indemnity() -> None:
    late = debt(indemnity=FLAT_INDEMNITY)
    ten_days = date(2026, 2, 10)
    for paid, imputed, owed in (
        ("4.00", ("4.00", "0", "0"), ("3650.00", "6.00", "40.00")),
        ("10.00", ("10.00", "0", "0"), ("3650.00", "0.00", "40.00")),
        ("10.01", ("10.00", "0.01", "0"), ("3649.99", "0.00", "40.00")),
        ("3660.00", ("10.00", "3650.00", "0"), ("0.00", "0.00", "40.00")),
        ("3680.00", ("10.00", "3650.00", "20.00"), ("0.00", "0.00", "20.00")),
        ("3700.00", ("10.00", "3650.00", "40.00"), ("0.00", "0.00", "0.00")),
    ):
        account = statement([late], ten_days, TEN, [Payment(ten_days, eur(paid))])
        (of,) = account.accounts
        assert of.imputations == (Imputation(ten_days, *map(eur, imputed)),)
        assert (of.principal, of.interest, of.indemnity) == tuple(map(eur, owed))
        assert account.credit == 0


def test_what_is_paid_beyond_everything_is_a_credit() -> None:
    account = statement([debt()], date(2026, 3, 1), TEN, [Payment(date(2026, 2, 10), eur("3700.00"))])
    assert (account.total, account.credit) == (0, eur("40.00"))


@pytest.mark.parametrize(
    ("included", "segments"),
    [
        (True, [("2026-02-01", "2026-02-10", "3650.00"), ("2026-02-11", "2026-02-20", "1825.00")]),
        (False, [("2026-02-01", "2026-02-09", "3650.00"), ("2026-02-10", "2026-02-19", "1825.00")]),
    ],
)
def test_a_payment_cuts_and_lowers_what_bears_interest(included: bool, segments: list[tuple[str, str, str]]) -> None:
    half = Payment(date(2026, 2, 10), eur("1835.00") if included else eur("1834.00"))
    account = statement([debt()], date(2026, 2, 20), TEN, [half], last_day_included=included)
    (of,) = account.accounts
    assert [(str(part.first), str(part.last), str(part.principal)) for part in of.segments] == segments
    assert of.interest == eur("5.00")


def test_a_payment_that_only_meets_interest_cuts_no_period() -> None:
    """18.25 EUR bear half a cent a day: cut in two, 10 days would bear 6 cents."""
    paid = [Payment(date(2026, 2, 5), eur("0.01"))]
    (of,) = statement([debt("18.25")], date(2026, 2, 10), TEN, paid).accounts
    assert [(part.days, part.interest) for part in of.segments] == [(10, eur("0.05"))]
    assert of.interest == eur("0.04")


def test_interest_bears_no_interest() -> None:
    paid = [Payment(date(2026, 2, 10), eur("5.00"))]
    account = statement([debt()], date(2026, 2, 20), TEN, paid)
    assert account.interest == eur("15.00")
    assert account.accounts[0].accrued == eur("20.00")
    assert account.principal == eur("3650.00")


def test_a_payment_in_time_leaves_no_interest_and_no_indemnity() -> None:
    in_full = [Payment(date(2026, 1, 31), eur("3650.00"))]
    late = debt(indemnity=FLAT_INDEMNITY)
    assert statement([late], date(2026, 6, 1), TEN, in_full).total == 0
    in_part = [Payment(date(2026, 1, 31), eur("3649.99"))]
    assert statement([late], date(2026, 2, 1), TEN, in_part).indemnities == eur("40.00")


@pytest.mark.parametrize("included", [True, False])
@pytest.mark.parametrize(("day", "indemnity"), [(date(2026, 1, 31), "0.00"), (date(2026, 2, 1), "40.00")])
def test_a_day_late_is_late(day: date, indemnity: str, included: bool) -> None:
    late = debt(indemnity=FLAT_INDEMNITY)
    paid = [Payment(day, eur("3650.00"))]
    account = statement([late], date(2026, 3, 1), FREE, paid, last_day_included=included)
    assert (account.total, account.indemnities) == (eur(indemnity), eur(indemnity))


def test_what_comes_after_the_statement_is_left_out() -> None:
    paid = [Payment(date(2026, 2, 11), eur("1000.00"))]
    noted = debt(credit_notes=(CreditNote(date(2026, 2, 11), eur("1000.00")),))
    assert statement([noted], date(2026, 2, 10), TEN, paid) == replace(
        statement([noted], date(2026, 2, 10), TEN), credit=eur("0.00")
    )


# Several debts

OLD = debt("100.00", date(2026, 1, 31), reference="OLD")
NEW = debt("200.00", date(2026, 3, 31), reference="NEW")


@pytest.mark.parametrize(
    ("payment", "owed"),
    [
        (Payment(date(2026, 5, 1), eur("60.00")), ("40.00", "200.00")),
        (Payment(date(2026, 5, 1), eur("160.00")), ("0.00", "140.00")),
        (Payment(date(2026, 5, 1), eur("60.00"), "NEW"), ("100.00", "140.00")),
        (Payment(date(2026, 5, 1), eur("260.00"), "NEW"), ("40.00", "0.00")),
        (Payment(date(2026, 5, 1), eur("60.00"), "unheard of"), ("40.00", "200.00")),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_payment_goes_where_the_debtor_says_else_to_the_oldest(
    payment: Payment, owed: tuple[str, str], turned: bool
) -> None:
    debts = [NEW, OLD] if turned else [OLD, NEW]
    account = statement(debts, date(2026, 5, 1), FREE, [payment])
    assert [of.debt for of in account.accounts] == debts
    principal = {of.debt.reference: of.principal for of in account.accounts}
    assert (principal["OLD"], principal["NEW"]) == tuple(map(eur, owed))


def test_the_oldest_debt_is_paid_with_its_interest_before_the_next() -> None:
    first, second = debt(reference="A"), debt(reference="B", due=date(2026, 2, 5))
    account = statement([first, second], date(2026, 2, 10), TEN, [Payment(date(2026, 2, 10), eur("3662.00"))])
    assert [(of.principal, of.interest) for of in account.accounts] == [(0, 0), (eur("3650.00"), eur("3.00"))]


def test_payments_are_taken_in_the_order_of_their_days() -> None:
    paid = [Payment(date(2026, 2, day), eur("100.00")) for day in (20, 5, 10)]
    assert statement([debt()], date(2026, 3, 1), TEN, paid) == statement([debt()], date(2026, 3, 1), TEN, paid[::-1])


# Credit notes


def test_a_credit_note_lowers_the_principal_and_leaves_the_interest() -> None:
    noted = debt(credit_notes=(CreditNote(date(2026, 2, 10), eur("1825.00")),))
    account = statement([noted], date(2026, 2, 20), TEN)
    assert (account.principal, account.interest) == (eur("1825.00"), eur("15.00"))
    assert account.accounts[0].imputations == ()


def test_a_credit_note_comes_before_a_payment_of_its_day() -> None:
    noted = debt(credit_notes=(CreditNote(date(2026, 2, 10), eur("3650.00")),))
    account = statement([noted], date(2026, 2, 10), TEN, [Payment(date(2026, 2, 10), eur("20.00"))])
    assert (account.total, account.credit) == (0, eur("10.00"))


def test_a_credit_note_for_what_was_paid_is_a_credit() -> None:
    noted = debt(credit_notes=(CreditNote(date(2026, 3, 1), eur("100.00")),))
    account = statement([noted], date(2026, 3, 1), FREE, [Payment(date(2026, 2, 10), eur("3600.00"))])
    assert (account.total, account.credit) == (0, eur("50.00"))


@pytest.mark.parametrize(
    ("broken", "payments"),
    [
        (debt("-1.00"), []),
        (debt(indemnity=eur("-40.00")), []),
        (debt(credit_notes=(CreditNote(date(2026, 3, 1), eur("0.00")),)), []),
        (debt(), [Payment(date(2026, 3, 1), eur("0.00"))]),
        (debt(), [Payment(date(2026, 3, 1), eur("-5.00"))]),
    ],
)
def test_amounts_that_make_no_sense_are_refused(broken: Debt, payments: list[Payment]) -> None:
    with pytest.raises(ValueError, match="positive"):
        statement([broken], date(2026, 6, 1), TEN, payments)


# What always holds

AMOUNTS = st.decimals(0, 100_000, places=2)
POSITIVE = st.decimals(eur("0.01"), 100_000, places=2)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
PERCENTS = st.decimals(0, 20, places=2)
RATES = st.lists(st.tuples(DAYS, PERCENTS), max_size=6, unique_by=lambda rate: rate[0]).map(
    lambda changes: [(date(2000, 1, 1), eur("4.00")), *sorted(changes)]
)
DEBTS = st.lists(
    st.builds(
        Debt,
        reference=st.sampled_from("ABC"),
        principal=AMOUNTS,
        due=DAYS,
        indemnity=st.sampled_from([eur("0.00"), FLAT_INDEMNITY]),
        credit_notes=st.lists(st.builds(CreditNote, DAYS, POSITIVE), max_size=2).map(tuple),
    ),
    max_size=4,
)
PAYMENTS = st.lists(st.builds(Payment, DAYS, POSITIVE, st.none() | st.sampled_from("ABC")), max_size=5)


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


@settings(deadline=None)
@given(DEBTS, DAYS, RATES, PAYMENTS, st.booleans())
def test_no_cent_is_lost(
    debts: list[Debt], until: date, rates: list[Rate], payments: list[Payment], included: bool
) -> None:
    account = statement(debts, until, rates, payments, last_day_included=included)
    received = sum(payment.amount for payment in payments if payment.day <= until)
    noted = sum(note.amount for one in debts for note in one.credit_notes if note.day <= until)
    imputed = sum(part.amount for of in account.accounts for part in of.imputations)
    late = {eur("0.00"), FLAT_INDEMNITY}
    charged = sum(
        of.debt.principal + of.accrued + of.indemnity + sum(part.to_indemnity for part in of.imputations)
        for of in account.accounts
    )
    assert account.total == charged - received - noted + account.credit
    assert imputed <= received
    for of in account.accounts:
        assert of.principal >= 0
        assert of.interest >= 0
        assert of.indemnity + sum(part.to_indemnity for part in of.imputations) in late
        assert of.interest == of.accrued - sum(part.to_interest for part in of.imputations)


@settings(deadline=None)
@given(DEBTS, DAYS, RATES, PAYMENTS)
def test_nobody_owes_and_is_owed_by_payments_alone(
    debts: list[Debt], until: date, rates: list[Rate], payments: list[Payment]
) -> None:
    plain = [replace(one, credit_notes=()) for one in debts]
    last = [replace(payment, day=until) for payment in payments]
    account = statement(plain, until, rates, last)
    assert account.credit == 0 or account.total == 0


@settings(deadline=None)
@given(DEBTS, DAYS, RATES, PAYMENTS)
def test_a_day_more_never_lowers_what_has_run(
    debts: list[Debt], until: date, rates: list[Rate], payments: list[Payment]
) -> None:
    today = statement(debts, until, rates, payments)
    tomorrow = statement(debts, until + timedelta(days=1), rates, [one for one in payments if one.day <= until])
    for before, after in zip(today.accounts, tomorrow.accounts, strict=True):
        assert after.accrued >= before.accrued


@settings(deadline=None)
@given(AMOUNTS, AMOUNTS, DAYS, DAYS, RATES)
def test_more_principal_never_bears_less(
    one: Decimal, more: Decimal, due: date, until: date, rates: list[Rate]
) -> None:
    less, greater = debt(str(one), due), debt(str(one + more), due)
    assert statement([less], until, rates).interest <= statement([greater], until, rates).interest
