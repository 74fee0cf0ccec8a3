"""Scenarios with their versions and steps, the cases that are in one, and what was done with each."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from backoffice.reach import SeenWithCase
from law.contact.vocabulary import Purpose
from law.scenario.conditions import condition_read
from law.scenario.facts import Step as DrawnStep
from law.scenario.facts import Version as DrawnVersion
from law.scenario.vocabulary import OPEN, Base, IfImpossible, Result, Standing, Unit, Way
from law.vocabulary import Reminder
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from recoveries.models.cases import Recovery

PURPOSES = {
    Reminder.FIRST.value: Purpose.REMINDER,
    Reminder.SECOND.value: Purpose.REMINDER,
    Reminder.FORMAL_NOTICE.value: Purpose.FORMAL_NOTICE,
}
LOOKED_AT = [Standing.RUNNING.value, Standing.PAUSED.value]
OPEN_STATES = [state.value for state in OPEN]
NO_LIST = Value([], models.JSONField())


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """Words of the field."""

    def for_client(self, user: AbstractBaseUser) -> "ScenarioQuerySet":
        """Those that are published for a client: its own and the firm's."""
        published = Q(versions__state=ScenarioVersion.State.PUBLISHED)
        return self.filter(published, Q(owner=None) | Q(owner_id=user.pk)).distinct()


