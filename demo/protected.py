"""The invoices that the accounts protect, unsaved. The same seed and day give the same ones."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from demo.accounts import Account
from demo.bills import NUMBERS, euros
from demo.chance import dice
from demo.one_case import Scene
from demo.people import siren
from demo.story import filed_at
from invoicing.models import ProtectedInvoice, ProtectedInvoiceChange
from invoicing.protected.services import protected_build

LEAST, MOST = 4, 9  # invoices of an account
Status = ProtectedInvoice.Status
STATUSES = (Status.PENDING, Status.PAID, Status.CANCELLED)
DUE_WEIGHTS, OPEN_WEIGHTS = (30, 60, 10), (82, 14, 4)

Draft = tuple[ProtectedInvoice, ProtectedInvoiceChange | None]


def protected_drafts(scene: Scene) -> Iterator[Draft]:
    """Every protected invoice of the portfolio, with the change of its status where it had one."""
    for account in scene.accounts:
        rng = dice(scene.seed, "protected", account.number)
        for number in range(1, rng.randint(LEAST, MOST) + 1):
            yield _draft(rng, account, number, scene.today)


def _draft(rng: Random, account: Account, number: int, today: date) -> Draft:
    stored = filed_at(rng, today)
    due = stored.date() + timedelta(days=rng.choice((30, 30, 45, 60)))
    style = NUMBERS[account.number % len(NUMBERS)]
    invoice = protected_build(
        owner_id=account.user_id,
        values={
            "api_invoice_id": f"ERP-{account.number + 1:02}-{number:04}",
            "siren": siren(rng),
            "invoice_number": style.format(day=stored, n=70_000 + rng.randint(1, 9_000)),
            "due_date": due,
            "amount": euros(rng.randint(account.trade.least * 100, account.trade.most * 100)),
            "description": rng.choice(account.trade.services),
        },
    )
    invoice.created_at = invoice.updated_at = stored
    [status] = rng.choices(STATUSES, DUE_WEIGHTS if due < today else OPEN_WEIGHTS)
    if status == Status.PENDING:
        return invoice, None
    return invoice, _change(invoice, status, _later(rng, stored, today))


def _later(rng: Random, stored: datetime, today: date) -> datetime:
    """A moment of a day from that of `stored` on, before `today`."""
    days = rng.randrange((today - stored.date()).days)
    return stored + timedelta(days=min(days, 90), minutes=rng.randint(1, 300))


def _change(invoice: ProtectedInvoice, status: Status, moment: datetime) -> ProtectedInvoiceChange:
    """The one change of `invoice`, made by its owner."""
    invoice.status, invoice.updated_at = status, moment
    return ProtectedInvoiceChange(
        invoice=invoice, from_status=Status.PENDING, to_status=status, user_id=invoice.owner_id, created_at=moment
    )
