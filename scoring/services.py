"""Writes of scoring."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from scoring.models import TokenBalance, TokenEntry


def tokens_grant(*, user: User, amount: int, by: User | None = None, reason: str = "") -> int:
    """Give `amount` (1 or more) tokens to `user`; returns the new balance. Raises ValueError for less than 1."""
    if amount < 1:
        raise ValueError("at least one token is granted")
    with transaction.atomic():
        TokenBalance.objects.get_or_create(user=user)
        TokenBalance.objects.filter(user=user).update(tokens=F("tokens") + amount)
        TokenEntry.objects.create(user=user, kind=TokenEntry.Kind.GRANTED, amount=amount, by=by, reason=reason)
        return TokenBalance.objects.get(user=user).tokens