class Scenario(models.Model):
    """An escalation of the firm, or of one client. Of several that fit a new case the first by `priority` is taken."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)
    applies_when = models.JSONField(_("applies when"), default=list, db_default=NO_LIST, blank=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ("priority", "code")
        permissions = [
            ("draw_scenario", _("Can draw, rehearse, publish and switch scenarios")),
            ("run_scenario", _("Can pause and resume the scenario of a case")),
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioVersion(models.Model):
    """The steps of a scenario as they were published: from then on the database refuses to change them."""

    class State(models.TextChoices):
        """How far it is; one version of a scenario at most is a draft, and one published."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    scenario = models.ForeignKey(
        Scenario, on_delete=models.CASCADE, related_name="versions", verbose_name=_("scenario")
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    restart_on_payment = models.BooleanField(_("a payment has the delay begin again"), default=True, db_default=True)
    # The code of the step at which a broken plan goes on; empty: where it was.
    after_plan = models.CharField(_("step after a broken plan"), max_length=40, default="", db_default="", blank=True)
    author = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("version of a scenario")
        verbose_name_plural = _("versions of scenarios")
        ordering = ("scenario", "-number")
        constraints = [
            models.UniqueConstraint(fields=("scenario", "number"), name="scenario_version_number"),
            models.UniqueConstraint(
                fields=("scenario", "state"), condition=~Q(state="retired"), name="scenario_version_one_of_state"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | ~Q(state="draft") & Q(published_at__isnull=False),
                name="scenario_version_published_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} v{self.number}"

    def drawn(self) -> DrawnVersion:
        """As the planner reads it."""
        steps = tuple(step.drawn() for step in self.steps.all())
        return DrawnVersion(code=self.scenario.code, number=self.number, steps=steps, restarts=self.restart_on_payment)


class Step(models.Model):
    """A step: what is sent by which channel, on which day, under which conditions."""

    class Unit(models.TextChoices):
        """What the delay is counted in."""

        DAYS = Unit.DAYS, _("days")
        WORKING_DAYS = Unit.WORKING_DAYS, _("working days")

    class Base(models.TextChoices):
        """What it is counted from."""

        ENTRY = Base.ENTRY, _("entry into the scenario")
        PREVIOUS = Base.PREVIOUS, _("the step before")
        DUE_DATE = Base.DUE_DATE, _("the due date")
        FORMAL_NOTICE = Base.FORMAL_NOTICE, _("the formal notice")
        DELIVERED = Base.DELIVERED, _("the delivery of the message before")

    class IfImpossible(models.TextChoices):
        """What is done where no channel leads to the debtor."""

        TASK = IfImpossible.TASK, _("a task for a person")
        SKIP = IfImpossible.SKIP, _("pass the step over")
        STOP = IfImpossible.STOP, _("stop the scenario")

    version = models.ForeignKey(
        ScenarioVersion, on_delete=models.CASCADE, related_name="steps", verbose_name=_("version")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    # In the order in which they are tried; `task` alone: for a person.
    channels = models.JSONField(_("channels"), default=list)
    template = models.CharField(_("template"), max_length=40, default="", db_default="", blank=True)
    delay = models.PositiveSmallIntegerField(_("delay"), default=0)
    unit = models.CharField(_("unit"), max_length=13, choices=Unit.choices, default=Unit.WORKING_DAYS)
    counts_from = models.CharField(_("counted from"), max_length=13, choices=Base.choices, default=Base.ENTRY)
    at_hour = models.PositiveSmallIntegerField(_("hour"), default=10)
    conditions = models.JSONField(_("conditions"), default=list, db_default=NO_LIST, blank=True)
    needs_approval = models.BooleanField(_("needs approval"), default=False, db_default=False)
    then_status = models.ForeignKey(
        "recoveries.Status",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("status afterwards"),
    )
    if_impossible = models.CharField(
        _("if impossible"), max_length=4, choices=IfImpossible.choices, default=IfImpossible.TASK
    )
    max_wait_days = models.PositiveSmallIntegerField(_("longest wait, days"), default=30)

    class Meta:
        verbose_name = _("step of a scenario")
        verbose_name_plural = _("steps of scenarios")
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=("version", "position"), name="scenario_step_position"),
            models.UniqueConstraint(fields=("version", "code"), name="scenario_step_code"),
            models.CheckConstraint(condition=Q(at_hour__lt=24), name="scenario_step_hour"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def ways(self) -> tuple[Way, ...]:
        """How it goes, in the order in which ways are tried."""
        return tuple(Way(channel) for channel in self.channels)

    def drawn(self) -> DrawnStep:
        """As the planner reads it."""
        return DrawnStep(
            code=self.code,
            ways=self.ways,
            kind=self.template,
            purpose=None if self.ways == (Way.TASK,) else PURPOSES[self.template],
            delay=self.delay,
            unit=Unit(self.unit),
            base=Base(self.counts_from),
            at_hour=self.at_hour,
            conditions=tuple(condition_read(one) for one in self.conditions),
            needs_approval=self.needs_approval,
            if_impossible=IfImpossible(self.if_impossible),
            max_wait_days=self.max_wait_days,
        )


class EnrolmentQuerySet(SeenWithCase["Enrolment"]):
    """Words of the field."""

    case_path = "recovery"

    def open(self) -> "EnrolmentQuerySet":
        """Those that have not ended."""
        return self.filter(state__in=OPEN_STATES)

    def look_at(self, moment: datetime) -> int:
        """Have the clock look at those that run; how many."""
        return self.filter(state=Standing.RUNNING).update(next_due_at=moment)


class Enrolment(OfOwner):
    """A case in a scenario. It keeps its version until a manager moves it.

    `next_due_at`: when the clock looks at it; of a paused one, when it goes on. `claimed_until`: a worker has it.
    `paused_by_client`: who may resume it.
    """

    class State(models.TextChoices):
        """How it stands."""

        RUNNING = Standing.RUNNING, _("running")
        PAUSED = Standing.PAUSED, _("paused")
        HELD = Standing.HELD, _("held")
        FINISHED = Standing.FINISHED, _("finished")
        STOPPED = Standing.STOPPED, _("stopped")

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("case"))
    version = models.ForeignKey(
        ScenarioVersion, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("version")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    entered_at = models.DateTimeField(_("entered at"))
    restarted_at = models.DateTimeField(_("delay begun again at"), null=True)
    next_due_at = models.DateTimeField(_("next look"), null=True)
    claimed_until = models.DateTimeField(_("taken by a worker until"), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    paused_by_client = models.BooleanField(_("paused by the client"), default=False, db_default=False)
    # How it rested before the debtor disputed the claim or paid by a plan: it returns to that (standing.py).
    former = models.JSONField(null=True, editable=False)
    # Why it rests or has ended, by code where it was not a person's act, and in words.
    why = models.CharField(max_length=20, default="", db_default="", editable=False)
    reason = models.CharField(_("reason"), max_length=500, default="", db_default="", blank=True)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("case in a scenario")
        verbose_name_plural = _("cases in scenarios")
        ordering = ("-entered_at", "-id")
        indexes = [
            models.Index(fields=("next_due_at",), name="enrolment_due", condition=Q(state__in=LOOKED_AT)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("recovery",), condition=Q(state__in=OPEN_STATES), name="enrolment_one_open_a_case"
            ),
        ]

    def __str__(self) -> str:
        return pair(self.recovery_id, self.version)

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES


class StepRun(models.Model):
    """What was done with a step for a case: once only, by the database."""

    class State(models.TextChoices):
        """What came of it."""

        SENT = Result.SENT, _("message made")
        HELD = Result.HELD, _("message held")
        TO_POST = Result.TO_POST, _("letter to be posted")
        TASK = Result.TASK, _("task for a person")
        SKIPPED = Result.SKIPPED, _("passed over")
        STOPPED = Result.STOPPED, _("scenario stopped")

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="runs", verbose_name=_("case in a scenario")
    )
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    due_at = models.DateTimeField(_("due at"))
    at = models.DateTimeField(_("carried out at"))
    state = models.CharField(_("result"), max_length=7, choices=State.choices)
    channel = models.CharField(_("channel"), max_length=25, default="", db_default="", blank=True)
    # Each a code and its sentence in both languages.
    reasons = models.JSONField(_("reasons"), default=list, db_default=NO_LIST)
    message = models.ForeignKey(
        "recoveries.Message", on_delete=models.SET_NULL, null=True, related_name="runs", verbose_name=_("message")
    )
    task = models.ForeignKey(
        "recoveries.StaffTask", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("task")
    )

    class Meta:
        verbose_name = _("step carried out")
        verbose_name_plural = _("steps carried out")
        ordering = ("at", "id")
        constraints = [models.UniqueConstraint(fields=("enrolment", "step"), name="step_run_once")]

    def __str__(self) -> str:
        return pair(self.step, self.get_state_display())


class ScenarioStop(models.Model):
    """A client for whom no scenario runs: the switch of one client, beside that of the firm (SCENARIOS_RUNNING)."""

    owner = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("client"))
    reason = models.CharField(_("reason"), max_length=255, default="", db_default="", blank=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("client without scenarios")
        verbose_name_plural = _("clients without scenarios")

    def __str__(self) -> str:
        return str(self.owner)
