"""*Annuler*: what a person has just done to a case, where it can be undone and stands as it was done.

The audit says what it was. A move goes back where nothing has happened to the case since, also where the life cycle
has no such move: nothing has come of it, and the history keeps both. One that has closed the case goes back where the
life cycle has a way and no scenario has ended with it. A promise is not taken back: the client was told of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User
from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from events.models import Event
from events.showing import sentence_of
from law.scenario import Why
from legalcity.lib.clock import now
from legalcity.lib.errors import Conflict, Forbidden, Sentence
from recoveries.agenda.acts import FOLLOW_UP, PROMISE
from recoveries.agenda.follow_ups import follow_up_put_back
from recoveries.catalogue import catalogue
from recoveries.desk.acts.everyday import ASSIGN, MOVE, moves_by_hand
from recoveries.desk.acts.taking import TAKE
from recoveries.desk.reads.bulk_acts import UNDONE, UNDONE_ALONE
from recoveries.models import Enrolment, Recovery, StatusChange
from recoveries.services.handlers import case_assign
from recoveries.services.life import status_put_back

WITHIN = timedelta(hours=1)
_FOUND = "_to_undo"  # where the page keeps what it has looked up for the button


@dataclass(frozen=True, slots=True)
class Way:
    """How an act is undone, and why it cannot be: None where the case is still as the act has left it."""

    action: ObjectAction
    obstacle: Callable[[Recovery, AuditEvent], Sentence | None]
    undo: Callable[[Recovery, AuditEvent, User], object]


def _changed(event: AuditEvent, name: str) -> tuple[Any, Any] | None:
    before, after = event.before or {}, event.after or {}
    return (before.get(name), after[name]) if name in after else None


def _assigned_anew(case: Recovery, event: AuditEvent) -> Sentence | None:
    both = _changed(event, "user_id")
    return None if both is not None and case.user_id == both[1] else _("Somebody has assigned the case anew since.")


def _assign_back(case: Recovery, event: AuditEvent, by: User) -> None:
    was = (event.before or {}).get("user_id")
    former = User.objects.filter(pk=was, is_staff=True, is_active=True).first() if was else None
    case_assign(recovery_id=case.pk, handler=former, by=by)


def _moved_on(case: Recovery, event: AuditEvent) -> Sentence | None:
    both = _changed(event, "status_id")
    if both is None or case.status_id != both[1]:
        return _("It has the status “{status}” now.").format(status=catalogue.entry(case.status_id).name)
    if catalogue.is_closing(both[1]) and both[0] not in moves_by_hand(case):  # Its tasks were dropped with it.
        told = _("It was closed, and the life cycle has no way back to “{status}”.")
        return told.format(status=catalogue.entry(both[0]).name)
    if catalogue.is_closing(both[1]) and _has_ended_scenario(case):
        return _("It was closed, and its scenario has ended with it.")
    return happened_since(case, event)


def _has_ended_scenario(case: Recovery) -> bool:
    """Whether the last move has ended the scenario of a case: how that stood, a pause of a person too, is gone."""
    closing = StatusChange.objects.filter(recovery=case).order_by("-created_at", "-pk").first()
    ended = Enrolment.objects.filter(recovery=case, why=Why.CLOSED)
    return closing is not None and ended.filter(updated_at__gte=closing.created_at).exists()


def happened_since(case: Recovery, event: AuditEvent) -> Sentence | None:
    """What has happened to a case after an act: whoever acted upon what it became is not overruled."""
    later = Event.objects.filter(recovery_id=case.pk, recorded_at__gt=event.at).order_by("-id").first()
    return _("Since then: {what}").format(what=sentence_of(later.type)) if later else None


def _move_back(case: Recovery, event: AuditEvent, by: User) -> None:
    status_put_back(recovery_id=case.pk, to_status=(event.before or {})["status_id"], by=by, comment=_("Taken back."))


def _put_off_anew(case: Recovery, event: AuditEvent) -> Sentence | None:
    row = getattr(case, "follow_up", None)
    stands = row is not None and bool(event.details.get("was")) and row.on.isoformat() == event.details.get("set")
    return None if stands else _("It was put off anew since.")


def _put_back(case: Recovery, event: AuditEvent, by: User) -> None:
    follow_up_put_back(recovery_id=case.pk, was=event.details["was"], by=by)


WAYS = {
    **{action.name: Way(action, _assigned_anew, _assign_back) for action in (TAKE, ASSIGN)},
    MOVE.name: Way(MOVE, _moved_on, _move_back),
    FOLLOW_UP.name: Way(FOLLOW_UP, _put_off_anew, _put_back),
}
IN_THE_WAY = (UNDONE_ALONE, UNDONE, PROMISE.name)  # What was done before these is no longer the last.


def _last(request: HttpRequest, case: Recovery) -> AuditEvent | None:
    """What the person did last to the case of what can be undone, within an hour; None where it stands no longer."""
    done = AuditEvent.objects.filter(
        object_type=Recovery._meta.label_lower,
        object_id=str(case.pk),
        actor_id=staff_of(request).pk,
        action__in=(*WAYS, *IN_THE_WAY),
        succeeded=True,
        at__gte=now() - WITHIN,
    )
    event = done.order_by("-at", "-pk").first()
    if event is None or event.action in IN_THE_WAY or not WAYS[event.action].action.is_allowed(request, Recovery, case):
        return None
    return event if WAYS[event.action].obstacle(case, event) is None else None


def _is_offered(request: HttpRequest, case: Recovery) -> bool:
    event = _last(request, case)
    setattr(case, _FOUND, event)
    return event is not None


def _says(case: Recovery) -> Sentence:
    event = getattr(case, _FOUND, None)
    return _("Undo: {act}").format(act=WAYS[event.action].action.label) if event else UNDO.label


class NamedEvent(forms.Form):
    """The row of the audit whose act the button has named."""

    event = forms.CharField(required=False, widget=forms.HiddenInput)


def _named(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    event = getattr(case, _FOUND, None)
    return {"initial": {"event": event.pk if event else ""}}


def _undo(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    fresh = Recovery.objects.select_for_update(of=("self",)).get(pk=case.pk)
    event = _last(request, fresh)
    if event is None:
        raise Forbidden(_("There is nothing to undo, or no longer."))
    if data["event"] != str(event.pk):
        raise Conflict(
            _("You have done something else since this page was shown. Nothing was undone: look at it again.")
        )
    WAYS[event.action].undo(fresh, event, staff_of(request))
    return _("The case is back where it was.")


def _may(request: HttpRequest, case: Any) -> bool:
    return any(way.action.is_allowed(request, Recovery, case) for way in WAYS.values())


UNDO = ObjectAction(
    name=UNDONE_ALONE,
    label=gettext_lazy("Undo"),
    says=_says,
    permission=_may,
    perform=_undo,
    form=NamedEvent,
    form_options=_named,
    is_offered=_is_offered,
    explain=gettext_lazy("What you did last is undone, within an hour and if nobody has changed it since."),
    at_once=True,
)
