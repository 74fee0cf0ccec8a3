"""What stands behind the sums of a décompte on paper, line by line, in French: claims, penalty, payments.

A case of five hundred invoices has ten thousand figures: they are drawn as lines of one width (`lib/papers.py`).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from law.account.decompte import AllocationRow, Decompte, NotDueRow, PaymentRow
from law.account.facts import Waiver
from legalcity.lib.papers import HEAD, STRONG, TITLE, VOID, Row
from recoveries.ledger.sheet import ClaimSheet, Period, Sheet

PERIODS = "du          au           jours            base        taux          intérêts   article"
ALLOCATIONS = "    intérêts       principal       indemnité          autres           total   créance"
NOT_DUE = "exigible le         principal   créance"
PENALTY = "clause pénale"
HEADED = 2  # lines after a head that stay with it


def foot_lines(told: Decompte, sha256: str) -> list[str]:
    """What stands under every page: which account it is of."""
    state = " · provisoire" if told.is_provisional else ""
    return [f"Décompte {told.recovery_reference} au {_day(told.on)}{state}", f"SHA-256 {sha256}"]


def decompte_rows(sheet: Sheet) -> Iterator[Row]:
    """All lines of the paper, in their order."""
    told = sheet.told
    if sheet.claims:
        yield Row("Créances", TITLE, keeps=HEADED)
    for claim in sheet.claims:
        yield from _claim(claim)
    if told.penalty:
        yield Row("Clause pénale", TITLE, keeps=1)
        left = _euros(told.total.penalty)
        yield Row(f"La clause pénale s'élève à {_euros(told.penalty)} (art. 1231-5 C. civ.) ; reste dû {left}.")
        yield from (Row(_given_up(waiver)) for waiver in sheet.penalty_waivers)
    if told.not_due:
        yield Row("Non encore exigible", TITLE, keeps=HEADED)
        yield Row(NOT_DUE, keeps=1)
        yield from map(_not_due, told.not_due)
    if told.payments:
        yield Row("Paiements et leur imputation", TITLE, keeps=HEADED)
    for row in told.payments:
        yield from _payment(row)


def _claim(sheet: ClaimSheet) -> Iterator[Row]:
    """A claim, its periods, what was taken off it without money, and what is left."""
    claim, left = sheet.row.claim, sheet.row.left
    part_paid = f" (montant {_euros(claim.amount)} moins {_euros(claim.part_paid)} déjà réglés)"
    what = f"{_euros(claim.principal)}{part_paid if claim.part_paid else ''}"
    due = _day(sheet.row.due_on)
    lines = list(_claim_lines(sheet))
    keeps = HEADED if len(lines) > HEADED else len(lines) + 1
    yield Row(f"{claim.number} du {_day(claim.issued_on)}, exigible le {due} : {what}", HEAD, keeps)
    yield from (Row(text, keeps=int(at == len(lines))) for at, text in enumerate(lines, start=1))
    heads = [("principal", left.principal), ("intérêts", left.interest), ("indemnité", left.indemnity)]
    heads += [("frais", left.cost)] if left.cost else []
    told = ", ".join(f"{name} {_euros(amount)}" for name, amount in heads)
    yield Row(f"Reste dû : {told}, en tout {_euros(left.due)}", STRONG)


def _claim_lines(sheet: ClaimSheet) -> Iterator[str]:
    if sheet.periods:
        yield PERIODS
    yield from map(_period, sheet.periods)
    for note in sheet.row.credit_notes:
        yield f"{_day(note.on)}  avoir sur le principal {_amount(note.amount, 14)}   {note.reference}"
    yield from map(_given_up, sheet.waivers)


def _payment(row: PaymentRow) -> Iterator[Row]:
    """A payment, and what it met claim by claim."""
    paid = row.payment
    about = [f"{_day(paid.on)} : {_euros(paid.amount)}", paid.method, paid.reference]
    about += ["annulé"] if row.is_reversed else []
    keeps = min(HEADED, len(row.allocations))
    yield Row(" · ".join(filter(None, about)), VOID if row.is_reversed else HEAD, keeps=keeps)
    if row.allocations:
        yield Row(ALLOCATIONS, keeps=1)
    yield from map(_allocation, row.allocations)


def _period(period: Period) -> str:
    days = period.days
    percent = f"{days.percent.normalize():f}".replace(".", ",")
    return (
        f"{_day(days.first)}  {_day(days.last)}  {days.days:>6}  {_amount(days.principal)}  {percent:>8} %"
        f"  {_amount(days.interest, 16)}   {period.article}"
    )


def _given_up(waiver: Waiver) -> str:
    return f"{_day(waiver.on)}  abandonné par le créancier {_amount(waiver.amount, 10)}"


def _allocation(part: AllocationRow) -> Row:
    met = part.amounts
    amounts = (met.interest, met.principal, met.indemnity, part.others, met.due)
    first, *rest = (_amount(amount, 12 if place == 0 else 14) for place, amount in enumerate(amounts))
    return Row("  ".join((first, *rest)) + f"   {part.number or PENALTY} ({part.article})")


def _not_due(row: NotDueRow) -> Row:
    return Row(f"{_day(row.due_on)}  {_amount(row.principal, 16)}   {row.claim.number}")


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _euros(amount: Decimal) -> str:
    """`1 234,56 €`."""
    return f"{amount:,.2f} €".replace(",", " ").replace(".", ",")


def _amount(amount: Decimal, width: int = 14) -> str:
    """The same, to the right."""
    return _euros(amount).rjust(width)
