"""Payments and debts taken back: by a further row that names the one it reverses, and why."""

from collections.abc import Collection
from typing import TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, audit_record, field_values
from events.services import events_record, story
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden
from recoveries.ledger.book import Book
from recoveries.ledger.drafting import reversed_draft
from recoveries.ledger.events import debt_event, payment_reversed_event
from recoveries.ledger.gathering import books_of, case_lock, facts_here
from recoveries.ledger.listeners import PaymentTold, payment_listeners
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Posted, Source, ledger_follow, reversal_draft
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.services import account_lock
from recoveries.ledger.settling import case_settle
from recoveries.models import Acompte, Dette, Recovery

Row = TypeVar("Row", Acompte, Dette)


@story()
def acompte_reverse(*, recovery_id: int, acompte_id: int, reason: Entry.Reason, by: User | None) -> Acompte:
    """Take a payment out of all that counts payments; returns the row that reverses it, dated today.

    What was moved to it from a surplus is surplus again. One that went to court, wholly or in part, is taken back in
    both cases, whichever of them is asked. Raises DoesNotExist for one of another case, Forbidden for one that was
    reversed, for a reversal, and on a case that has nothing left since its claims went on.
    """
    cases = _cases_lock(recovery_id)
    case = account_lock(recovery_id=recovery_id)
    books = books_of([one.pk for one in cases])
    payment = _of_case(books.get(recovery_id), recovery_id, acompte_id)
    first = payment.moved_from or payment
    rows = list(Acompte.objects.standing().filter(Q(pk=first.pk) | Q(moved_from=first)).order_by("pk"))
    ids = {row.pk for row in rows}
    if any(refund.payment_id in ids for one in cases for refund in facts_here(one).refunds):
        raise Forbidden(_("A part of this payment was given back: reverse that refund first."))
    reversals = {row.recovery_id: _reversal(row, reason, by) for row in rows}
    having = [one for one in cases if one.pk in reversals or ids & books[one.pk].paid.keys()]
    posted = {one.pk: _taken_back(one, books.get(one.pk), ids, reason, by) for one in having}
    own = reversals.get(recovery_id) or reversals[first.recovery_id]
    account = posted[recovery_id].account
    told = PaymentTold(
        case=case, payment=first, posting=posted[recovery_id].reversal, account=account, by=by, reversal=own
    )
    payment_listeners.tell(told)
    events_record([payment_reversed_event(payment, own, case=case, account=account, by=by)])
    return own


def _cases_lock(recovery_id: int) -> list[Recovery]:
    """Lock a case and the one that it went on as, or came from: that one first."""
    source = Recovery.objects.filter(transferred_to=recovery_id).values_list("pk", flat=True).first()
    first = case_lock(source or recovery_id)
    return [first, *([case_lock(first.transferred_to_id)] if first.transferred_to_id else [])]


def _of_case(book: Book | None, recovery_id: int, acompte_id: int) -> Acompte:
    """A payment of the case; one that came along in the ledger alone is of the case that it comes from."""
    came_along = [acompte_id] if book and book.transfer is None and acompte_id in book.paid else []
    payments = Acompte.objects.select_related("reversal", "moved_from").filter(
        Q(recovery_id=recovery_id) | Q(pk__in=came_along)
    )
    return _require_standing(payments.get(pk=acompte_id))


def _reversal(payment: Acompte, reason: Entry.Reason, by: User | None) -> Acompte:
    values = {
        "recovery_id": payment.recovery_id,
        "owner_id": payment.owner_id,
        "amount": payment.amount,
        "date": today(),
    }
    reversal = Acompte.objects.create(**values, reverses=payment, reason=reason)
    audit_record(action=ADDED, target=reversal, after=field_values(reversal), actor=by)
    return reversal


def _taken_back(
    case: Recovery, book: Book | None, ids: Collection[int], reason: Entry.Reason, by: User | None
) -> Posted:
    """Post in `case` that the payment is taken back, also where only its ledger has it."""
    here = set(Acompte.objects.filter(recovery=case, pk__in=ids).values_list("pk", flat=True))
    alone = [paid for pk, paid in book.paid.items() if pk in ids and pk not in here] if book else []
    drafts = [reversed_draft(paid, reason) for paid in alone if not paid.is_reversed]
    if book:
        drafts += [reversal_draft(row, reason) for row in _moves(book, ids)]
    posted = ledger_follow(recovery_id=case.pk, by=by, source=Source.STAFF, extra=drafts)
    case_settle(recovery_id=case.pk, posted=posted)
    return posted


def _moves(book: Book, ids: Collection[int]) -> QuerySet[Posting]:
    """What gave back the surplus that was received anew as one of these payments: money that never moved."""
    gone = book.transfer.refunds if book.transfer else ()
    moved = moves_of(book)
    return Posting.objects.filter(
        pk__in=[pk for pk, one in book.refunds.items() if moved.get(pk) in ids and one not in gone]
    )


def moves_of(book: Book) -> dict[int, int]:
    """The payment that was received anew, by the refund (its posting) that gave the surplus back for it.

    Earlier ones do not name it: it is the one of that day and amount that says how it was received.
    """
    moved = {pk: one.into for pk, one in book.refunds.items() if one.into}
    anew = [one.payment for one in book.paid.values() if not one.is_reversed and one.payment.id not in moved.values()]
    waiting = [payment for payment in anew if payment.method == surplus_moved()]
    for pk, refund in sorted(book.refunds.items()):
        same = (one for one in waiting if (one.on, one.amount) == (refund.on, refund.amount))
        if pk not in moved and (payment := next(same, None)):
            moved[pk] = payment.id
            waiting.remove(payment)
    return moved


def surplus_moved() -> str:
    """How a payment was received that is a surplus moved, in the language of the records."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Surplus moved")


@story()
def dette_reverse(*, recovery_id: int, dette_id: int, reason: Entry.Reason, by: User | None) -> Dette:
    """Take a debt out of what is owed; returns the row that reverses it, dated today. Raises as `acompte_reverse`."""
    case = account_lock(recovery_id=recovery_id)
    debt = _require_standing(Dette.objects.select_related("reversal").get(pk=dette_id, recovery_id=recovery_id))
    values = {name: getattr(debt, name) for name in ("recovery_id", "owner_id", "label", "head", "amount")}
    reversal = Dette.objects.create(**values, date=today(), reverses=debt, reason=reason)
    posted = ledger_follow(recovery_id=recovery_id, by=by, source=Source.STAFF)
    case_settle(recovery_id=recovery_id, posted=posted)
    audit_record(action=ADDED, target=reversal, after=field_values(reversal), actor=by)
    events_record([debt_event(debt, case=case, by=by, reversal=reversal)])
    return reversal


def _require_standing(row: Row) -> Row:
    """The row; the caller holds the lock of its case, so that whoever comes second finds it reversed."""
    if row.reverses_id is not None:
        raise Forbidden(_("A reversal cannot be reversed: enter what is right anew."))
    if hasattr(row, "reversal"):
        raise Forbidden(_("This was reversed already."))
    return row
