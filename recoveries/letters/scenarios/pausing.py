"""What people do with the scenario of a case: pause it, have it go on, start it."""

from datetime import date, datetime, time, timedelta

from django.db.models import Case, When
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import story
from law.scenario import Standing, Why, why
from legalcity.lib.clock import now, today
from legalcity.lib.codes import Coded, ErrorCode, FieldCode
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from legalcity.lib.settings.live import live
from recoveries.letters.gathering import is_open
from recoveries.letters.scenarios.models import OPEN_STATES
from recoveries.letters.scenarios.standing import enrolment_end, enrolment_go_on, enrolment_lock, enrolment_rest
from recoveries.letters.scenarios.switching import case_switch
from recoveries.models import Enrolment, Recovery, Scenario, ScenarioVersion
from recoveries.services.cases import recovery_lock

LONGEST_PAUSE = timedelta(days=90)  # of a client


@story()
def scenario_pause(
    *, recovery_id: int, reason: str, until: date | None, by: User | None, by_client: bool = False
) -> Enrolment:
    """Pause the scenario of a case, to the morning of `until` or (None) until somebody has it go on.

    One that is paused stays as it is. Raises Invalid for a day that has come or is too far, Conflict where no scenario
    runs or where it is held.
    """
    recovery_lock(recovery_id=recovery_id)
    if until is not None:
        _require_to_come(until, by_client=by_client)
    enrolment = _open(recovery_id)
    if enrolment.state == Standing.PAUSED:
        return enrolment
    if enrolment.state == Standing.HELD:
        raise Conflict(_("The firm holds the scenario of this case."))
    end = None if until is None else datetime.combine(until, time(), PARIS)
    if end is None and by_client:
        end = datetime.combine(today() + LONGEST_PAUSE, time(), PARIS)
    enrolment_rest(enrolment, Standing.PAUSED, reason, by=by, until=end, by_client=by_client)
    audit_record(action="scenario_paused", target=enrolment, reason=reason, actor=by)
    return enrolment


@story()
def scenario_resume(*, recovery_id: int, by: User | None, by_client: bool = False) -> Enrolment:
    """Have the scenario of a case go on; what should have been meanwhile comes at the next allowed moment.

    One that runs stays as it is. Raises Conflict where none is open; for a client where the firm paused or holds it,
    for anybody while the debtor disputes the claim or pays by a plan.
    """
    recovery_lock(recovery_id=recovery_id)
    enrolment = _open(recovery_id)
    if enrolment.state == Standing.RUNNING:
        return enrolment
    if by_client and not enrolment.paused_by_client:
        raise Conflict(_("The firm holds the scenario of this case."))
    if enrolment.why in (Why.DISPUTE, Why.PLAN):
        raise Conflict(why(Why(enrolment.why)).sentence)
    enrolment_go_on(enrolment, now(), by=by)
    audit_record(action="scenario_resumed", target=enrolment, actor=by)
    return enrolment


@story()
def scenario_stop(*, recovery_id: int, reason: str, by: User | None) -> Enrolment:
    """End the scenario of a case. Raises Conflict where none is open."""
    recovery_lock(recovery_id=recovery_id)
    enrolment = _open(recovery_id)
    enrolment_end(enrolment, Standing.STOPPED, reason, by=by)
    audit_record(action="scenario_stopped", target=enrolment, reason=reason, actor=by)
    return enrolment


@story()
def scenario_start(*, case: Recovery, code: str, by: User) -> Enrolment:
    """Have a case of a client enter the published scenario of this code, from whichever it is in.

    Raises Forbidden unless clients may, Invalid for a code that is none for this client, Conflict for a case that no
    letter may be about, or whose scenario the firm paused or holds.
    """
    scenario = Scenario.objects.for_client(by).filter(code=code).first()
    if scenario is None:
        raise Invalid({"code": [Coded(_("There is no such scenario."), FieldCode.UNKNOWN)]})
    if not live.CLIENT_MAY_START:
        raise Forbidden(_("The firm starts scenarios itself."))
    if not is_open(case):
        sentence = why(Why.CLOSED).sentence
        raise Conflict(sentence, code=ErrorCode.CASE_CLOSED, reasons=[sentence])
    recovery_lock(recovery_id=case.pk)
    present = enrolment_lock(case.pk)
    if present is not None and present.state != Standing.RUNNING and not present.paused_by_client:
        raise Conflict(_("The firm holds the scenario of this case."))
    published = scenario.versions.select_related("scenario").get(state=ScenarioVersion.State.PUBLISHED)
    return case_switch(recovery_id=case.pk, version=published, by=by)


def enrolment_of(recovery_id: int) -> Enrolment | None:
    """The enrolment of a case: the open one, else the last."""
    is_over = Case(When(state__in=OPEN_STATES, then=0), default=1)
    rows = Enrolment.objects.filter(recovery_id=recovery_id).select_related("version__scenario")
    return rows.order_by(is_over, "-entered_at", "-pk").first()


def enrolment_shown(case: Recovery) -> Enrolment | None:
    """The same for a page, which reads it once for its panel and its buttons: it is kept with the object."""
    if "enrolment_shown" not in case.__dict__:
        case.__dict__["enrolment_shown"] = enrolment_of(case.pk)
    shown: Enrolment | None = case.__dict__["enrolment_shown"]
    return shown


def _open(recovery_id: int) -> Enrolment:
    enrolment = enrolment_lock(recovery_id)
    if enrolment is None:
        raise Conflict(_("No scenario runs for this case."))
    return enrolment


def _require_to_come(until: date, *, by_client: bool) -> None:
    if until <= today():
        raise Invalid({"until": [Coded(_("Choose a day to come."), FieldCode.RANGE)]})
    if by_client and until > today() + LONGEST_PAUSE:
        sentence = _("The scenario may be paused for {days} days at most.").format(days=LONGEST_PAUSE.days)
        raise Invalid({"until": [Coded(sentence, FieldCode.RANGE)]})
