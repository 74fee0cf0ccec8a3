"""What is kept up to date whoever saves a row, through whichever door."""

from typing import Any

from django.db.models.signals import post_save

from recoveries.models import Injunction
from recoveries.services.deadlines import next_deadlines_refresh


def connect() -> None:
    """Once, when the process starts."""
    post_save.connect(_procedure_saved, sender=Injunction, dispatch_uid="next-deadline")


def _procedure_saved(*, instance: Injunction, created: bool, **_: Any) -> None:
    """Its dates may be others now."""
    if not created:  # A procedure begins without dates.
        next_deadlines_refresh(recovery_ids=[instance.recovery_id])
