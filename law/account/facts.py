"""What happened to the money of a case, and what was asked: the values that its account is reckoned from.

Amounts in EUR with two places. The order in which facts were recorded does not matter.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from law.interest import NOTHING, Rate
from law.parties import Quality


class ClaimKind(StrEnum):
    """What a claim is to the client: an invoice, or a further debt (`dettes`)."""

    INVOICE = "invoice"
    DEBT = "debt"


class DebtHead(StrEnum):
    """What a claim is for. Costs of a title count once there is one; those kept by the creditor never (L111-8 CPCE)."""

    PRINCIPAL = "principal"
    DEPOSIT = "deposit"
    COST_OF_TITLE = "cost_of_title"
    KEPT_BY_CREDITOR = "kept_by_creditor"


class Head(StrEnum):
    """Under which head money is owed."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    INDEMNITY = "indemnity"
    PENALTY = "penalty"
    COST = "cost"
    SURPLUS = "surplus"


class PaymentState(StrEnum):
    """`reversed`: it counts as if it had never been. `refunded`: what was over of it has been given back."""

    RECEIVED = "received"
    REVERSED = "reversed"
    REFUNDED = "refunded"


class NoticeState(StrEnum):
    """How far a formal notice came."""

    PLANNED = "planned"
    SENT = "sent"
    PRESENTED = "presented"
    RECEIVED = "received"
    UNCLAIMED = "unclaimed"
    REFUSED = "refused"
    FAILED = "failed"


ClaimKey = tuple[ClaimKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An invoice or a further debt. `part_paid`: what the client says was paid before, without a day.

    `due_on`: the last day to pay without being late, None when the invoice names none; `performed_on`: when the goods
    were received or the service was performed, which then decides.
    """

    kind: ClaimKind
    id: int
    number: str
    issued_on: date
    due_on: date | None
    amount: Decimal
    part_paid: Decimal = NOTHING
    performed_on: date | None = None
    head: DebtHead = DebtHead.PRINCIPAL

    @property
    def key(self) -> ClaimKey:
        """What tells it from the others of the case."""
        return (self.kind, self.id)

    @property
    def principal(self) -> Decimal:
        """What was due of it in the beginning."""
        return max(self.amount - self.part_paid, NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """A lower price agreed later. It is no payment: it takes principal away, and no interest."""

    id: int
    claim: ClaimKey
    on: date
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """What the creditor gives up (a remise) or writes off, under one head; `claim` is None for the penalty."""

    id: int
    on: date
    head: Head
    amount: Decimal
    claim: ClaimKey | None
    is_writeoff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money received. `invoice_id`: the invoice that the debtor chose; it beats the reference."""

    id: int
    on: date
    amount: Decimal
    reference: str = ""
    invoice_id: int | None = None
    state: PaymentState = PaymentState.RECEIVED
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What was over of a payment, given back on that day; where it was moved, the payment `into` was received anew."""

    payment_id: int
    on: date
    amount: Decimal
    into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMet:
    """What a client asked for while something was over: the payments of before do not meet it.

    `claim`: None for the penalty. `payments`: those recorded before. They meet of its principal what was asked when
    they were (`asked`; None for whatever is), and together no more of its `interest` and `indemnity` than they had met
    (None for whatever is owed); EUR.
    """

    claim: ClaimKey | None
    payments: frozenset[int]
    asked: Decimal | None = None
    interest: Decimal | None = None
    indemnity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A formal notice (mise en demeure, art. 1344 C. civ.)."""

    state: NoticeState
    sent_on: date | None = None
    presented_on: date | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyClause:
    """An agreed penalty (art. 1231-5 C. civ.): an amount, or a percent of the principal unpaid at the notice."""

    amount: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order for payment and what it granted under each head; None is all that was asked (art. 1409 CPC).

    Once it is served, what it did not grant is given up, from the day of the order on.
    """

    made_on: date
    served_on: date | None
    principal: Decimal | None = None
    interest: Decimal | None = None
    indemnity: Decimal | None = None
    penalty: Decimal | None = None
    cost: Decimal | None = None


class Stay(NamedTuple):
    """What of a payment stays behind at a transfer, EUR, and the invoice that it is meant for there."""

    payment_id: int
    amount: Decimal
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The claims that went on to another case on `moved_on`, and the reference of that case.

    `stays`: what stays behind of each payment that was known then; None where it was not written down. Payments that
    it does not name came later: they stay as they are. `penalty`: the clause with which what stays behind goes on.
    `payments` and `refunds`: those that were known then, None for all of before that day; refunds went along with what
    was over.
    """

    moved_on: date
    reference: str
    claims: frozenset[ClaimKey]
    stays: tuple[Stay, ...] | None = None
    penalty: PenaltyClause | None = None
    payments: frozenset[int] | None = None
    refunds: tuple[Refund, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the creditor asks beside principal: `agreed` and `percent` are the case's `recovery_interest_rate`."""

    late_interest: bool = True
    agreed: str | None = None
    percent: Decimal | None = None
    penalty: PenaltyClause | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rates:
    """The tables of rates: the legal one for private persons and for everybody else, the ECB's (`half_years`).

    Told apart by what they are, not by what they hold: what is made of them is kept for as long as they are.
    """

    individual: tuple[Rate, ...]
    other: tuple[Rate, ...]
    ecb: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that decides the account of a case.

    `gone`: after a transfer, what the other case knows of the claims that went on, under the names of this one.
    `title_on`: the first day on which the creditor holds an enforceable title. `presentation_counts`: a registered
    letter that was refused or not fetched counts from its first presentation.
    """

    recovery_id: int
    recovery_reference: str
    creditor: Quality
    debtor: Quality
    claims: tuple[Claim, ...]
    demand: Demand = field(default_factory=Demand)
    credit_notes: tuple[CreditNote, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    not_met: tuple[NotMet, ...] = ()
    notices: tuple[Notice, ...] = ()
    order: Order | None = None
    title_on: date | None = None
    transfer: Transfer | None = None
    gone: Self | None = None
    presentation_counts: bool = True
