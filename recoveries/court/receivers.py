"""What is kept up to date whoever saves a row, through whichever door."""

from typing import Any

from django.db.models.signals import post_save

from recoveries.court.clocks import next_deadline_refresh
from recoveries.models import Injunction


def connect() -> None:
    """Once, when the process starts."""
    post_save.connect(_procedure_saved, sender=Injunction, dispatch_uid="next-deadline")


def _procedure_saved(*, instance: Injunction, created: bool, **_: Any) -> None:
    """Its dates may be others now. Read anew, because not everything was saved, nor as the database has it."""
    if created:  # A procedure begins without dates.
        return
    fresh = Injunction.objects.select_related("recovery__debtor").get(pk=instance.pk)
    next_deadline_refresh(injunction=fresh)
    instance.next_deadline = fresh.next_deadline
