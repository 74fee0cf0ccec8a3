"""What staff do with scenarios, and with that of a case."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.actions import ObjectAction, Reason
from backoffice.origin import staff_of
from backoffice.outcomes import ShownFirst
from law.scenario import Standing
from law.scenario.conditions import LONGEST
from legalcity.lib.clock import today
from legalcity.lib.countries import country_names
from legalcity.lib.dates import add_days, add_months
from legalcity.lib.errors import Sentence
from legalcity.lib.form_fields import AmountField, DayField
from recoveries.catalogue import catalogue
from recoveries.letters.scenarios.drawing import draft_open, version_publish
from recoveries.letters.scenarios.pausing import enrolment_shown, scenario_pause, scenario_resume, scenario_stop
from recoveries.letters.scenarios.rehearsals import rehearsal_ask
from recoveries.letters.scenarios.switching import cases_switch
from recoveries.models import Recovery, Scenario, ScenarioVersion, StatusGroup
from recoveries.widgets import ClientSelect, PlainSelect

State = ScenarioVersion.State
DRAW, RUN = "recoveries.draw_scenario", "recoveries.run_scenario"
MOST_AT_ONCE = 5000  # cases of one switch
# What the form of *Basculer* asks for by equality or as a least value.
COLUMNS = {
    "group": "status__group",
    "handler": "user",
    "country": "debtor_country",
    "at_least": "amount_torecover__gte",
}


# --- scenarios -------------------------------------------------------------------------------------------------------
class UntilForm(forms.Form):
    """Until when."""

    until = DayField(label=gettext_lazy("Until"))


def _countries() -> list[tuple[str, str]]:
    return [("", "—"), *country_names(get_language() or "en").items()]


class FilterForm(ShownFirst):
    """Which cases are switched: how many there are is shown first."""

    owner = forms.ModelChoiceField(
        User.objects.filter(is_staff=False, is_active=True),
        label=gettext_lazy("Client"),
        required=False,
        widget=ClientSelect(),
        help_text=gettext_lazy("Empty: of all clients."),
    )
    group = forms.ModelChoiceField(
        StatusGroup.objects.all(), label=gettext_lazy("Group of statuses"), required=False, widget=PlainSelect
    )
    handler = forms.ModelChoiceField(
        User.objects.filter(is_staff=True, is_active=True),
        label=gettext_lazy("Handler"),
        required=False,
        widget=PlainSelect,
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Debtor's country"), choices=_countries, required=False, widget=PlainSelect
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days since the due date, at least"), min_value=0, max_value=LONGEST, required=False
    )
    at_least = AmountField(
        label=gettext_lazy("At least to recover (€)"), required=False, max_digits=14, decimal_places=2
    )
    only_new = forms.BooleanField(
        label=gettext_lazy("Only cases that are in no scenario"), required=False, initial=True
    )
    outcome_template = "admin/recoveries/switch_outcome.html"

    def foresee(self, data: dict[str, Any]) -> Any:
        """How many cases it is about."""
        told = _("{cases} cases; {most} at most at a time.")
        return told.format(cases=cases_for(data).count(), most=MOST_AT_ONCE)


def cases_for(data: dict[str, Any]) -> Any:
    """The cases that the form of *Basculer* names: open amicable ones with both parties."""
    closed = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    cases = Recovery.objects.exclude(status_id__in=closed).filter(customer__isnull=False, debtor__isnull=False)
    cases = cases.filter(injunction=None)
    if data.get("owner"):
        cases = cases.owned_by(data["owner"])
    wanted = {column: data[name] for name, column in COLUMNS.items() if data.get(name)}
    if data.get("days") is not None:
        wanted["recovery_due_date__lte"] = add_days(today(), -data["days"])
    cases = cases.filter(**wanted)
    if data.get("only_new"):
        cases = cases.exclude(enrolments__state__in=(Standing.RUNNING, Standing.PAUSED, Standing.HELD))
    return cases.order_by("pk")


def _rehearse(request: HttpRequest, version: ScenarioVersion, data: dict[str, Any]) -> Sentence:
    rehearsal = rehearsal_ask(version=version, until=data["until"], by=staff_of(request))
    page = reverse("admin:recoveries_rehearsal_change", args=[rehearsal.pk])
    return format_html('{} <a href="{}">{}</a>', _("The rehearsal is being carried out:"), page, rehearsal)


def _publish(request: HttpRequest, version: ScenarioVersion, data: dict[str, Any]) -> Sentence:
    version_publish(version_id=version.pk, by=staff_of(request))
    return _("It is published. Cases that are in an earlier version stay there until they are moved.")


def _switch(request: HttpRequest, version: ScenarioVersion, data: dict[str, Any]) -> Sentence:
    ids = list(cases_for(data).values_list("pk", flat=True)[:MOST_AT_ONCE])
    done, refused = cases_switch(ids=ids, version=version, by=staff_of(request))
    return _("{done} cases enter the scenario; {refused} may not.").format(done=done, refused=refused)


def _draft(request: HttpRequest, scenario: Scenario, data: dict[str, Any]) -> Sentence:
    draft = draft_open(scenario_id=scenario.pk, by=staff_of(request))
    page = reverse("admin:recoveries_scenarioversion_change", args=[draft.pk])
    return format_html('{} <a href="{}">{}</a>', _("The draft:"), page, draft)


REHEARSE = ObjectAction(
    name="rehearse",
    label=gettext_lazy("Rehearse"),
    permission=DRAW,
    perform=_rehearse,
    form=UntilForm,
    form_options=lambda request, version: {"initial": {"until": add_months(today(), 2)}},
    explain=gettext_lazy(
        "All open cases are gone through until that day, as the clock would; nothing is written to a case or sent."
    ),
)
PUBLISH = ObjectAction(
    name="publish",
    label=gettext_lazy("Publish"),
    permission=DRAW,
    perform=_publish,
    is_offered=lambda request, version: version.state == State.DRAFT,
    explain=gettext_lazy("From then on it is never changed; new cases enter it while scenarios run."),
)
SWITCH = ObjectAction(
    name="switch",
    label=gettext_lazy("Switch cases"),
    permission=DRAW,
    perform=_switch,
    form=FilterForm,
    is_offered=lambda request, version: version.state == State.PUBLISHED,
    explain=gettext_lazy(
        "The cases enter this version, a number on each working day; steps whose letter was sent are left out."
    ),
    danger=True,
)
NEW_DRAFT = ObjectAction(
    name="draft",
    label=gettext_lazy("Draw the next version"),
    permission=DRAW,
    perform=_draft,
    explain=gettext_lazy("A draft with the steps of the last version is opened, or the one that is there is shown."),
)


# --- the scenario of a case ------------------------------------------------------------------------------------------
class PauseForm(Reason):
    """Why, and until when."""

    until = DayField(label=gettext_lazy("Until"), required=False)


def _has(*states: Standing) -> Any:
    def is_offered(request: HttpRequest, case: Recovery) -> bool:
        enrolment = enrolment_shown(case)
        return enrolment is not None and enrolment.state in states

    return is_offered


def _pause(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    scenario_pause(recovery_id=case.pk, reason=data["reason"], until=data["until"], by=staff_of(request))
    return _("The scenario is paused.")


def _resume(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    scenario_resume(recovery_id=case.pk, by=staff_of(request))
    return _("The scenario goes on.")


def _stop(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    scenario_stop(recovery_id=case.pk, reason=data["reason"], by=staff_of(request))
    return _("The scenario is stopped.")


PAUSE_SCENARIO = ObjectAction(
    name="pause-scenario",
    label=gettext_lazy("Pause the scenario"),
    permission=RUN,
    perform=_pause,
    form=PauseForm,
    is_offered=_has(Standing.RUNNING),
    explain=gettext_lazy("Until the morning of that day, or until somebody has it go on. Nothing is caught up then."),
)
RESUME_SCENARIO = ObjectAction(
    name="resume-scenario",
    label=gettext_lazy("Have the scenario go on"),
    permission=RUN,
    perform=_resume,
    is_offered=_has(Standing.PAUSED, Standing.HELD),
    explain=gettext_lazy("The next step comes on its day, or at the next allowed moment when that is over."),
)
STOP_SCENARIO = ObjectAction(
    name="stop-scenario",
    label=gettext_lazy("Stop the scenario"),
    permission=RUN,
    perform=_stop,
    form=Reason,
    is_offered=_has(Standing.RUNNING, Standing.PAUSED, Standing.HELD),
    explain=gettext_lazy("It ends for this case; a manager may switch the case to a scenario again."),
    danger=True,
)
