"""What a letter may ask for of a décompte: claims that are due and that nothing forbids to ask for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from law.account.decompte import Amounts, ClaimRow, Decompte
from law.account.facts import ClaimKey
from law.account.warnings import Caution
from law.interest import NOTHING


@dataclass(frozen=True, slots=True)
class Demanded:
    """The part of an account that is asked for, EUR. `article`: why interest runs, where it does."""

    day: date
    rows: tuple[ClaimRow, ...]
    amounts: Amounts
    article: str
    warnings: tuple[Caution, ...]
    is_provisional: bool

    @property
    def total(self) -> Decimal:
        """The sum."""
        return self.amounts.due


def demanded(told: Decompte, keys: Collection[ClaimKey]) -> Demanded:
    """The claims of `keys` with what is left of them. The penalty rests on all claims: asked for when all are."""
    rows = tuple(row for row in told.claims if row.claim.key in keys)
    heads = {head: sum((getattr(row.left, head) for row in rows), NOTHING) for head in Amounts._fields}
    if not any(any(row.left) for row in told.claims if row.claim.key not in keys):
        heads["penalty"] = told.total.penalty
    article = next((row.article for row in rows if row.left.interest), "")
    return Demanded(told.on, rows, Amounts(**heads), article, told.warnings, told.is_provisional)
