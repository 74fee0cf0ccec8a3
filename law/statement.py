"""The statement of account of a list of debts, at one table of rates: the days go by in `law.account.running`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from legalcity.lib.dates import add_days
from legalcity.lib.money import cents, euros

from law.account.running import Cut, Running, Shares
from law.interest import NOTHING, Rate, RatePair, RateTable, Segment


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received. `reference` is the debt that the debtor chose to pay, if any (art. 1342-10 C. civ.).

    `id` tells payments from one another where it is asked what each of them met.
    """

    day: date
    amount: Decimal
    reference: str | None = None
    id: int = 0


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
class Imputation:
    """Where a payment, or the part of it that went to one debt, was counted. `payment` is its id."""

    day: date
    to_interest: Decimal
    to_principal: Decimal
    to_indemnity: Decimal
    payment: int = 0

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


def statement(
    debts: Sequence[Debt],
    until: date,
    rates: Sequence[Rate | RatePair],
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
    table = RateTable.of(rates)
    runnings = [_Debt(debt, _running(debt, table, last_day_included)) for debt in debts]
    left = sum((_impute(one, runnings) for one in sorted(payments, key=lambda one: one.day) if one.day <= until), 0)
    accounts = tuple(one.account(until) for one in runnings)
    return Statement(until, accounts, euros(left + sum(one.running.excess for one in runnings)))


@dataclass(slots=True)
class _Debt:
    """A debt while the days go by, and what payments met of it."""

    debt: Debt
    running: Running
    imputations: list[Imputation] = field(default_factory=list)

    def paid(self, payment: Payment, amount: int) -> int:
        """Lay `amount` cents of `payment` against what is owed on its day, and give back the rest."""
        met = self.running.take(payment.day, amount)
        if any(met):
            to_interest, to_principal, to_indemnity = map(euros, met)
            self.imputations.append(Imputation(payment.day, to_interest, to_principal, to_indemnity, payment.id))
        return amount - sum(met)

    def account(self, until: date) -> DebtAccount:
        """What the statement says of it."""
        owed = self.running.owed(until)
        self.running.close(until)
        return DebtAccount(
            debt=self.debt,
            segments=tuple(self.running.segments),
            imputations=tuple(self.imputations),
            principal=euros(owed.principal),
            interest=euros(owed.interest),
            indemnity=euros(owed.indemnity),
        )


def _running(debt: Debt, table: RateTable, last_day_included: bool) -> Running:
    cuts = [Cut(note.day, Shares(principal=cents(note.amount)), is_credit=True) for note in debt.credit_notes]
    return Running(
        table=table,
        principal=cents(debt.principal),
        due=debt.due,
        since=debt.runs_from or add_days(debt.due, 1),
        flat=cents(debt.indemnity),
        cuts=sorted(cuts),
        last_day_included=last_day_included,
    )


def _impute(payment: Payment, debts: Sequence[_Debt]) -> int:
    """Spread a payment over the debts; what is over comes back, in cents."""
    left = cents(payment.amount)
    for one in sorted(debts, key=lambda one: (one.debt.reference != payment.reference, one.debt.due)):
        if left:
            left = one.paid(payment, left)
    return left


def _check(debts: Sequence[Debt], payments: Sequence[Payment]) -> None:
    moved = [payment.amount for payment in payments] + [note.amount for debt in debts for note in debt.credit_notes]
    if any(amount <= 0 for amount in moved) or any(debt.principal < 0 or debt.indemnity < 0 for debt in debts):
        raise ValueError("the amounts of a statement of account are positive")
