"""Late interest: the tables of rates, and what runs on a sum from one day to another.

Pure: sums in whole cents, rates in percent a year. Exact calendar days over 365, leap years too; each period rounded
half-up to the cent, no rate per day; no interest on interest (art. 1343-2 C. civ.).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from legalcity.lib.dates import add_days
from legalcity.lib.money import euros

YEAR_DAYS = 365
NOTHING = Decimal("0.00")
FLAT_INDEMNITY = Decimal("40.00")  # Each invoice paid late between businesses (art. D441-5 C. com.)
BUSINESS_MARGIN = Decimal(10)  # Points above the ECB's refinancing rate (art. L441-10 C. com.)
LEGAL_TIMES = 3  # The least that may be agreed: so many times the legal rate (art. L441-10 C. com.)
TITLE_MARGIN = Decimal(5)  # Points on the legal rate, two months after an enforceable decision (art. L313-3 CMF)
FIRST_HALF_YEARS = date(2015, 1, 1)  # Of the legal rate: it was set by the year before

RatePair = tuple[date, Decimal]  # the first day, and percent a year


class RateKind(StrEnum):
    """Where a rate comes from, as the décompte names it."""

    LEGAL = "legal"
    LEGAL_TIMES_3 = "legal_times_3"
    LEGAL_PLUS_5 = "legal_plus_5"
    ECB_PLUS_10 = "ecb_plus_10"
    AGREED = "agreed"


class Rate(NamedTuple):
    """An entry of a table of rates, in force from `since` until the next entry.

    `until`: the last day for which it was set; None when it has no end. `source`: the text that set it; `confirmed`:
    compared with that text.
    """

    since: date
    percent: Decimal
    until: date | None = None
    source: str = ""
    confirmed: bool = True
    kind: RateKind = RateKind.LEGAL


class RateMissing(ValueError):
    """No rate is known for `day`, on which interest runs."""

    def __init__(self, day: date) -> None:
        super().__init__(f"no interest rate is known for {day}")
        self.day = day


class Segment(NamedTuple):
    """Days, both ends included, on which neither rate nor principal changed. `base` and `accrued` are in cents."""

    first: date
    last: date
    days: int
    base: int
    rate: Rate
    accrued: int

    @property
    def principal(self) -> Decimal:
        """What bears interest, in EUR."""
        return euros(self.base)

    @property
    def percent(self) -> Decimal:
        """The rate, in percent a year."""
        return self.rate.percent

    @property
    def interest(self) -> Decimal:
        """What ran in these days, in EUR."""
        return euros(self.accrued)

    @property
    def is_carried(self) -> bool:
        """Whether its rate is used beyond the days for which it was set."""
        return self.rate.until is not None and self.last > self.rate.until


# Tables of rates


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rates in order of time, made ready for whole numbers: interest is cents × days × numerator / denominator.

    `stops`: the day before the next entry; `known`: the last day on which an entry may be used. The last goes on.
    """

    rates: tuple[Rate, ...]
    starts: tuple[date, ...]
    stops: tuple[date, ...]
    known: tuple[date, ...]
    factors: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, rates: Iterable[Rate | RatePair]) -> "RateTable":
        """The table of `rates`: entries, or pairs of a first day and a percent."""
        entries = tuple(sorted(_entries(rates), key=_since))
        starts = tuple(entry.since for entry in entries)
        stops = (*(add_days(since, -1) for since in starts[1:]), date.max)
        known = tuple(min(stop, entry.until or stop) for entry, stop in zip(entries[:-1], stops, strict=False))
        ratios = (entry.percent.as_integer_ratio() for entry in entries)
        factors = tuple((above, below * 100 * YEAR_DAYS) for above, below in ratios)
        return cls(entries, starts, stops, (*known, date.max), factors)

    def index(self, day: date) -> int:
        """The place of the entry in force on `day`. RateMissing when there is none yet."""
        at = bisect_right(self.starts, day) - 1
        if at < 0:
            raise RateMissing(day)
        return at

    def interest(self, base: int, days: int, at: int) -> int:
        """Interest in cents on `base` cents for `days` days of the entry `at`, rounded half-up once."""
        above, below = self.factors[at]
        return (2 * base * days * above + below) // (2 * below)

    def segments(self, base: int, first: date, last: date) -> list[Segment]:
        """Interest on `base` cents from `first` to `last`, both included, cut at each entry.

        RateMissing when `first` is before all entries, or a day lies between two that leave it out.
        """
        found: list[Segment] = []
        if last < first:
            return found
        at, stops, known, rates = self.index(first), self.stops, self.known, self.rates
        start, final = first.toordinal(), last.toordinal()
        while True:
            stop = stops[at]
            end = last if last < stop else stop
            if end > known[at]:
                raise RateMissing(max(first, add_days(known[at], 1)))
            days = (final if end is last else end.toordinal()) - start + 1
            found.append(Segment(first, end, days, base, rates[at], self.interest(base, days, at)))
            if end == last:
                return found
            start += days
            at += 1
            first = self.starts[at]


