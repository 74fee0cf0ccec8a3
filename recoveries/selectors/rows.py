"""What hangs on a case, as rows with names. Amounts, days and moments are as the database or its JSON gives them."""

from typing import Any, NamedTuple


class Handler(NamedTuple):
    """The name of who works on a case."""

    first_name: str | None
    last_name: str | None


class HistoryRow(NamedTuple):
    """One step in the life of a case, with the name of who made it."""

    id: int
    from_status_id: int | None
    to_status_id: int
    user_id: int | None
    first_name: str | None
    last_name: str | None
    comment: str
    created_at: Any


class CommentRow(NamedTuple):
    """A comment."""

    id: int
    recovery_id: int
    user_id: int | None
    html: str
    text: str
    visible_to_user: bool
    visible_to_debtor: bool
    visible_to_bailiff: bool
    is_read: bool
    created_at: Any
    updated_at: Any


class AcompteRow(NamedTuple):
    """A payment received."""

    id: int
    amount: Any
    date: Any
    method: str
    reference: str
    comment: str
    created_at: Any
    reversed_at: Any


class DetteRow(NamedTuple):
    """A debt beside the invoices."""

    id: int
    label: str
    amount: Any
    date: Any
    comment: str
    created_at: Any
    reversed_at: Any
    head: str


class NoticeRow(NamedTuple):
    """A formal notice."""

    id: int
    channel: str
    state: str
    amount: Any
    sent_on: Any
    presented_on: Any
    received_on: Any
    created_at: Any


class InjunctionRow(NamedTuple):
    """The procedure of a case, with reference and status of the case that it is; all None where there is none."""

    recovery_id: int | None
    recovery_reference: str
    procedure: str
    status_id: int
    key: str
    court_fee: Any
    handling_fee: Any
    handling_vat: Any
    fee_paid_on: Any
    order_made_on: Any
    granted_principal: Any
    granted_interest: Any
    granted_indemnity: Any
    granted_penalty: Any
    granted_cost: Any
    is_fee_unconfirmed: Any
