"""What is not kept for ever: the words of notices, addresses that no client names any more."""

from datetime import datetime, timedelta

from django.db import transaction

from events.notices.models import Notice, Preference, Recipient
from events.notices.tokens import CONFIRM_WITHIN
from legalcity.lib.settings.live import live

AT_ONCE = 5_000  # rows of one transaction


def notices_forget(*, moment: datetime) -> int:
    """Delete notices past their time, and addresses that were forgotten. How many rows."""
    past = moment - timedelta(days=live.NOTICE_KEPT_DAYS)
    old = Notice.objects.filter(created_at__lt=past).exclude(state=Notice.State.QUEUED).order_by("pk")
    total = 0
    while pks := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        total += Notice.objects.filter(pk__in=pks).delete()[0]
    return total + sum(_addresses_forget(owner_id, moment) for owner_id in _owners(moment))


def _owners(moment: datetime) -> list[int]:
    """Those who have an address that may have been forgotten: none was asked just now."""
    rows = Recipient.objects.filter(created_at__lt=moment - CONFIRM_WITHIN)
    return list(rows.order_by("owner_id").values_list("owner_id", flat=True).distinct())


@transaction.atomic
def _addresses_forget(owner_id: int, moment: datetime) -> int:
    """An address that is held stays known as such while the account's own is among them."""
    named = {email for row in Preference.objects.filter(owner_id=owner_id) for email in row.recipients}
    unnamed = Recipient.objects.filter(owner_id=owner_id, created_at__lt=moment - CONFIRM_WITHIN, held_at=None)
    return unnamed.exclude(email__in=named).delete()[0]
