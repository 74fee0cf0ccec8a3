"""What was done to many cases at once within the last hour, as the audit has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import AuditEvent, User
from backoffice.reach import sees_all_cases
from legalcity.lib.clock import now
from recoveries.models import Recovery

WITHIN = timedelta(hours=1)
MOST = 5000  # rows of the audit that are listed
# As the audit names them; their details name the row that they have undone.
UNDONE, UNDONE_ALONE = "undo-many", "undo"


@dataclass(slots=True)
class BulkAct:
    """One form that was sent about several cases. `token` is the form's, `events` are its rows that stand."""

    token: str
    name: str
    who: str
    at: datetime
    events: list[AuditEvent] = field(default_factory=list)


def bulk_acts(person: User, names: Iterable[str], token: str = "") -> Sequence[BulkAct]:
    """The acts of these names, or the one of `token`, that the person may undo: their own, a manager those of all.

    The newest first. What was undone is left out.
    """
    audit = AuditEvent.objects.filter(object_type=Recovery._meta.label_lower, succeeded=True, at__gte=now() - WITHIN)
    done = audit.filter(action__in=[*names], once_key__isnull=False).order_by("-at", "-pk")
    if not sees_all_cases(person):
        done = done.filter(actor_id=person.pk)
    undone = {
        str(pk) for pk in audit.filter(action__in=(UNDONE, UNDONE_ALONE)).values_list("details__event", flat=True)
    }
    acts: dict[str, BulkAct] = {}
    for event in done if token else done[:MOST]:  # An act is undone whole.
        key = (event.once_key or "").rpartition(":")[2]
        if token and key != token:
            continue
        act = acts.setdefault(key, BulkAct(key, event.action, event.actor_email, event.at))
        if str(event.pk) not in undone:
            act.events.append(event)
    return [act for act in acts.values() if act.events]
