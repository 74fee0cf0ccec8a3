"""What staff are to do on a case, or for the firm."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.reach import Person, SeenWithCase
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from recoveries.agenda.kinds import kinds
from recoveries.models.cases import Recovery

OF_THE_FIRM = Q(assignee=None, recovery=None)


class StaffTaskQuerySet(SeenWithCase["StaffTask"]):
    """Words of the field."""

    case_path = "recovery"

    def standing(self) -> "StaffTaskQuerySet":
        """Those that are still to be done."""
        return self.filter(state=StaffTask.State.OPEN)

    def in_reach_of(self, user: Person) -> "StaffTaskQuerySet":
        """What a member of staff sees: tasks of cases in reach, and of the firm, of the kinds that are theirs."""
        withheld = [one.code for one in kinds().values() if one.permission and not user.has_perm(one.permission)]
        return super().in_reach_of(user).exclude(kind__in=withheld)

    def of_person(self, user: Person) -> "StaffTaskQuerySet":
        """Given to `user`, or to nobody on a case that `user` handles: who takes over a case takes its tasks.

        And those of the firm that nobody was given.
        """
        return self.filter(Q(assignee_id=user.pk) | Q(assignee=None, recovery__user=user.pk) | OF_THE_FIRM)


class StaffTask(OfOwner):
    """Something that a person is to do by a day. One of a kind and a subject is open on a case at a time.

    `facts` fill the sentence of the kind (agenda/kinds.py). `auto_close`: the code of the condition that closes it.
    """

    class State(models.TextChoices):
        """Whether it is still to be done."""

        OPEN = "open", _("to do")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", _("dropped")

    class By(models.TextChoices):
        """What opened it."""

        STEP = "step", _("step of a scenario")
        GUARD = "guard", _("guard of letters")
        SYSTEM = "system", _("the house")
        STAFF = "staff", _("staff")

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, null=True, related_name="tasks", verbose_name=_("case")
    )
    owner = models.ForeignKey(  # type: ignore[assignment]  # A task of the firm is nobody's.
        "accounts.User",
        on_delete=models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("client"),
    )
    kind = models.CharField(_("kind"), max_length=30)
    # What it is about, where a case can have several of its kind: `message:12`.
    subject = models.CharField(_("subject"), max_length=64, default="", blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    note = models.TextField(_("note"), default="", blank=True)
    due_on = models.DateField(_("due on"))
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("given to")
    )
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.OPEN)
    auto_close = models.CharField(_("closes by itself when"), max_length=30, default="", blank=True)
    fix_url = models.CharField(_("where it is done"), max_length=300, default="", blank=True)
    created_by = models.CharField(_("opened by"), max_length=6, choices=By.choices, default=By.SYSTEM)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("opened by the person")
    )
    created_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("done by")
    )

    objects = StaffTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ("due_on", "id")
        permissions = [
            ("do_task", _("Can do, postpone and drop tasks")),
            ("assign_task", _("Can give tasks to others")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("recovery", "kind", "subject"), condition=Q(state="open"), name="staff_task_open_once"
            ),
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=Q(state="open", recovery=None),
                name="staff_task_of_firm_open_once",
            ),
            # The owner is that of the case; a task of the firm has neither.
            models.CheckConstraint(
                condition=Q(recovery=None, owner=None) | Q(recovery__isnull=False, owner__isnull=False),
                name="staff_task_of_owner_or_firm",
            ),
            models.CheckConstraint(
                condition=Q(state="open", done_at=None) | ~Q(state="open") & Q(done_at__isnull=False),
                name="staff_task_done_at",
            ),
        ]
        indexes = [
            models.Index(fields=("due_on", "id"), name="staff_task_due", condition=Q(state="open")),
            models.Index(fields=("assignee", "due_on"), name="staff_task_of_person", condition=Q(state="open")),
            models.Index(fields=("auto_close", "id"), name="staff_task_to_close", condition=Q(state="open")),
            models.Index(fields=("done_at", "id"), name="staff_task_done"),
        ]

    def save(self, *args: Any, **options: Any) -> None:
        """Only a case has an owner to read."""
        if self.recovery_id is None:
            models.Model.save(self, *args, **options)
        else:
            super().save(*args, **options)

    def __str__(self) -> str:
        kind = kinds().get(self.kind)
        return str(kind.label) if kind is not None else self.kind

    @property
    def sentence(self) -> str:
        """What is to be done, in the language of who reads. A kind that the code has no longer is told by its code."""
        kind = kinds().get(self.kind)
        return kind.sentence(self.facts) if kind is not None else self.kind

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state == self.State.OPEN


class FollowUpQuerySet(SeenWithCase["FollowUp"]):
    """Words of the field."""

    case_path = "recovery"


class FollowUp(OfOwner):
    """The day on which a case is to be looked at again, and why. Every open case has one; a rule or a person sets it.

    `facts` fill the sentence of the reason (agenda/follow_ups.py).
    """

    class Reason(models.TextChoices):
        """Why on that day."""

        OPENED = "opened", _("the case was opened")
        LETTER = "letter", _("an answer is awaited")
        PROMISE = "promise", _("a payment was promised")
        HAND = "hand", _("set by hand")

    recovery = models.OneToOneField(
        Recovery, on_delete=models.CASCADE, primary_key=True, related_name="follow_up", verbose_name=_("case")
    )
    on = models.DateField(_("look again on"))
    reason = models.CharField(_("reason"), max_length=7, choices=Reason.choices)
    facts = models.JSONField(_("facts"), default=dict)
    by_hand = models.BooleanField(_("set by a person"), default=False)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    set_at = models.DateTimeField(_("set at"), auto_now=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up of a case")
        verbose_name_plural = _("follow-ups of cases")
        ordering = ("on", "recovery_id")
        permissions = [("set_follow_up", _("Can set when a case is looked at again"))]
        indexes = [models.Index(fields=("on", "recovery"), name="follow_up_due")]

    def __str__(self) -> str:
        return pair(self.recovery_id, f"{self.on:%d/%m/%Y}")


class PaymentPromiseQuerySet(SeenWithCase["PaymentPromise"]):
    """Words of the field."""

    case_path = "recovery"


class PaymentPromise(OfOwner):
    """What a debtor promised to pay by a day, EUR. Whether it was kept is read from the ledger."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="promises", verbose_name=_("case"))
    amount = models.DecimalField(_("amount promised, EUR"), max_digits=14, decimal_places=2)
    promised_on = models.DateField(_("promised for"))
    noted_on = models.DateField(_("noted on"))
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects = PaymentPromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        ordering = ("promised_on", "id")
        indexes = [models.Index(fields=("promised_on", "id"), name="payment_promise_by_day")]

    def __str__(self) -> str:
        return pair(self.recovery_id, f"{self.promised_on:%d/%m/%Y}")
