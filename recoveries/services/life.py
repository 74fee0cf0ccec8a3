"""The life of a case: one way to another status, for every door."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import events_record, story
from law.vocabulary import Step
from legalcity.lib.errors import Forbidden
from recoveries.catalogue import catalogue
from recoveries.events import moved_events
from recoveries.guards import require_move, require_notice
from recoveries.models import Recovery, StatusChange
from recoveries.services.deadlines import KEPT, next_deadline_set, next_deadlines_refresh
from recoveries.services.heard import case_listeners
from recoveries.services.totals import case_count_move
from recoveries.services.touching import procedure_touch
from recoveries.statuses import Actor, is_in_court

NOT_LAST = _("This was not the last move of the case.")


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
    return _moved(recovery, to_status, by, comment)


@story()
def status_put_back(*, recovery_id: int, to_status: int, by: User | None, comment: str = "") -> Recovery:
    """Take the last move of a case back, to where it came from: also where the life cycle has no such move.

    The caller has made sure that nothing has come of the move. Raises Forbidden where `to_status` is not where the case
    came from, or it came by a transfer, which makes another case.
    """
    recovery = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery_id)
    last = StatusChange.objects.filter(recovery=recovery).order_by("-created_at", "-pk").first()
    is_last = last is not None and (last.from_status_id, last.to_status_id) == (to_status, recovery.status_id)
    if not is_last or recovery.status_id == Step.TRANSFERRED:
        raise Forbidden(NOT_LAST)
    return _moved(recovery, to_status, by, comment)


def _moved(recovery: Recovery, to_status: int, by: User | None, comment: str) -> Recovery:
    """The move itself, of a locked case, with all that follows it."""
    from_status, recovery.status_id = recovery.status_id, to_status
    written = ["status", "updated_at"]
    if catalogue.is_closing(to_status):
        next_deadline_set(recovery, ())
        written += KEPT
    recovery.save(update_fields=written)
    if is_in_court(to_status):
        procedure_touch(recovery.pk)
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
