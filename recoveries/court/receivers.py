"""What is kept up to date whoever saves a row, through whichever door."""

from typing import Any

from django.db.models.signals import post_save

from recoveries.ledger.posting import Source, ledger_reckon
from recoveries.models import Injunction


def connect() -> None:
    """Once, when the process starts."""
    post_save.connect(_procedure_saved, sender=Injunction, dispatch_uid="next-deadline")


def _procedure_saved(*, instance: Injunction, created: bool, **_: Any) -> None:
    """Its dates, and what hangs on them, may be others now."""
    if not created:  # A procedure begins without dates.
        ledger_reckon(recovery_id=instance.recovery_id, by=None, source=Source.SYSTEM)
