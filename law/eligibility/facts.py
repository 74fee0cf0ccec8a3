"""What the rule looks at: claims, the state of the case, and what staff set."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from law.eligibility.costs import Costs
from law.limitation import Limitation, Starts, limitation_for, starts_of
from law.parties import Party
from law.vocabulary import Matter


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice: when it was due and what remains of it, in EUR; its own date and that of the performance, if known.

    `is_debt`: it is no invoice but a debt beside them, which is due on its day itself. `id` and `number` are handed
    back with the answer.
    """

    due: date | None
    remaining: Decimal
    issued: date | None = None
    performed: date | None = None
    id: int | None = None
    number: str = ""
    is_debt: bool = False

    @property
    def starts(self) -> Starts | None:
        """The days from which its limitation may run."""
        return starts_of(performed=self.performed, issued=self.issued, due=self.due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rule looks at.

    `amount`: what is left to recover, in EUR, payments received taken off. `invoices`, `debts`: all of the case.
    `acknowledged`: days on which the debtor recognised the debt; `payments`: days on which a part of it was paid.
    `is_hold_lifted`: a manager takes it on that something prolonged limitation.
    """

    case_type: int
    status_id: int
    is_closed: bool
    is_transferred: bool
    customer: Party | None
    debtor: Party | None
    invoices: tuple[Claim, ...]
    amount: Decimal
    debts: tuple[Claim, ...] = ()
    acknowledged: tuple[date, ...] = ()
    payments: tuple[date, ...] = ()
    matter: Matter = Matter.ORDINARY
    is_hold_lifted: bool = False

    @property
    def limitation(self) -> Limitation:
        """How long its claims may be asked for."""
        return limitation_for(self.customer, self.debtor, self.matter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What staff set. Amounts in EUR; ages in days since the oldest unpaid due date; None is no limit.

    `limitation_notice_days`: a claim with fewer days left than this before it is time-barred gets a warning. `costs`:
    what the catalogues say of fees and contributions; None warns of none.
    """

    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    min_age_days: int | None = None
    max_age_days: int | None = None
    limitation_notice_days: int = 180
    costs: Costs | None = None


def unpaid(facts: Facts) -> tuple[Claim, ...]:
    """The invoices that are not fully paid."""
    return tuple(claim for claim in facts.invoices if claim.remaining > 0)