def _entries(rates: Iterable[Rate | RatePair]) -> list[Rate]:
    return [Rate(*rate) for rate in rates]


def _since(rate: Rate) -> date:
    return rate.since


def half_years(rates: Iterable[Rate | RatePair], *, by_year_before: date = date.min) -> tuple[Rate, ...]:
    """`rates`, each with the last day for which it was set: that of its half-year, of its year before that day."""
    return tuple(rate._replace(until=_last_day(rate.since, by_year_before)) for rate in _entries(rates))


def _last_day(since: date, by_year_before: date) -> date:
    is_first_half = since.month < 7 and since >= by_year_before
    return date(since.year, 6, 30) if is_first_half else date(since.year, 12, 31)


def fixed_rate(percent: Decimal) -> tuple[Rate, ...]:
    """An agreed rate, the same on every day."""
    return (Rate(date.min, percent, kind=RateKind.AGREED),)


def business_rates(ecb: Iterable[Rate | RatePair]) -> tuple[Rate, ...]:
    """The default between businesses: the ECB's rate of 1 January or 1 July, each for its half-year, plus 10."""
    return tuple(
        rate._replace(percent=rate.percent + BUSINESS_MARGIN, kind=RateKind.ECB_PLUS_10) for rate in _entries(ecb)
    )


def least_rates(legal: Iterable[Rate | RatePair]) -> tuple[Rate, ...]:
    """The least that businesses may agree on (the API's `yes 3`): three times the legal rate."""
    return tuple(
        rate._replace(percent=rate.percent * LEGAL_TIMES, kind=RateKind.LEGAL_TIMES_3) for rate in _entries(legal)
    )


def agreed_rates(percent: Decimal, legal: Iterable[Rate | RatePair]) -> tuple[Rate, ...]:
    """A rate that businesses agreed on, raised to the least allowed wherever it is below."""
    return tuple(rate if rate.percent > percent else _agreed(rate, percent) for rate in least_rates(legal))


def lower_rates(percent: Decimal, legal: Iterable[Rate | RatePair]) -> tuple[Rate, ...]:
    """The lower of an agreed rate and the legal one: what may be asked while it is not known who the parties are."""
    return tuple(rate if rate.percent <= percent else _agreed(rate, percent) for rate in _entries(legal))


def _agreed(rate: Rate, percent: Decimal) -> Rate:
    """The agreed percent for the days of a table's entry, which it is only compared with."""
    return rate._replace(percent=percent, source="", confirmed=True, kind=RateKind.AGREED)


def legal_rates(legal: Iterable[Rate | RatePair], increased_from: date | None = None) -> tuple[Rate, ...]:
    """The legal rate; 5 points more from the day, two months after a decision became enforceable (L313-3 CMF)."""
    entries = tuple(sorted(_entries(legal), key=_since))
    if increased_from is None:
        return entries
    before = [rate for rate in entries if rate.since < increased_from]
    after = [rate for rate in entries if rate.since >= increased_from]
    if before and not (after and after[0].since == increased_from):
        after = [before[-1]._replace(since=increased_from), *after]
    return (*before, *map(_increased, after))


def _increased(rate: Rate) -> Rate:
    return rate._replace(percent=rate.percent + TITLE_MARGIN, kind=RateKind.LEGAL_PLUS_5)
