"""Reads of scoring."""

import re
from collections.abc import Collection

from accounts.models import User
from legalcity.lib.among import Among
from legalcity.lib.errors import NotFound, Sentence
from scoring.models import ScoringOrder, TokenBalance

ORDER_ID = re.compile(r"SCR-\d{4}-\d{3,10}", re.ASCII)


def tokens_of(user: User) -> int:
    """The tokens that a user may still spend."""
    return TokenBalance.objects.filter(user=user).values_list("tokens", flat=True).first() or 0


def levels_of(user_ids: Collection[int], company_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The level of risk of the latest report of each of these accounts on each of these companies.

    By account and company: `low`, `medium`, `high`, `critical`, or nothing where that report could tell none. Those
    without a report are left out. One statement, however many they are.
    """
    orders = ScoringOrder.objects.filter(Among("user_id", user_ids), Among("company_id", company_ids))
    done = orders.filter(status=ScoringOrder.Status.COMPLETED, results__isnull=False).order_by("completed_at", "id")
    rows = done.values_list("user_id", "company_id", "results__risk_level")
    return {(user_id, company_id): level or "" for user_id, company_id, level in rows}


def order_of(user: User, order_id: str, *, refusal: Sentence) -> ScoringOrder:
    """An order of the user, with its surveillance. Raises NotFound with `refusal`; another account's is not found."""
    orders = ScoringOrder.objects.owned_by(user).select_related("watch").prefetch_related("watch__alerts")
    order = orders.filter(order_id=order_id).first() if ORDER_ID.fullmatch(order_id) else None
    if order is None:
        raise NotFound(refusal)
    return order
