"""Who handles a case."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import events_record, story
from legalcity.lib.errors import Invalid
from recoveries.events import assigned_event
from recoveries.models import Recovery
from recoveries.services.cases import recovery_lock

NOT_A_HANDLER = _("Only an active member of staff can handle a case.")


@story()
def case_assign(*, recovery_id: int, handler: User | None, by: User | None) -> Recovery:
    """Give a case to a member of staff, or (None) back to nobody. Raises Invalid, or NotFound."""
    recovery = recovery_lock(recovery_id=recovery_id)
    if handler is not None and not (handler.is_staff and handler.is_active):
        raise Invalid({"handler": [NOT_A_HANDLER]})
    was, recovery.user = recovery.user_id, handler
    if recovery.user_id == was:
        return recovery
    recovery.save(update_fields=["user", "updated_at"])
    events_record([assigned_event(recovery, was=was, by=by)])
    return recovery
