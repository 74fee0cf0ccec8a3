"""Rules of protected invoices. Pure: values in, values out."""

import secrets
import string
from datetime import date

from invoicing.models import ProtectedInvoice

PREFIX = "fyn_"
ALPHABET = string.ascii_uppercase + string.digits
TAIL = 6  # characters


def tracking_code(api_invoice_id: str) -> str:
    """The code under which an invoice is followed: `fyn_INV-1`."""
    return f"{PREFIX}{api_invoice_id}"


def with_tail(code: str) -> str:
    """`code` told apart from another account's: `fyn_INV-1-K3Q8ZD`, another one at each call."""
    return f"{code}-{''.join(secrets.choice(ALPHABET) for _ in range(TAIL))}"


def is_paid(status: str) -> bool:
    """Whether the client said that it was paid."""
    return status == ProtectedInvoice.Status.PAID


def is_overdue(status: str, due: date, today: date) -> bool:
    """Overdue from the day after the due date, while payment is waited for."""
    return status == ProtectedInvoice.Status.PENDING and due < today
