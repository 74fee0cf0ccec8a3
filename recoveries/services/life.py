"""The life of a case: one way to another status, for every door."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from legalcity.lib.errors import Forbidden
from recoveries.catalogue import catalogue
from recoveries.models import Recovery, StatusChange
from recoveries.services.totals import case_count_move
from recoveries.statuses import STATUSES, Actor, allowed_moves


def moves_of(recovery: Recovery, *, actor: Actor) -> list[int]:
    """Ids of the statuses that `actor` may give the case next, in the order of the catalogue."""
    added = [status_id for status_id in catalogue.entries if status_id not in STATUSES]
    allowed = allowed_moves(recovery.status_id, by=actor, added=added)
    return [status_id for status_id in catalogue.entries if status_id in allowed]


@transaction.atomic
def status_move(
    *, recovery_id: int, to_status: int, by: User | None, comment: str = "", actor: Actor = Actor.STAFF
) -> Recovery:
    """Move a case to another status: lock, compare, move, one history row. Nothing happens when it is there.

    `by` is the person whom the history names, `actor` as what they act: the life cycle asks only that.

    Raises Forbidden for a move that the life cycle does not have; the message says which ones it has.
    """
    recovery = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery_id)
    if recovery.status_id == to_status:
        return recovery
    allowed = moves_of(recovery, actor=actor)
    if to_status not in allowed:
        names = ", ".join(catalogue.entries[status_id].name for status_id in allowed) or _("none")
        raise Forbidden(
            _("A case in the status {status} cannot be moved there. Allowed: {allowed}.").format(
                status=catalogue.entries[recovery.status_id].name, allowed=names
            )
        )
    from_status, recovery.status_id = recovery.status_id, to_status
    recovery.save(update_fields=["status", "updated_at"])
    StatusChange.objects.create(
        recovery=recovery, from_status_id=from_status, to_status_id=to_status, user=by, comment=comment
    )
    case_count_move(owner_id=recovery.owner_id, from_status=from_status, to_status=to_status)
    return recovery
