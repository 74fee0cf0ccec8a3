"""The life of a case: one way to another status, for every door."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import User
from events.services import Told, changes_of, events_record, story
from law.vocabulary import Step
from recoveries.catalogue import catalogue
from recoveries.events import RECOVERY_CLOSED, RECOVERY_REOPENED, STATUS_CHANGED, case_event, end_of, standing
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
    events_record(list(_told(recovery, from_status, change.created_at, by)))
    if catalogue.is_closing(from_status):
        next_deadlines_refresh(recovery_ids=[recovery.pk])
    case_count_move(owner_id=recovery.owner_id, from_status=from_status, to_status=to_status)
    case_listeners.listener.moved(recovery)
    return recovery


def _told(case: Recovery, from_status: int, at: datetime, by: User | None) -> Iterator[Told]:
    """The move, and that it has closed the case or opened it again. A transfer closes nothing: the claim goes on.

    The move became true `at` the moment of its row of the history, by which the timeline finds that.
    """
    yield case_event(
        STATUS_CHANGED,
        case,
        by=by,
        changes=changes_of(case, {"status_id": [from_status, case.status_id]}),
        effective_at=at,
        previous=standing(from_status),
        current=standing(case.status_id),
    )
    if catalogue.is_closing(case.status_id):
        if case.status_id != Step.TRANSFERRED:
            yield case_event(RECOVERY_CLOSED, case, by=by, current={"reason": end_of(case.status_id)})
    elif catalogue.is_closing(from_status):
        yield case_event(RECOVERY_REOPENED, case, by=by)
