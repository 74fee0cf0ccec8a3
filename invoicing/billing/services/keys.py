"""The firm's subscription keys."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from invoicing.models import SubscriptionKey

KEY_BYTES = 32
LONGEST = 200  # characters of a key that is looked at


def key_digest(key: str) -> str:
    """What is stored of a key. It has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def subscription_key_rotate(*, old_end_at: datetime) -> str:
    """A new key, shown now and never again; those in force end at `old_end_at`, or earlier where they did already."""
    in_force = SubscriptionKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=old_end_at))
    in_force.update(ends_at=old_end_at)
    key = secrets.token_urlsafe(KEY_BYTES)
    SubscriptionKey.objects.create(digest=key_digest(key), hint=key[:4])
    return key


def is_subscription_key(key: str, *, moment: datetime) -> bool:
    """Whether `key` is in force. Found by its digest, which tells a guesser nothing about how near a guess is."""
    if not key or len(key) > LONGEST:
        return False
    in_force = SubscriptionKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment))
    return in_force.filter(digest=key_digest(key)).exists()
