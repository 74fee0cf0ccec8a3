"""The statement of account: late interest by segments, payments imputed, what is due on a day.

Pure: amounts in EUR, rates in percent a year as `(valid from, percent)`, one entry for each half-year where the law
sets them so. Exact calendar days over 365, leap years too; each segment rounded half-up to the cent, no rate per day;
no interest on interest (art. 1343-2 C. civ.).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from legalcity.lib.money import rounded

Rate = tuple[date, Decimal]

YEAR_DAYS = 365
NOTHING = Decimal("0.00")
FLAT_INDEMNITY = Decimal("40.00")  # Each invoice paid late between businesses (art. D441-5 C. com.)
BUSINESS_MARGIN = Decimal(10)  # Points above the ECB's refinancing rate (art. L441-10 C. com.)
LEGAL_TIMES = 3  # The least that may be agreed: so many times the legal rate (art. L441-10 C. com.)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received. `reference` is the debt that the debtor chose to pay, if any (art. 1342-10 C. civ.)."""

    day: date
    amount: Decimal
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CreditNote:
    """Principal that is no longer asked for, from a day on. It is no payment: interest has no part in it."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """An invoice. `principal`: what is due of it, VAT included. `due`: the last day to pay without being late.

    `runs_from`: the first day of interest, the day after `due` by default (business debts run without a reminder;
    others from the day after the formal notice, art. 1231-6 C. civ.). `indemnity`: the flat one, owed in full once
    the debt is late, outside the base of interest.
    """

    reference: str
    principal: Decimal
    due: date
    runs_from: date | None = None
    indemnity: Decimal = NOTHING
    credit_notes: tuple[CreditNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """Days, both ends included, on which neither rate nor principal changed, and their interest."""

    first: date
    last: date
    principal: Decimal
    percent: Decimal
    interest: Decimal

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Imputation:
    """Where a payment, or the part of it that went to one debt, was counted."""

    day: date
    to_interest: Decimal
    to_principal: Decimal
    to_indemnity: Decimal

    @property
    def amount(self) -> Decimal:
        """The whole of it."""
        return self.to_interest + self.to_principal + self.to_indemnity


@dataclass(frozen=True, slots=True)
class DebtAccount:
    """One debt on the day of the statement. `principal`, `interest` and `indemnity` are what is still owed."""

    debt: Debt
    segments: tuple[Segment, ...]
    imputations: tuple[Imputation, ...]
    principal: Decimal
    interest: Decimal
    indemnity: Decimal

    @property
    def accrued(self) -> Decimal:
        """All the interest that has run, paid or not."""
        return sum((segment.interest for segment in self.segments), NOTHING)

    @property
    def total(self) -> Decimal:
        """What is still owed on this debt."""
        return self.principal + self.interest + self.indemnity


@dataclass(frozen=True, slots=True)
class Statement:
    """The account on a day: the debts in the order given. `credit`: what was paid or credited beyond all debts."""

    until: date
    accounts: tuple[DebtAccount, ...]
    credit: Decimal

    @property
    def principal(self) -> Decimal:
        """Principal still owed."""
        return sum((account.principal for account in self.accounts), NOTHING)

    @property
    def interest(self) -> Decimal:
        """Interest still owed."""
        return sum((account.interest for account in self.accounts), NOTHING)

    @property
    def indemnities(self) -> Decimal:
        """Flat indemnities still owed."""
        return sum((account.indemnity for account in self.accounts), NOTHING)

    @property
    def total(self) -> Decimal:
        """Everything still owed."""
        return self.principal + self.interest + self.indemnities


# Rates


def fixed_rate(percent: Decimal) -> tuple[Rate, ...]:
    """An agreed rate, the same on every day."""
    return ((date.min, percent),)


def business_rates(ecb: Sequence[Rate]) -> tuple[Rate, ...]:
    """The default between businesses: the ECB's rate of 1 January or 1 July, each for its half-year, plus 10."""
    return tuple((since, percent + BUSINESS_MARGIN) for since, percent in ecb)


def least_rates(legal: Sequence[Rate]) -> tuple[Rate, ...]:
    """The least that businesses may agree on (the API's `yes 3`): three times the legal rate."""
    return tuple((since, percent * LEGAL_TIMES) for since, percent in legal)


def agreed_rates(percent: Decimal, legal: Sequence[Rate]) -> tuple[Rate, ...]:
    """A rate that businesses agreed on, raised to the least allowed wherever it is below."""
    return tuple((since, max(percent, least)) for since, least in least_rates(legal))


# Interest


