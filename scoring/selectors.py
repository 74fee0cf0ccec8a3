"""Reads of scoring."""

import re

from accounts.models import User
from legalcity.lib.errors import NotFound, Sentence
from scoring.models import ScoringOrder, TokenBalance

ORDER_ID = re.compile(r"SCR-\d{4}-\d{3,10}", re.ASCII)


def tokens_of(user: User) -> int:
    """The tokens that a user may still spend."""
    return TokenBalance.objects.filter(user=user).values_list("tokens", flat=True).first() or 0


def order_of(user: User, order_id: str, *, refusal: Sentence) -> ScoringOrder:
    """An order of the user, with its surveillance. Raises NotFound with `refusal`; another account's is not found."""
    orders = ScoringOrder.objects.owned_by(user).select_related("watch").prefetch_related("watch__alerts")
    order = orders.filter(order_id=order_id).first() if ORDER_ID.fullmatch(order_id) else None
    if order is None:
        raise NotFound(refusal)
    return order
