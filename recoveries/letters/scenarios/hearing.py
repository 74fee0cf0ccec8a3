"""What scenarios do when something happens on a case: in its transaction, under the lock of the case."""

from law.scenario import Standing, Why, first_unmet, why
from law.scenario.conditions import condition_read
from law.vocabulary import Step as Status
from legalcity.lib.clock import now, today
from recoveries.catalogue import catalogue
from recoveries.ledger.listeners import PaymentTold
from recoveries.letters.scenarios.carrying import version_planned
from recoveries.letters.scenarios.reading import facts_read
from recoveries.letters.scenarios.running import may_run
from recoveries.letters.scenarios.standing import (
    enrolment_end,
    enrolment_enter,
    enrolment_lock,
    enrolment_rest,
    enrolment_return,
    look_set,
)
from recoveries.models import Enrolment, Recovery, ScenarioVersion

RESTING = {Status.DISPUTE: (Standing.HELD, Why.DISPUTE), Status.PAYMENT_PLAN: (Standing.PAUSED, Why.PLAN)}


class Scenarios:
    """Hears of cases (`recoveries/services/heard.py`)."""

    def opened(self, case: Recovery) -> None:
        """A new case enters the first published scenario, by priority, whose conditions it meets."""
        if not may_run(case.owner_id) or Enrolment.objects.filter(recovery=case).exists():
            return
        version = version_for(case)
        if version is not None:
            enrolment_enter(case=case, version=version, moment=now(), by=None)

    def moved(self, case: Recovery) -> None:
        """A dispute holds the scenario, a plan pauses it, what closes the case ends it; else it goes on."""
        enrolment = enrolment_lock(case.pk)
        if enrolment is None:
            return
        rest = RESTING.get(Status(case.status_id)) if case.status_id in set(Status) else None
        if catalogue.is_closing(case.status_id):
            enrolment_end(enrolment, Standing.FINISHED, why(Why.CLOSED).sentence, why=Why.CLOSED)
        elif rest is not None:
            enrolment_rest(enrolment, rest[0], why(rest[1]).sentence, why=rest[1])
        elif enrolment.why in (Why.DISPUTE, Why.PLAN):
            _go_on(enrolment)


def version_for(case: Recovery) -> ScenarioVersion | None:
    """The published version of the first scenario that a new case fits."""
    versions = ScenarioVersion.objects.filter(state=ScenarioVersion.State.PUBLISHED).select_related("scenario")
    fitting = [one for one in versions if one.scenario.owner_id in (None, case.owner_id)]
    if not fitting:
        return None
    _case, facts = facts_read([case.pk], now())[case.pk]
    for version in sorted(fitting, key=lambda one: (one.scenario.priority, one.scenario.code)):
        if first_unmet(map(condition_read, version.scenario.applies_when), facts, today()) is None:
            return version
    return None


def payment_heard(told: PaymentTold) -> None:
    """A payment has the delay begin again, where the version says so. That nothing is due any more closes the case,
    which is heard as a move; a payment that was taken back changes nothing.
    """
    enrolment = enrolment_lock(told.case.pk)
    if enrolment is None or told.reversal is not None or enrolment.state != Standing.RUNNING:
        return
    if version_planned(enrolment.version).restarts:
        enrolment.restarted_at = now()
        look_set(enrolment, now())
        enrolment.save(update_fields=["restarted_at", "next_due_at", "updated_at"])


def _go_on(enrolment: Enrolment) -> None:
    """A dispute is settled: where it was. A plan is broken: at the step that the version names.

    A pause of a person that was there before stays.
    """
    after = enrolment.version.after_plan
    if enrolment.why == Why.PLAN and after:
        named = enrolment.version.steps.filter(code=after).first()
        enrolment.position = max(enrolment.position, named.position) if named else enrolment.position
    enrolment_return(enrolment, now())
