"""The kind of task that steps of scenarios open where no other kind says what is to be done."""

from django.utils.translation import gettext_lazy as _

from recoveries.agenda.kinds import TaskKind, kind_register
from recoveries.agenda.sentences import Fact

STEP = "scenario_step"

kind_register(
    TaskKind(
        code=STEP,
        label=_("Step of a scenario"),
        sentences=(
            _("Step “{step}” of the scenario cannot be carried out: {about}"),
            _("Carry out the step “{step}” of the scenario."),
        ),
        facts={"step": Fact.TEXT, "about": Fact.TEXT},
    ),
)
