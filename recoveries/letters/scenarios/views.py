"""The calls on scenarios: which there are, that of a case, rehearsals."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.authentication import caller
from legalcity.api.components import ID, REFUSED, TEXT, described, fields, list_of, or_null, refused, success
from legalcity.api.envelope import reply
from legalcity.api.idempotency import Keyed, Way
from legalcity.api.validation import parse
from legalcity.api.views import ContractView
from legalcity.lib.clock import now
from legalcity.lib.errors import NotFound
from recoveries.court.views import OneCaseView
from recoveries.letters.scenarios import samples
from recoveries.letters.scenarios.pausing import enrolment_of, scenario_pause, scenario_resume, scenario_start
from recoveries.letters.scenarios.rehearsals import rehearsal_ask
from recoveries.letters.scenarios.serializers import PauseSerializer, RehearseSerializer, StartSerializer
from recoveries.letters.scenarios.shapes import (
    REHEARSAL,
    REHEARSAL_PENDING,
    SCENARIO,
    SCENARIO_ROW,
    rehearsal_told,
    scenario_row,
    scenario_told,
)
from recoveries.models import Enrolment, Rehearsal, Scenario, ScenarioVersion

NONE = _("There is no such scenario.")
PATH_PARTS = {
    "recovery_id": described({**ID, "examples": [4211]}, "The id of the case."),
    "rehearsal_id": described({**ID, "examples": [7]}, "The `id` of the rehearsal."),
    "code": described(
        {"type": "string", "pattern": r"^[-a-zA-Z0-9_]+$", "examples": ["standard"]}, "The `code` of the scenario."
    ),
}
ONE = {200: success(SCENARIO), 409: REFUSED}


def published_for(user: Any) -> list[ScenarioVersion]:
    """The published versions that a client sees: of its own scenarios and of the firm's."""
    mine = Scenario.objects.for_client(user).values("pk")
    versions = ScenarioVersion.objects.filter(state=ScenarioVersion.State.PUBLISHED, scenario__in=mine)
    ordered = versions.order_by("scenario__priority", "scenario__code")
    return list(ordered.select_related("scenario").prefetch_related("steps"))


class ScenariosView(ContractView):
    """The scenarios that there are."""

    section = "Scenarios"
    answers = {"list": {200: success(fields({"items": list_of(SCENARIO_ROW)}))}}
    samples = {"list": samples.SCENARIOS}

    def list(self, request: Request) -> Response:
        """The scenarios of the firm and your own that are published, with their steps."""
        items = [scenario_row(version) for version in published_for(caller(request))]
        return reply({"items": items}, _("Scenarios retrieved successfully"))


class CaseScenarioView(OneCaseView):
    """The scenario of a case."""

    section = "Scenarios"
    path_parts = PATH_PARTS
    serializers = {"create": StartSerializer, "pause": PauseSerializer}
    answers = {
        "retrieve": {200: success(or_null(SCENARIO))},
        "create": {
            200: success(SCENARIO),
            409: refused("ScenarioConflict", rarely={"reasons": list_of(TEXT)}),
        },
        "pause": ONE,
        "resume": ONE,
    }
    bodies = {"create": samples.START_BODY, "pause": samples.PAUSE_BODY}
    samples = dict.fromkeys(("retrieve", "create", "pause", "resume"), samples.SCENARIO)

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """The scenario of a case. What was done, and the next three steps with their days; null without one."""
        enrolment = enrolment_of(self.case(recovery_id).pk)
        told = scenario_told(enrolment, now()) if enrolment else None
        return reply(told, _("Scenario retrieved successfully"))

    def create(self, request: Request, recovery_id: int) -> Response:
        """Start a scenario for a case, or change to it. Only where the firm lets clients do so."""
        case, sent = self.case(recovery_id), parse(StartSerializer, request)
        return self._told(scenario_start(case=case, code=sent["code"], by=caller(request)))

    def pause(self, request: Request, recovery_id: int) -> Response:
        """Pause the scenario of a case. Until a day at most 90 days ahead; one that is paused stays as it is."""
        case, sent = self.case(recovery_id), parse(PauseSerializer, request)
        return self._told(scenario_pause(recovery_id=case.pk, **sent, by=caller(request), by_client=True))

    def resume(self, request: Request, recovery_id: int) -> Response:
        """Have the scenario of a case go on that you paused. What should have been meanwhile comes by and by."""
        case = self.case(recovery_id)
        return self._told(scenario_resume(recovery_id=case.pk, by=caller(request), by_client=True))

    def _told(self, enrolment: Enrolment) -> Response:
        return reply(scenario_told(enrolment, now()), _("Scenario updated successfully"))


class RehearseView(ContractView):
    """Rehearsals of scenarios."""

    section = "Scenarios"
    path_parts = PATH_PARTS
    serializers = {"create": RehearseSerializer}
    ways = {"create": Keyed(Way.ATOMIC)}
    answers = {
        "create": {202: success(REHEARSAL_PENDING), 404: REFUSED},
        "retrieve": {200: success(REHEARSAL), 404: REFUSED},
    }
    bodies = {"create": samples.REHEARSE_BODY}
    samples = {"create": samples.PENDING, "retrieve": samples.REHEARSAL}

    def create(self, request: Request, code: str) -> Response:
        """Rehearse a scenario over your open cases until a day, or over some of them. Nothing is written or sent."""
        sent = parse(RehearseSerializer, request)
        version = next((one for one in published_for(caller(request)) if one.scenario.code == code), None)
        if version is None:
            raise NotFound(NONE)
        me = caller(request)
        rehearsal = rehearsal_ask(version=version, until=sent["until"], by=me, owner=me, case_ids=sent["recovery_ids"])
        address = reverse("rehearsal", [rehearsal.pk], request=request)
        data = {"id": rehearsal.pk, "state": str(rehearsal.state), "poll_url": address}
        message = _("Rehearsal accepted and being carried out")
        return reply(data, message, status=status.HTTP_202_ACCEPTED, headers={"Location": address})

    def retrieve(self, request: Request, rehearsal_id: int) -> Response:
        """What came of a rehearsal. Messages by day and channel, what is held or passed over and why."""
        rows = Rehearsal.objects.select_related("version__scenario").defer("rows")
        rehearsal = rows.filter(pk=rehearsal_id, owner=caller(request)).first()
        if rehearsal is None:
            raise NotFound(_("There is no such rehearsal."))
        return reply(rehearsal_told(rehearsal), _("Rehearsal retrieved successfully"))
