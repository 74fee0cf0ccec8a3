"""A reminder to the debtors of many cases, and what the guard says of each of them."""

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from backoffice.reach import SeenWithCase
from law.contact import Outcome
from legalcity.lib.claims import JobRow
from legalcity.lib.owned import OfOwner
from recoveries.letters.models import Message
from recoveries.models.cases import Recovery

NO_LIST = Value([], models.JSONField())


class Mailing(JobRow):
    """A reminder to many: a worker asks the guard about each case, a person looks at that, a worker sends."""

    class State(models.TextChoices):
        """How far it is."""

        REVIEWING = "reviewing", _("being reviewed")
        REVIEWED = "reviewed", _("to be sent")
        SENDING = "sending", _("being sent")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("reminder"), max_length=40, choices=Message.Kind.choices)
    channel = models.CharField(_("channel"), max_length=21, choices=Message.Channel.choices)
    moves_case = models.BooleanField(_("moves the case when it has been sent"))
    # Whether those that are held are written too, and leave by themselves once they may.
    with_held = models.BooleanField(_("with those that are held"), default=False)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    # The form that asked for it: sent twice, it is one.
    token = models.CharField(max_length=32, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.REVIEWING)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("bulk sending")
        verbose_name_plural = _("bulk sendings")
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("due_at",), name="mailing_waiting", condition=Q(state__in=("reviewing", "sending")))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_channel_display()}"


class MailingCaseQuerySet(SeenWithCase["MailingCase"]):
    """Words of the field."""

    case_path = "recovery"


class MailingCase(OfOwner):
    """A case of a bulk sending: what was said of it in the review, and what became of it."""

    class Verdict(models.TextChoices):
        """What the review says."""

        SEND = Outcome.SEND, _("may leave now")
        HOLD = Outcome.HOLD, _("kept back")
        NEVER = Outcome.NEVER, _("may not leave")
        UNREACHABLE = "unreachable", _("no address for it")

    class Result(models.TextChoices):
        """What became of it."""

        WRITTEN = "written", _("on its way")
        HELD = "held", _("waits")
        REFUSED = "refused", _("not sent")
        STOPPED = "stopped", _("not sent: stopped before")

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="cases", verbose_name=_("bulk sending"))
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="+", verbose_name=_("case"))
    verdict = models.CharField(
        _("verdict"), max_length=11, choices=Verdict.choices, default="", db_default="", blank=True
    )
    result = models.CharField(_("result"), max_length=7, choices=Result.choices, default="", db_default="", blank=True)
    # What speaks against it: of the review, then of the sending. {code, sentence_fr, sentence_en, article}
    reasons = models.JSONField(_("reasons"), default=list, db_default=NO_LIST)
    until = models.DateTimeField(_("held until"), null=True)
    cost = models.DecimalField(_("cost, EUR"), max_digits=8, decimal_places=2, null=True)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("message")
    )

    objects = MailingCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case of a bulk sending")
        verbose_name_plural = _("cases of bulk sendings")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("mailing", "recovery"), name="mailing_case_once")]

    def __str__(self) -> str:
        return f"{self.mailing_id}: {self.recovery_id}"
