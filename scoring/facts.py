"""What a score is made from: plain values, whoever found them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a claim."""

    OPEN = "open"
    COURT = "court"  # it took an injunction
    LOST = "lost"  # given up with a part unpaid


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment on a claim, in EUR; `days_late` counts from the due date, 0 when it came in time."""

    amount: Decimal
    days_late: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What the company owed to one client. `age_days` counts from the due date to the day of the report."""

    amount: Decimal
    age_days: int
    payments: tuple[Payment, ...] = ()
    outcome: Outcome = Outcome.OPEN

    @property
    def paid(self) -> Decimal:
        """What was paid of it, the amount at most."""
        return min(self.amount, sum((payment.amount for payment in self.payments), Decimal(0)))

    @property
    def unpaid(self) -> Decimal:
        """What is left."""
        return self.amount - self.paid


class Band(StrEnum):
    """How a company pays the firm's other clients: as much as may be said of it, worst first."""

    POOR = "poor"
    MIXED = "mixed"
    FAIR = "fair"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Registration:
    """The company in the national register."""

    active: bool
    legal_form: str  # the register's code, such as 5710
    created_on: date | None
    closed_on: date | None
    address: str


class Insolvency(StrEnum):
    """Where the company stands in insolvency proceedings, by the published notices."""

    NONE = "none"
    PLAN = "plan"  # goes on under a plan that a court approved
    ENDED = "ended"  # closed, creditors paid or the debtor discharged
    OPEN = "open"  # under way, or closed because nothing was left


@dataclass(frozen=True, slots=True)
class Notice:
    """A published insolvency notice that still stands."""

    id: str
    published_on: date
    title: str  # the kind of judgment, as published
    court: str


class Identity(StrEnum):
    """What the company's number is worth."""

    REGISTERED = "registered"
    VALID = "valid"
    NOT_FOUND = "not_found"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known; None is "not known", never "nothing".

    `own` are the claims of the client who asks; `others` is what may be said of all the other clients' claims.
    `country` is an ISO code, `company_days` the company's age. `silent` sources were asked and did not answer.
    """

    identity: Identity
    legal_form: str = ""
    country: str | None = None
    own: tuple[Claim, ...] = ()
    others: Band | None = None
    registration: Registration | None = None
    company_days: int | None = None
    insolvency: Insolvency | None = None
    notices: tuple[Notice, ...] = field(default=())
    silent: tuple[str, ...] = ()

    @property
    def has_history(self) -> bool:
        """Whether anything is known of how the company pays."""
        return bool(self.own) or self.others is not None


def total(claims: Iterable[Claim]) -> Decimal:
    """The amount of claims, in EUR."""
    return sum((claim.amount for claim in claims), Decimal(0))


def unpaid(claims: Iterable[Claim]) -> Decimal:
    """What is left of claims, in EUR."""
    return sum((claim.unpaid for claim in claims), Decimal(0))


def open_claims(claims: Sequence[Claim]) -> int:
    """How many claims are not fully paid."""
    return sum(1 for claim in claims if claim.unpaid > 0)
