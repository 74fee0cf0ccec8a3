"""Payments and debts taken back: by a further row that names the one it reverses, and why."""

from typing import TypeVar

from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, audit_record, field_values
from events.services import events_record, story
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden
from recoveries.ledger.events import debt_event, payment_reversed_event
from recoveries.ledger.gathering import books_of
from recoveries.ledger.listeners import PaymentTold, payment_listeners
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Posted, Source, ledger_follow
from recoveries.ledger.services import account_lock
from recoveries.ledger.settling import case_settle
from recoveries.models import Acompte, Dette

Row = TypeVar("Row", Acompte, Dette)


@story()
def acompte_reverse(*, recovery_id: int, acompte_id: int, reason: Entry.Reason, by: User | None) -> Acompte:
    """Take a payment out of all that counts payments; returns the row that reverses it, dated today.

    Raises DoesNotExist for one of another case, Forbidden for one that was reversed, for a reversal, after a transfer.
    """
    case = account_lock(recovery_id=recovery_id)
    payment = _reversible(Acompte, recovery_id, acompte_id)
    refunds = books_of([recovery_id])[recovery_id].refunds.values()
    if any(refund.payment_id == acompte_id for refund in refunds):
        raise Forbidden(_("A part of this payment was given back: reverse that refund first."))
    values = {"recovery_id": recovery_id, "amount": payment.amount, "date": today()}
    reversal = Acompte(**values, reverses=payment, reason=reason)
    posted = _reversed(reversal, by)
    told = PaymentTold(
        case=case, payment=payment, posting=posted.reversal, account=posted.account, by=by, reversal=reversal
    )
    payment_listeners.tell(told)
    events_record([payment_reversed_event(payment, reversal, case=case, account=posted.account, by=by)])
    return reversal


@story()
def dette_reverse(*, recovery_id: int, dette_id: int, reason: Entry.Reason, by: User | None) -> Dette:
    """Take a debt out of what is owed; returns the row that reverses it, dated today. Raises as `acompte_reverse`."""
    case = account_lock(recovery_id=recovery_id)
    debt = _reversible(Dette, recovery_id, dette_id)
    values = {name: getattr(debt, name) for name in ("recovery_id", "label", "head", "amount")}
    reversal = Dette(**values, date=today(), reverses=debt, reason=reason)
    _reversed(reversal, by)
    events_record([debt_event(debt, case=case, by=by, reversal=reversal)])
    return reversal


def _reversible(model: type[Row], recovery_id: int, pk: int) -> Row:
    """The row; the caller holds the lock of its case, so that whoever comes second finds it reversed."""
    row = model._default_manager.select_related("reversal").get(pk=pk, recovery_id=recovery_id)
    if row.reverses_id is not None:
        raise Forbidden(_("A reversal cannot be reversed: enter what is right anew."))
    if hasattr(row, "reversal"):
        raise Forbidden(_("This was reversed already."))
    return row


def _reversed(reversal: Row, by: User | None) -> Posted:
    reversal.save(force_insert=True)
    posted = ledger_follow(recovery_id=reversal.recovery_id, by=by, source=Source.STAFF)
    case_settle(recovery_id=reversal.recovery_id, account=posted.account)
    audit_record(action=ADDED, target=reversal, after=field_values(reversal), actor=by)
    return posted
