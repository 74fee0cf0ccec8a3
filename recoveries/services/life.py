"""The life of a case: one way to another status, for every door."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import Told, changes_of, events_record, story
from law.vocabulary import Step
from recoveries.catalogue import catalogue
from recoveries.events import moved_events
from recoveries.guards import require_move, require_notice
from recoveries.models import Recovery, StatusChange
from recoveries.services.deadlines import KEPT, next_deadline_set, next_deadlines_refresh
from recoveries.services.heard import case_listeners
from recoveries.services.totals import case_count_move
from recoveries.services.touching import procedure_touch
from recoveries.statuses import Actor, is_in_court


@story()
def status_move(
    *, recovery_id: int, to_status: int, by: User | None, comment: str = "", actor: Actor = Actor.STAFF
) -> Recovery:
    """Move a case to another status: lock, compare, move, one history row. Nothing happens when it is there.

    `by` is the person whom the history names, `actor` as what they act: the life cycle asks only that.
    Raises Forbidden for a move that the life cycle does not have, and to a formal notice that nobody has sent.
    """
    recovery = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery_id)
    if recovery.status_id == to_status:
        return recovery
    require_move(recovery, to_status, actor=actor)
    if actor == Actor.STAFF:
        require_notice(recovery, to_status)
    from_status, recovery.status_id = recovery.status_id, to_status
    written = ["status", "updated_at"]
    if catalogue.is_closing(to_status):
        next_deadline_set(recovery, ())
        written += KEPT
    recovery.save(update_fields=written)
    if is_in_court(to_status):
        procedure_touch(recovery_id)
    change = StatusChange.objects.create(
        recovery=recovery, from_status_id=from_status, to_status_id=to_status, user=by, comment=comment
    )
    told = moved_events(recovery, from_status=from_status, to_status=to_status, at=change.created_at, by=by)
    events_record(list(told))
    if catalogue.is_closing(from_status):
        next_deadlines_refresh(recovery_ids=[recovery.pk])
    case_count_move(owner_id=recovery.owner_id, from_status=from_status, to_status=to_status)
    case_listeners.listener.moved(recovery)
    return recovery
