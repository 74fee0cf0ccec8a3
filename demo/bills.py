"""What a case is worth: invoices, further debts, payments received. Amounts in EUR to the cent."""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from demo.made import made
from demo.sentences import DEBTS, METHODS
from demo.trades import Trade
from invoicing.models import Invoice
from law.vocabulary import Step
from recoveries.models import Acompte, Dette, StatusChange

COUNTS = (1, 2, 3, 4, 5, 8)
COUNT_WEIGHTS = (44, 27, 15, 8, 4, 2)
# How accounts number their invoices; each keeps to one way.
NUMBERS = ("FA-{day:%Y}-{n:05d}", "F{day:%y%m}-{n:05d}", "{day:%Y}/{n:06d}")


def euros(cents: int) -> Decimal:
    """`cents` as an amount with two decimals."""
    return Decimal(cents).scaleb(-2)


def invoices_build(rng: Random, *, trade: Trade, account: int, filed: datetime) -> list[Invoice]:
    """The unpaid invoices of a case filed at `filed`: all due by then, oldest first."""
    [count] = rng.choices(COUNTS, COUNT_WEIGHTS)
    term, gap = rng.choice((30, 30, 45, 60)), rng.randint(14, 35)
    last_due = filed.date() - timedelta(days=rng.randint(5, 75))
    number = rng.randint(120, 70_000)
    invoices = []
    for back in range(count - 1, -1, -1):
        due = last_due - timedelta(days=back * gap)
        number += rng.randint(1, 60)
        invoice = _invoice(rng, trade, due - timedelta(days=term), due)
        invoice.invoice_number = NUMBERS[account % len(NUMBERS)].format(day=invoice.invoice_date, n=number)
        invoice.api_invoice_id = f"CMD-{number + 4000}" if rng.random() < 0.6 else None
        invoice.created_at = invoice.updated_at = filed
        invoices.append(invoice)
    if count > 1 and rng.random() < 0.06:
        _pay(invoices[0], invoices[0].invoice_amount)
    return invoices


def _invoice(rng: Random, trade: Trade, issued: date, due: date) -> Invoice:
    """Small amounts are common and large ones rare; VAT is added to the net price."""
    net = round(math.exp(rng.uniform(math.log(trade.least), math.log(trade.most))) * 100)
    amount = euros(net + (net * trade.vat + 500) // 1000)
    invoice = made(Invoice, invoice_date=issued, invoice_due_date=due, invoice_amount=amount)
    if rng.random() < 0.15:
        _pay(invoice, (amount * rng.randint(10, 70) / 100).quantize(Decimal("1.00")))
    return invoice


def _pay(invoice: Invoice, paid: Decimal) -> None:
    invoice.invoice_part_paid, invoice.invoice_part_paid_amount = True, paid


def remaining(invoices: Sequence[Invoice]) -> Decimal:
    """What part payments leave of the invoices."""
    return sum((each.invoice_amount - (each.invoice_part_paid_amount or 0) for each in invoices), Decimal("0.00"))


def dettes_build(rng: Random, *, filed: datetime) -> list[Dette]:
    """Debts beside the invoices: one case in twelve has one."""
    if rng.random() > 1 / 12:
        return []
    label, least, most = rng.choice(DEBTS)
    day = filed.date() - timedelta(days=rng.randint(0, 4))
    return [made(Dette, label=label, amount=euros(rng.randint(least, most)), date=day, created_at=filed)]


def acomptes_build(rng: Random, *, owed: Decimal, changes: Sequence[StatusChange]) -> list[Acompte]:
    """Payments received as the case went on: two at most, in part; and what remained, once it is paid.

    Interest and indemnities come on top of that (`demo.settling`).
    """
    acomptes: list[Acompte] = []
    for change in changes[1:]:
        if change.to_status_id == Step.PAID:
            rest = owed - sum(acompte.amount for acompte in acomptes)
            acomptes.append(_acompte(rng, rest, change.created_at))
        elif len(acomptes) < 2 and rng.random() < 0.2:
            share = rng.choice((Decimal("0.10"), Decimal("0.20"), Decimal("0.25"), Decimal("0.40")))
            acomptes.append(_acompte(rng, (owed * share).quantize(Decimal("0.01")), change.created_at))
    return acomptes


def _acompte(rng: Random, amount: Decimal, moment: datetime) -> Acompte:
    method = rng.choice(METHODS)
    reference = f"{method[:3].upper()} {rng.randrange(10**6):06d}"
    return made(Acompte, amount=amount, date=moment.date(), method=method, reference=reference, created_at=moment)
