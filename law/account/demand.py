"""What a letter may ask for of a décompte: claims that are due and that nothing forbids to ask for."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from law.account.decompte import Amounts, ClaimRow, Decompte, PaymentRow
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


def enclosed(told: Decompte, asked: Demanded) -> Decompte:
    """The account that a letter encloses: of `told` what is asked for, so that nothing else is asked for by the way.

    Payments are told as far as they met what is asked for; what they met besides is in no line. The interest of one
    more day is nothing where claims were left out, since it is that of all of them.
    """
    keys = {row.claim.key for row in asked.rows}
    is_whole = keys == {row.claim.key for row in told.claims}
    return replace(
        told,
        claims=asked.rows,
        payments=told.payments if is_whole else tuple(_payments(told.payments, keys)),
        waivers=tuple(waiver for waiver in told.waivers if waiver.claim is None or waiver.claim in keys),
        penalty=told.penalty if asked.amounts.penalty else NOTHING,
        not_due=(),
        total=asked.amounts,
        per_day=told.per_day if is_whole else NOTHING,
        warnings=(),
    )


def _payments(rows: Iterable[PaymentRow], keys: Collection[ClaimKey]) -> Iterator[PaymentRow]:
    for row in rows:
        met = tuple(part for part in row.allocations if part.claim in keys)
        if met:
            yield replace(row, allocations=met)
