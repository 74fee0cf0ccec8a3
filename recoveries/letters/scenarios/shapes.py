"""Scenarios and rehearsals as the API answers them."""

from typing import Any

from law.scenario import Result, Standing, Way
from legalcity.api.components import (
    COUNT,
    DAY,
    ID,
    MOMENT,
    TEXT,
    Schema,
    component,
    described,
    fields,
    list_of,
    map_of,
    one_of,
    or_null,
)
from legalcity.lib.dates import day_text, moment_text
from recoveries.letters.scenarios.outlook import Coming, coming, day_of, done
from recoveries.letters.verdicts import in_language
from recoveries.models import Enrolment, Rehearsal, ScenarioVersion, StepRun

_CHANNEL = one_of(Way)
SCENARIO_ROW = component(
    "ScenarioRow",
    fields(
        {
            "code": TEXT,
            "name": TEXT,
            "version": COUNT,
            "steps": list_of(fields({"step": TEXT, "channels": list_of(_CHANNEL), "delay": COUNT, "unit": TEXT})),
        }
    ),
    "A scenario that is published.",
)
_DONE = fields(
    {
        "step": TEXT,
        "on": DAY,
        "result": one_of(Result),
        "message_id": or_null(ID),
        "reasons": list_of(TEXT),
    }
)
_NEXT = fields({"step": TEXT, "on": DAY, "channel": _CHANNEL})
SCENARIO = component(
    "CaseScenario",
    fields(
        {
            "code": TEXT,
            "version": COUNT,
            "state": one_of(Standing),
            "paused_until": or_null(DAY),
            "reason": or_null(TEXT),
            "done": list_of(_DONE),
            "next": described(list_of(_NEXT), "The next three steps, if nothing else happens."),
        }
    ),
    "The scenario that a case is in, or was in last.",
)
_SUMS: Schema = {
    "cases": COUNT,
    "days": list_of(fields({"on": DAY, "channel": _CHANNEL, "count": COUNT})),
    "results": map_of(COUNT),
    "reasons": described(map_of(COUNT), "How often steps are held or passed over, by the code of the reason."),
    "missing": described(map_of(COUNT), "How many debtors have no `email`, `post` or `phone`."),
    "ends": described(map_of(COUNT), "How the cases stand at the end, by code."),
}
REHEARSAL = component(
    "Rehearsal",
    fields(
        {
            "id": ID,
            "code": TEXT,
            "version": COUNT,
            "until": DAY,
            "state": one_of(Rehearsal.State),
            "created_at": MOMENT,
            "result": or_null(
                fields({**_SUMS, "today": described(fields(_SUMS), "What would be done as things are.")})
            ),
        }
    ),
    "What a scenario would do until a day.",
)
REHEARSAL_PENDING = component(
    "RehearsalPending", fields({"id": ID, "state": one_of(Rehearsal.State), "poll_url": TEXT}), "A job that waits."
)


def scenario_row(version: ScenarioVersion) -> dict[str, Any]:
    """A published scenario."""
    return {
        "code": version.scenario.code,
        "name": version.scenario.name,
        "version": version.number,
        "steps": [
            {"step": step.code, "channels": step.channels, "delay": step.delay, "unit": step.unit}
            for step in version.steps.all()
        ],
    }


def scenario_told(enrolment: Enrolment, moment: Any) -> dict[str, Any]:
    """The scenario of a case; a client reads no reason that staff wrote."""
    return {
        "code": enrolment.version.scenario.code,
        "version": enrolment.version.number,
        "state": str(enrolment.state),
        "paused_until": day_text(enrolment.paused_until and day_of(enrolment.paused_until)),
        "reason": _reason(enrolment),
        "done": [_done(run) for run in done(enrolment)],
        "next": [_coming(step) for step in coming(enrolment, moment)],
    }


def rehearsal_told(rehearsal: Rehearsal) -> dict[str, Any]:
    """A rehearsal, without what it would cost the firm."""
    result = rehearsal.result
    if result is not None:
        result = {**_costless(result), "today": _costless(result["today"])}
    return {
        "id": rehearsal.pk,
        "code": rehearsal.version.scenario.code,
        "version": rehearsal.version.number,
        "until": day_text(rehearsal.until),
        "state": str(rehearsal.state),
        "created_at": moment_text(rehearsal.created_at),
        "result": result,
    }


def _costless(sums: dict[str, Any]) -> dict[str, Any]:
    """What a client sees of the sums of a rehearsal."""
    days = [{name: day[name] for name in ("on", "channel", "count")} for day in sums["days"]]
    return {name: value for name, value in sums.items() if name not in ("cost", "channels", "today")} | {"days": days}


def _reason(enrolment: Enrolment) -> str | None:
    return (enrolment.reason or None) if enrolment.why or enrolment.paused_by_client else None


def _done(run: StepRun) -> dict[str, Any]:
    return {
        "step": run.step.code,
        "on": day_text(day_of(run.at)),
        "result": str(run.state),
        "message_id": run.message_id,
        "reasons": [in_language(reason) for reason in run.reasons],
    }


def _coming(step: Coming) -> dict[str, Any]:
    return {"step": step.step, "on": day_text(step.on), "channel": step.channel}
