"""What the claim of a case is about."""

from django.db import transaction

from accounts.models import User
from law.vocabulary import Matter
from recoveries.models import Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.deadlines import next_deadlines_refresh


@transaction.atomic
def matter_set(*, recovery_id: int, matter: Matter, by: User | None) -> Recovery:
    """Say what a claim is about; limitation follows. Raises NotFound."""
    recovery = recovery_lock(recovery_id=recovery_id)
    recovery.matter = matter.value
    recovery.save(update_fields=["matter", "updated_at"])
    next_deadlines_refresh(recovery_ids=[recovery.pk])
    return recovery
