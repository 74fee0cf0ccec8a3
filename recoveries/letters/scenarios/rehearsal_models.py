"""Rehearsals that were asked for, and the parts that workers take of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from legalcity.lib.claims import JobRow
from recoveries.letters.scenarios.models import ScenarioVersion


class Rehearsal(JobRow):
    """A rehearsal that was asked for: of a version, over cases, until a day; workers carry it out, part by part."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    version = models.ForeignKey(ScenarioVersion, on_delete=models.CASCADE, related_name="+", verbose_name=_("version"))
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("client")
    )
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    until = models.DateField(_("until"))
    case_ids = models.JSONField(_("cases"), null=True)  # None: all that are open and in the scope
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    result = models.JSONField(_("result"), null=True)
    # What stands above the lines of its parts: their heading; all of them, where it was made before there were parts.
    rows = models.TextField("CSV", default="", db_default="", editable=False)
    # Since when its parts are there, and the moment from which on each of them is rehearsed.
    begun_at = models.DateTimeField(_("begun at"), null=True, editable=False)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("due_at",), name="rehearsal_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.version} → {self.until:%d/%m/%Y}"


class RehearsalPart(JobRow):
    """Cases of a rehearsal that one worker rehearses; those of one debtor are in one part, since caps count by debtor.

    What comes of it stays here: the sums until all parts are joined, the lines for the file.
    """

    rehearsal = models.ForeignKey(
        Rehearsal, on_delete=models.CASCADE, related_name="parts", verbose_name=_("rehearsal"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    debtors = models.JSONField(_("cases"))  # their ids, those of one debtor together: [[7, 9], [8]]
    cases = models.PositiveIntegerField(_("how many cases"))
    # {"told": …, "today": …, "steps": fingerprint of the version}; the first two by `Summary.kept` (outcome.py).
    sums = models.JSONField(_("result"), null=True)
    rows = models.TextField("CSV", default="", db_default="", editable=False)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("part of a rehearsal")
        verbose_name_plural = _("parts of rehearsals")
        ordering = ("rehearsal", "number")
        constraints = [models.UniqueConstraint(fields=("rehearsal", "number"), name="rehearsal_part_once")]
        indexes = [models.Index(fields=("due_at",), name="rehearsal_part_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.rehearsal_id}: {self.number}"
