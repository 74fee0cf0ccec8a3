"""Notices: to creditors of what was posted, and formal ones to debtors."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.reach import SeenWithCase
from law.account.facts import NoticeState
from law.notices import Channel
from legalcity.lib.emails.rows import Email
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from recoveries.letters.models import Message
from recoveries.models.cases import Recovery


class CreditorNoticeQuerySet(SeenWithCase["CreditorNotice"]):
    """Words of the field."""

    case_path = "posting__recovery"


class CreditorNotice(Email):
    """Tells the creditor what was posted: money that came in, or that a payment was taken back (art. R124-5 CPCE)."""

    posting = models.ForeignKey(
        "recoveries.Posting",
        on_delete=models.CASCADE,
        related_name="notices",
        db_index=False,
        verbose_name=_("posting"),
    )
    payment = models.ForeignKey(
        "recoveries.Acompte", on_delete=models.CASCADE, related_name="notices", verbose_name=_("payment")
    )

    objects = CreditorNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice to a creditor")
        verbose_name_plural = _("notices to creditors")
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("due_at",), name="creditor_notice_waiting", condition=Q(state="queued"))]
        constraints = [models.UniqueConstraint(fields=("posting", "recipient"), name="creditor_notice_once")]

    def __str__(self) -> str:
        return pair(self.posting, self.get_state_display())


class FormalNoticeQuerySet(SeenWithCase["FormalNotice"]):
    """Words of the field."""

    case_path = "recovery"


class FormalNotice(OfOwner):
    """A formal notice (mise en demeure): how it went, and how far it came.

    One that went out by e-mail is `sent`: that it was received is told by staff, with a proof.
    """

    class Channel(models.TextChoices):
        """How it goes."""

        EMAIL = Channel.EMAIL, _("e-mail")
        REGISTERED = Channel.REGISTERED, _("registered letter")
        BAILIFF = Channel.BAILIFF, _("commissaire de justice")
        HAND = Channel.HAND, _("handed over against a signature")
        POST = Channel.POST, _("letter by post")
        CREDITOR = Channel.CREDITOR, _("by the creditor, before the case came")

    class State(models.TextChoices):
        """How far it came."""

        PLANNED = NoticeState.PLANNED, _("planned")
        SENT = NoticeState.SENT, _("sent")
        PRESENTED = NoticeState.PRESENTED, _("presented")
        RECEIVED = NoticeState.RECEIVED, _("received")
        UNCLAIMED = NoticeState.UNCLAIMED, _("not fetched")
        REFUSED = NoticeState.REFUSED, _("refused")
        FAILED = NoticeState.FAILED, _("failed")

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="formal_notices", verbose_name=_("case")
    )
    # The message that it went by, where we have sent it: what becomes of that is told here as well.
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("message")
    )
    amount = models.DecimalField(_("amount demanded, EUR"), max_digits=20, decimal_places=2, null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    presented_on = models.DateField(_("first presented on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PLANNED)
    proof = models.ForeignKey(
        "documents.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proof"),
    )
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = FormalNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("formal notice")
        verbose_name_plural = _("formal notices")
        ordering = ("sent_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_on=None) | Q(presented_on=None) | Q(presented_on__gte=models.F("sent_on")),
                name="notice_presented_after_sent",
            ),
            models.CheckConstraint(
                condition=Q(received_on=None)
                | (Q(sent_on=None) | Q(received_on__gte=models.F("sent_on")))
                & (Q(presented_on=None) | Q(received_on__gte=models.F("presented_on"))),
                name="notice_received_last",
            ),
            models.CheckConstraint(
                condition=Q(state="received", received_on__isnull=False) | ~Q(state="received") & Q(received_on=None),
                name="notice_received_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("presented", "unclaimed", "refused")) | Q(presented_on__isnull=False),
                name="notice_presented_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return pair(self.get_channel_display(), self.get_state_display())
