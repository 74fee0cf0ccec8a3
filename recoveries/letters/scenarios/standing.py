"""How a case stands in its scenario: entered, paused, held, gone on, ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from events.services import events_record
from law.scenario import CaseFacts, Reason, Standing, Why, next_look
from legalcity.lib.errors import Sentence
from recoveries.letters.contacts import policy_for
from recoveries.letters.followers import retractable
from recoveries.letters.scenarios.carrying import version_planned
from recoveries.letters.scenarios.events import FINISHED, PAUSED, RESUMED, STARTED, enrolment_event
from recoveries.letters.scenarios.progress import in_scenario, runs_of
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.verdicts import in_both
from recoveries.models import Enrolment, Message, Recovery, ScenarioVersion

REASON_LENGTH = 500
PASSING = (Why.DISPUTE, Why.PLAN)
NOT_LEFT = (Message.State.HELD, Message.State.QUEUED, Message.State.TO_POST)


def enrolment_lock(case_id: int) -> Enrolment | None:
    """The open enrolment of a case, locked. The caller holds the lock of the case."""
    rows = Enrolment.objects.open().select_related("version__scenario").filter(recovery_id=case_id)
    return rows.select_for_update(of=("self",)).first()


def facts_in_scenario(enrolment: Enrolment, moment: datetime) -> tuple[Recovery, CaseFacts]:
    """The case of an enrolment and its facts at `moment`, with how far it is."""
    case, facts = facts_read([enrolment.recovery_id], moment)[enrolment.recovery_id]
    return case, in_scenario(facts, enrolment, runs_of([enrolment.pk]))


def enrolment_enter(
    *,
    case: Recovery,
    version: ScenarioVersion,
    moment: datetime,
    by: User | None,
    entered_at: datetime | None = None,
    position: int = 0,
) -> Enrolment:
    """Have a case enter a version at `moment`, or on `entered_at`, before the step at `position`.

    The caller holds the lock of the case.
    """
    enrolment = Enrolment(
        recovery=case,
        version=version,
        position=position,
        entered_at=entered_at or moment,
        by=by,
        owner_id=case.owner_id,
    )
    enrolment.save(force_insert=True)
    look_set(enrolment, moment)
    enrolment.save(update_fields=["next_due_at"])
    events_record([enrolment_event(STARTED, enrolment, by=by)])
    return enrolment


def look_set(enrolment: Enrolment, moment: datetime) -> None:
    """Set when the clock looks at it next."""
    _case, facts = facts_in_scenario(enrolment, moment)
    later = max(moment, enrolment.entered_at)
    policy = policy_for(enrolment.owner_id)
    enrolment.next_due_at = next_look(facts, version_planned(enrolment.version), enrolment.position, later, policy)


def enrolment_rest(
    enrolment: Enrolment,
    state: Standing,
    reason: Sentence,
    *,
    why: str = "",
    by: User | None = None,
    until: datetime | None = None,
    by_client: bool = False,
) -> None:
    """Pause it, until a moment if there is one, or hold it; `why` by code, where no person does.

    What a dispute or a plan puts to rest that rested already returns to that (`enrolment_return`).
    """
    if why not in PASSING:
        enrolment.former = None
    elif enrolment.state != Standing.RUNNING and enrolment.why not in PASSING:
        enrolment.former = _rest_kept(enrolment)
    enrolment.state, enrolment.why, enrolment.reason = state, why, str(reason)[:REASON_LENGTH]
    enrolment.paused_until = enrolment.next_due_at = until
    enrolment.paused_by_client, enrolment.by = by_client, by
    enrolment.save()
    events_record([enrolment_event(PAUSED, enrolment, by=by)])


def _rest_kept(enrolment: Enrolment) -> dict[str, Any]:
    until = enrolment.paused_until
    return {
        **{"state": enrolment.state, "why": enrolment.why, "reason": enrolment.reason, "by": enrolment.by_id},
        **{"until": until and until.isoformat(), "by_client": enrolment.paused_by_client},
    }


def enrolment_return(enrolment: Enrolment, moment: datetime) -> None:
    """A dispute or a plan is over: to the pause of before, unless its day has come meanwhile; else it goes on."""
    former = enrolment.former
    until = former and former["until"] and datetime.fromisoformat(former["until"])
    if not former or (until and until <= moment):
        enrolment_go_on(enrolment, moment)
        return
    enrolment_rest(
        enrolment,
        Standing(former["state"]),
        former["reason"],
        why=former["why"],
        by=User.objects.filter(pk=former["by"]).first(),
        until=until,
        by_client=former["by_client"],
    )


def enrolment_go_on(enrolment: Enrolment, moment: datetime, *, by: User | None = None) -> None:
    """Go on. What should have been meanwhile is moved to the next allowed moment."""
    enrolment.state, enrolment.why, enrolment.reason, enrolment.by = Standing.RUNNING, "", "", by
    enrolment.paused_until, enrolment.paused_by_client, enrolment.former = None, False, None
    look_set(enrolment, moment)
    enrolment.save()
    Message.objects.filter(runs__enrolment=enrolment, state=Message.State.HELD).update(due_at=moment)
    events_record([enrolment_event(RESUMED, enrolment, by=by)])


def enrolment_end(
    enrolment: Enrolment, state: Standing, reason: Sentence, *, why: str = "", by: User | None = None
) -> None:
    """End it, as finished or stopped; where it was stopped, what it has made and has not left is cancelled."""
    enrolment.state, enrolment.why, enrolment.by = state, why, by
    enrolment.reason = str(reason)[:REASON_LENGTH]
    enrolment.next_due_at = enrolment.paused_until = None
    enrolment.save()
    if state == Standing.STOPPED:
        made = Message.objects.filter(runs__enrolment=enrolment, state__in=NOT_LEFT, claimed_until=None)
        told = {"state": Message.State.CANCELLED, "error": _("Its scenario was stopped.")}
        made.update(**told)
        retractable(Message.objects.filter(runs__enrolment=enrolment)).update(**told)
    events_record([enrolment_event(FINISHED, enrolment, by=by)])


def reasons_kept(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons as they are kept with a step: code, and sentence in each language."""
    return [{"code": reason.code, **in_both("sentence", reason.sentence)} for reason in reasons]
