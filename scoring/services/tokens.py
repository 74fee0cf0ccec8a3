"""The token ledger: every movement is a line and a change of the balance, in one transaction.

The balance cannot go below zero: spending is one conditional update, and the database has the same rule.
"""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import events_record, story
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden
from scoring.events import TOKENS_GRANTED, TOKENS_SPENT, tokens_event
from scoring.models import ScoringOrder, TokenBalance, TokenEntry

NOT_ENOUGH = _("Not enough tokens available")
MOST_AT_ONCE = 1_000_000  # tokens of one grant: more is a slip of the finger

Kind = TokenEntry.Kind


@story()
def tokens_grant(*, user: User, amount: int, by: User | None = None, reason: str = "") -> int:
    """Give `amount` (1 to MOST_AT_ONCE) tokens to `user`; returns the new balance. Raises ValueError otherwise."""
    if not 1 <= amount <= MOST_AT_ONCE:
        raise ValueError(f"from 1 to {MOST_AT_ONCE} tokens are granted at once")
    _add(user.pk, amount)
    entry = TokenEntry.objects.create(user=user, kind=Kind.GRANTED, amount=amount, by=by, reason=reason[:255])
    balance = TokenBalance.objects.get(user=user).tokens
    events_record([tokens_event(TOKENS_GRANTED, entry, by=by, balance=balance)])
    return balance


@story()
def tokens_spend(*, order: ScoringOrder, amount: int, by: User, reason: str = "") -> None:
    """Take `amount` tokens from the client of `order`, which is saved. Raises Forbidden when there are fewer."""
    tokens_reserve(user_id=order.user_id, amount=amount)
    spending_note(order=order, amount=amount, by=by, reason=reason)


def tokens_reserve(*, user_id: int, amount: int) -> None:
    """Take tokens off the balance, inside the transaction that also writes their line. Raises Forbidden."""
    enough = TokenBalance.objects.filter(user_id=user_id, tokens__gte=amount)
    if not enough.update(tokens=F("tokens") - amount):
        raise Forbidden(NOT_ENOUGH, code=ErrorCode.NOT_ENOUGH_TOKENS)


def spending_note(*, order: ScoringOrder, amount: int, by: User, reason: str = "") -> None:
    """The line of what `tokens_reserve` took."""
    entry = TokenEntry.objects.create(
        user_id=order.user_id, kind=Kind.SPENT, amount=-amount, order=order, by=by, reason=reason or order.order_id
    )
    events_record([tokens_event(TOKENS_SPENT, entry, by=by, order_id=order.order_id)])


@story()
def tokens_refund(*, order: ScoringOrder, amount: int) -> None:
    """Give back what `order` cost. The caller makes sure that it is done once."""
    _add(order.user_id, amount)
    TokenEntry.objects.create(
        user_id=order.user_id, kind=Kind.REFUNDED, amount=amount, order=order, reason=order.order_id
    )


def _add(user_id: int, amount: int) -> None:
    TokenBalance.objects.get_or_create(user_id=user_id)
    TokenBalance.objects.filter(user_id=user_id).update(tokens=F("tokens") + amount)