def interest_segments(principal: Decimal, first: date, last: date, rates: Sequence[Rate]) -> list[Segment]:
    """Interest on `principal` from `first` to `last`, both included, cut at each entry of `rates`.

    Entries are in order of time; the last one goes on. ValueError when `first` is before all of them.
    """
    if last < first:
        return []
    starts = [since for since, _percent in rates]
    at = bisect_right(starts, first) - 1
    if at < 0:
        raise ValueError(f"no interest rate is known for {first}")
    ends = [since - _DAY for since in starts[at + 1 :] if since <= last]
    segments = []
    for end, (_since, percent) in zip([*ends, last], rates[at:], strict=False):
        segments.append(_segment(first, end, principal, percent))
        first = end + _DAY
    return segments


def _segment(first: date, last: date, principal: Decimal, percent: Decimal) -> Segment:
    days = (last - first).days + 1
    return Segment(first, last, principal, percent, rounded(principal * percent * days / (100 * YEAR_DAYS)))


def statement(
    debts: Sequence[Debt],
    until: date,
    rates: Sequence[Rate],
    payments: Sequence[Payment] = (),
    *,
    last_day_included: bool = True,
) -> Statement:
    """The account of `debts` on the day `until`.

    Each payment goes to the debt that the debtor chose, else to the oldest due, what is over to the next oldest; in
    each debt to interest, then principal (art. 1343-1 C. civ.), then the flat indemnity. Interest runs to the day of
    a payment and to `until`, these days included unless `last_day_included` says otherwise. What happened after
    `until` is left out. ValueError for an amount that is not positive, or a day before the first rate.
    """
    _check(debts, payments)
    runnings = [_Running.of(debt, sorted(rates), last_day_included) for debt in debts]
    credit = NOTHING
    for payment in sorted(payments, key=lambda payment: payment.day):
        if payment.day <= until:
            credit += _impute(payment, runnings)
    for running in runnings:
        running.advance(until)
        credit += running.credit
    return Statement(until, tuple(running.account() for running in runnings), credit)


@dataclass(slots=True)
class _Running:
    """A debt while the days go by. `since` is the first day whose interest has not been counted."""

    debt: Debt
    rates: Sequence[Rate]
    last_day_included: bool
    since: date
    notes: list[CreditNote]
    principal: Decimal
    interest: Decimal = NOTHING
    indemnity: Decimal = NOTHING
    credit: Decimal = NOTHING
    segments: list[Segment] = field(default_factory=list)
    imputations: list[Imputation] = field(default_factory=list)

    @classmethod
    def of(cls, debt: Debt, rates: Sequence[Rate], last_day_included: bool) -> "_Running":
        """A debt on its first day."""
        notes = sorted(debt.credit_notes, key=lambda note: note.day)
        return cls(debt, rates, last_day_included, debt.runs_from or debt.due + _DAY, notes, debt.principal)

    def advance(self, day: date) -> None:
        """Let the days go by to `day`. A credit note comes before a payment of its day: that pays what remains."""
        while self.notes and self.notes[0].day <= day:
            note = self.notes.pop(0)
            self._run(note.day)
            taken = min(note.amount, self.principal)
            self.principal -= taken
            self.credit += note.amount - taken
        self._run(day)

    def _run(self, day: date) -> None:
        if day > self.debt.due and self.principal:
            self.indemnity = self.debt.indemnity  # none of it is paid while there is principal
        last = day if self.last_day_included else day - _DAY
        if self.principal:
            segments = interest_segments(self.principal, self.since, last, self.rates)
            self.segments += segments
            self.interest += sum((segment.interest for segment in segments), NOTHING)
        self.since = max(self.since, last + _DAY)

    def paid(self, day: date, amount: Decimal) -> Decimal:
        """Take what is owed on `day` out of `amount`, and give back the rest."""
        self.advance(day)
        to_interest = min(amount, self.interest)
        to_principal = min(amount - to_interest, self.principal)
        to_indemnity = min(amount - to_interest - to_principal, self.indemnity)
        self.interest -= to_interest
        self.principal -= to_principal
        self.indemnity -= to_indemnity
        imputation = Imputation(day, to_interest, to_principal, to_indemnity)
        if imputation.amount:
            self.imputations.append(imputation)
        return amount - imputation.amount

    def account(self) -> DebtAccount:
        """What the statement says of it."""
        return DebtAccount(
            self.debt, tuple(self.segments), tuple(self.imputations), self.principal, self.interest, self.indemnity
        )


def _impute(payment: Payment, runnings: Sequence[_Running]) -> Decimal:
    """Spread a payment over the debts; what is over comes back."""
    left = payment.amount
    for running in sorted(runnings, key=lambda one: (one.debt.reference != payment.reference, one.debt.due)):
        if left:
            left = running.paid(payment.day, left)
    return left


def _check(debts: Sequence[Debt], payments: Sequence[Payment]) -> None:
    moved = [payment.amount for payment in payments] + [note.amount for debt in debts for note in debt.credit_notes]
    if any(amount <= 0 for amount in moved) or any(debt.principal < 0 or debt.indemnity < 0 for debt in debts):
        raise ValueError("the amounts of a statement of account are positive")
