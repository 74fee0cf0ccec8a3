"""What happens to a case in its scenario."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import COUNT, ID, WORD, fields, one_of, or_null, thing, told
from events.services import Ref, Told
from events.types import EventType, Json, event_type
from law.scenario import Result, Standing
from recoveries.models import Enrolment, StepRun

_SCENARIO = thing("scenario", {"recovery_id": ID, "code": WORD, "version": COUNT})
_EXAMPLE: Json = {"type": "scenario", "id": 9, "recovery_id": 25, "code": "standard", "version": 1}
_STATE = fields({"state": one_of(Standing)})
_STEP = fields({"step": WORD, "result": one_of(Result), "message_id": or_null(ID)})


def _of_state(code: str, sentence: Any, state: Standing) -> EventType:
    return event_type(
        code, sentence, told(_SCENARIO, current=_STATE), {"object": _EXAMPLE, "current": {"state": state.value}}
    )


def _of_step(code: str, sentence: Any, result: Result, message_id: int | None) -> EventType:
    current = {"step": "relance_1", "result": result.value, "message_id": message_id}
    return event_type(code, sentence, told(_SCENARIO, current=_STEP), {"object": _EXAMPLE, "current": current})


STARTED = _of_state("scenario.started", _("A case has entered a scenario."), Standing.RUNNING)
PAUSED = _of_state("scenario.paused", _("The scenario of a case is paused, or held."), Standing.PAUSED)
RESUMED = _of_state("scenario.resumed", _("The scenario of a case goes on."), Standing.RUNNING)
FINISHED = _of_state("scenario.finished", _("The scenario of a case is over, or was stopped."), Standing.FINISHED)
STEP_DONE = _of_step("scenario.step_done", _("A step of a scenario was carried out."), Result.SENT, 12)
STEP_SKIPPED = _of_step("scenario.step_skipped", _("A step of a scenario was passed over."), Result.SKIPPED, None)


def enrolment_event(declared: EventType, enrolment: Enrolment, *, by: User | None = None) -> Told:
    """That a scenario has begun, rests, goes on or is over."""
    return _event(declared, enrolment, {"state": enrolment.state}, by)


def step_event(run: StepRun, enrolment: Enrolment) -> Told:
    """What came of a step."""
    declared = STEP_SKIPPED if run.state in (Result.SKIPPED, Result.STOPPED) else STEP_DONE
    current = {"step": run.step.code, "result": run.state, "message_id": run.message_id}
    return _event(declared, enrolment, current, None)


def _event(declared: EventType, enrolment: Enrolment, current: Json, by: User | None) -> Told:
    version = enrolment.version
    about = {"recovery_id": enrolment.recovery_id, "code": version.scenario.code, "version": version.number}
    return Told(
        type=declared,
        owner_id=enrolment.owner_id,
        obj=Ref("scenario", enrolment.pk),
        recovery_id=enrolment.recovery_id,
        data={"object": {"type": "scenario", "id": enrolment.pk, **about}, "current": current},
        by=by,
    )
