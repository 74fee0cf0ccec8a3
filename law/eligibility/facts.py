"""What the rule looks at: claims, the state of the case, and what staff set."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from law.parties import Party
from law.vocabulary import Matter


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice: when it was due and what remains of it, in EUR."""

    due: date | None
    remaining: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rule looks at.

    `amount`: what is left to recover, in EUR, payments received taken off. `invoices`: all of the case.
    `restarts`: days on which the debtor acknowledged the debt or paid a part of it.
    """

    case_type: int
    status_id: int
    is_closed: bool
    is_transferred: bool
    customer: Party | None
    debtor: Party | None
    invoices: tuple[Claim, ...]
    amount: Decimal
    restarts: tuple[date, ...] = ()
    matter: Matter = Matter.ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What staff set. Amounts in EUR; ages in days since the oldest unpaid due date; None is no limit.

    `limitation_notice_days`: a claim with fewer days left than this before it is time-barred gets a warning.
    """

    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    min_age_days: int | None = None
    max_age_days: int | None = None
    limitation_notice_days: int = 180


def oldest_due(facts: Facts) -> date | None:
    """The oldest due date among the invoices that are not fully paid."""
    return min((claim.due for claim in unpaid(facts) if claim.due), default=None)


def unpaid(facts: Facts) -> tuple[Claim, ...]:
    """The invoices that are not fully paid."""
    return tuple(claim for claim in facts.invoices if claim.remaining > 0)
