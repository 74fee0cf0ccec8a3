"""The rows of a décompte on paper as lines of one width, in French.

A case of five hundred invoices has ten thousand figures: as cells of tables they would take minutes to draw.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from law.account.decompte import AllocationRow, NotDueRow, PaymentRow
from recoveries.ledger.sheet import ClaimSheet, Period

PERIODS = "du          au           jours            base        taux          intérêts   article"
ALLOCATIONS = "    intérêts       principal       indemnité          autres           total   créance"
NOT_DUE = "exigible le         principal   créance"
PENALTY = "clause pénale"


def claim_lines(sheet: ClaimSheet) -> Iterator[str]:
    """The periods of a claim, and what was taken off it without money."""
    if sheet.periods:
        yield PERIODS
    yield from map(_period, sheet.periods)
    for note in sheet.row.credit_notes:
        yield f"{_day(note.on)}  avoir sur le principal {_amount(note.amount, 14)}   {note.reference}"
    for waiver in sheet.waivers:
        yield f"{_day(waiver.on)}  abandonné par le créancier {_amount(waiver.amount, 10)}"


def allocation_lines(row: PaymentRow) -> Iterator[str]:
    """What a payment met, claim by claim."""
    if row.allocations:
        yield ALLOCATIONS
    yield from map(_allocation, row.allocations)


def not_due_lines(rows: tuple[NotDueRow, ...]) -> Iterator[str]:
    """What may not be demanded yet."""
    yield NOT_DUE
    for row in rows:
        yield f"{_day(row.due_on)}  {_amount(row.principal, 16)}   {row.claim.number}"


def _period(period: Period) -> str:
    days = period.days
    percent = f"{days.percent.normalize():f}".replace(".", ",")
    return (
        f"{_day(days.first)}  {_day(days.last)}  {days.days:>6}  {_amount(days.principal)}  {percent:>8} %"
        f"  {_amount(days.interest, 16)}   {period.article}"
    )


def _allocation(part: AllocationRow) -> str:
    met = part.amounts
    amounts = (met.interest, met.principal, met.indemnity, part.others, met.due)
    first, *rest = (_amount(amount, 12 if place == 0 else 14) for place, amount in enumerate(amounts))
    return "  ".join((first, *rest)) + f"   {part.number or PENALTY} ({part.article})"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _amount(amount: Decimal, width: int = 14) -> str:
    """`1 234,56 €`, to the right."""
    return f"{amount:,.2f} €".replace(",", " ").replace(".", ",").rjust(width)
