"""What the claim of a case is about."""

from accounts.models import User
from events.services import story
from law.vocabulary import Matter
from recoveries.guards import recovery_values
from recoveries.models import Recovery
from recoveries.services.cases import case_change_tell, recovery_lock
from recoveries.services.deadlines import next_deadlines_refresh


@story()
def matter_set(*, recovery_id: int, matter: Matter, by: User | None) -> Recovery:
    """Say what a claim is about; limitation follows. Raises NotFound."""
    recovery = recovery_lock(recovery_id=recovery_id)
    before = recovery_values(recovery)
    recovery.matter = matter.value
    recovery.save(update_fields=["matter", "updated_at"])
    next_deadlines_refresh(recovery_ids=[recovery.pk])
    case_change_tell(recovery, before=before, by=by)
    return recovery
