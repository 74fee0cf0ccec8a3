"""A payment's allocation as the lines of a posting: equal sums on both sides, each with its head, claim and article."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from law.account.decompte import Amounts, PaymentRow
from law.account.facts import ClaimKey, Head
from law.interest import NOTHING


class LedgerAccount(StrEnum):
    """The accounts of the ledger. Fees that the firm retains are of a client, and on no case."""

    DEBTOR = "debtor"
    BANK = "bank"
    CREDITOR = "creditor"
    WAIVED = "waived"
    LOST = "lost"
    SUSPENSE = "suspense"
    FEES = "fees"


class Line(NamedTuple):
    """A line of a posting, EUR: either `debit` or `credit` is 0.00."""

    account: LedgerAccount
    head: Head | None
    claim: ClaimKey | None
    debit: Decimal
    credit: Decimal
    article: str


def payment_lines(
    row: PaymentRow, *, into: LedgerAccount = LedgerAccount.BANK, beside: Sequence[Line] = ()
) -> tuple[Line, ...]:
    """The lines of a payment: money `into` the bank (the creditor's account when received directly), off the debt.

    What met nothing waits in suspense. `beside`: what it met beside what `row` tells. A payment that was reversed has
    none.
    """
    if row.is_reversed:
        return ()
    allocated = [
        Line(LedgerAccount.DEBTOR, Head(head), part.claim, NOTHING, amount, part.article)
        for part in row.allocations
        for head, amount in zip(Amounts._fields, part.amounts, strict=True)
        if amount
    ]
    allocated += beside
    over = row.payment.amount - sum((line.credit for line in allocated), NOTHING)
    rest = [Line(LedgerAccount.SUSPENSE, Head.SURPLUS, None, NOTHING, over, "")] if over else []
    return (Line(into, None, None, row.payment.amount, NOTHING, ""), *allocated, *rest)
