"""The account of a case as its page shows it: one reckoning feeds the head, the panel and the rows of the claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from law.account.decompte import Amounts, Decompte
from law.account.facts import ClaimKey, ClaimKind
from law.interest import NOTHING, RateMissing
from recoveries.ledger.gathering import told_of
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.sheet import HeadRow, head_rows, not_due_of
from recoveries.models import Recovery


class Left(NamedTuple):
    """What is left of a claim, EUR by head. `is_due`: it may be demanded; `is_late`: its due day has passed."""

    amounts: Amounts
    due_on: date
    is_due: bool
    is_late: bool


class Row(NamedTuple):
    """A row of a table of claims: the record, and what is left of it; None where the account does not have it."""

    record: Any
    left: Left | None


@dataclass(frozen=True, slots=True)
class CaseAccount:
    """What is owed on `on`. All sums are None while no interest rate is known for `missing_on`.

    `late_days`: since the oldest claim that is owed was due.
    """

    on: date
    told: Decompte | None
    missing_on: date | None
    lefts: dict[ClaimKey, Left]

    @property
    def heads(self) -> list[HeadRow]:
        """What is due, by head."""
        return list(head_rows(self.told)) if self.told else []

    @property
    def not_due(self) -> Decimal:
        """What may not be demanded yet."""
        return not_due_of(self.told) if self.told else NOTHING

    @property
    def received(self) -> Decimal:
        """All money that came in and counts."""
        return self.told.received if self.told else NOTHING

    @property
    def late_days(self) -> int:
        """Days since the oldest claim that is still owed fell due; 0 when none is late."""
        late = (left.due_on for left in self.lefts.values() if left.is_late)
        return (self.on - min(late, default=self.on)).days

    def rows(self, kind: ClaimKind, records: Iterable[Any]) -> list[Row]:
        """Invoices or debts, each with what is left of it."""
        return [Row(record, self.lefts.get((kind, record.pk))) for record in records]


def case_account(case: Recovery, on: date) -> CaseAccount:
    """The account of `case` (read by `gathering.with_terms`) at the end of the day `on`. Two statements."""
    told = reckoned(told_of(case).facts, on)
    if isinstance(told, RateMissing):
        return CaseAccount(on, None, told.day, {})
    return CaseAccount(on, told, None, _lefts(told, on))


def _lefts(told: Decompte, on: date) -> dict[ClaimKey, Left]:
    lefts = {
        row.claim.key: Left(row.left, row.due_on, is_due=True, is_late=bool(row.left.due) and row.due_on < on)
        for row in told.claims
    }
    for row in told.not_due:
        lefts[row.claim.key] = Left(Amounts(row.principal), row.due_on, is_due=False, is_late=False)
    return lefts
