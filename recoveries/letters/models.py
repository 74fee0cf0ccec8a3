"""What went out: messages, frozen as they left, with what became of them."""

import uuid

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from backoffice.reach import SeenWithCase
from law import contact
from law.contact import Purpose
from law.vocabulary import Receipt, Reminder, Statement
from legalcity.lib.emails.rows import Email
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from recoveries.models.cases import Recovery

RECEIPTS = [kind.value for kind in Receipt]
DEMANDS = [purpose.value for purpose in contact.DEMANDS]


class MessageQuerySet(SeenWithCase["Message"]):
    """Words of the field."""

    case_path = "recovery"

    def demands(self) -> "MessageQuerySet":
        """Those that ask for money; a receipt asks for nothing."""
        return self.filter(purpose__in=DEMANDS)

    def receipts(self) -> "MessageQuerySet":
        """Those that tell of a payment, or that it was taken back."""
        return self.filter(kind__in=RECEIPTS)

    def gone_out(self) -> "MessageQuerySet":
        """Those that the debtor has, or could have: one that came back was no letter to the debtor."""
        return self.filter(state__in=Message.GONE_OUT)

    def waiting(self) -> "MessageQuerySet":
        """Those that have not left and may leave yet."""
        return self.filter(state__in=Message.WAITING)


class Message(OfOwner, Email):
    """A message to the debtor of a case: a reminder, the receipt of a payment, an answer.

    Its words, its recipient and its papers are frozen when it leaves. `kind` is the code of its template, `recipient`
    the e-mail address or the phone number; one that goes by post has an `address` instead.
    """

    class State(models.TextChoices):
        """Where it is, and what became of it."""

        PLANNED = "planned", _("planned")
        HELD = "held", _("kept back")
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        TO_POST = "to_post", _("to be sent by post")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        OPENED = "opened", _("opened")
        BOUNCED = "bounced", _("bounced")
        RETURNED = "returned", _("returned to the sender")
        REFUSED = "refused", _("refused by the debtor")
        UNCLAIMED = "unclaimed", _("not fetched")
        EXPIRED = "expired", _("expired")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    GONE_OUT = (State.SENT, State.DELIVERED, State.OPENED, State.REFUSED, State.UNCLAIMED)
    WAITING = (State.PLANNED, State.HELD, State.QUEUED, State.SENDING, State.TO_POST)

    class Channel(models.TextChoices):
        """How it goes."""

        EMAIL = contact.Channel.EMAIL, _("e-mail")
        LETTER = contact.Channel.LETTER, _("letter by post")
        REGISTERED = contact.Channel.REGISTERED, _("registered letter")
        ELECTRONIC = contact.Channel.ELECTRONIC, _("electronic registered letter")
        SMS = contact.Channel.SMS, _("text message")

    class Kind(models.TextChoices):
        """Which letter it is."""

        REMINDER_1 = Reminder.FIRST, "Relance 1"
        REMINDER_2 = Reminder.SECOND, "Relance 2"
        FORMAL_NOTICE = Reminder.FORMAL_NOTICE, "Mise en demeure"
        DECOMPTE = Statement.DECOMPTE, "Décompte"
        RECEIPT = Receipt.PAYMENT, "Quittance"
        RECEIPT_CORRECTION = Receipt.CORRECTION, "Rectificatif de quittance"

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="emails", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices)
    purpose = models.CharField(_("purpose"), max_length=20, default=Purpose.REMINDER.value, db_default="reminder")
    channel = models.CharField(
        _("channel"), max_length=21, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL.value
    )
    language = models.CharField(_("language"), max_length=2, default="fr", db_default="fr")
    recipient = models.CharField(_("recipient"), max_length=254, blank=True)
    address = models.TextField(_("postal address"), default="", db_default="", blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.QUEUED)
    # The message of another case of the debtor that this one goes in: `planned` until that one leaves (together.py).
    goes_with = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="followers",
        verbose_name=_("goes with"),
    )
    # Names it to the world: in the addresses that bounces and replies come to, and to who carries it. Never guessable.
    client_token = models.UUIDField(_("token"), default=uuid.uuid4, unique=True, null=True, editable=False)
    header_id = models.CharField("Message-ID", max_length=255, default="", db_default="", blank=True)
    provider = models.CharField(_("carried by"), max_length=24, default="", db_default="", blank=True)
    provider_ref = models.CharField(_("carrier's reference"), max_length=100, default="", db_default="", blank=True)
    cost = models.DecimalField(_("cost, EUR"), max_digits=8, decimal_places=2, null=True, blank=True)
    # Whose words these are; one that is held has none yet, those of before there were templates have version 0.
    template_version = models.ForeignKey(
        "recoveries.TemplateVersion",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("version of the template"),
    )
    # The papers as they left: the letter, and the account that it encloses.
    pdf = models.ForeignKey(
        "documents.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("letter")
    )
    decompte = models.JSONField(_("account"), null=True)
    decompte_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True, editable=False)
    # Those that were written before the guard have none, nor has what asks for nothing.
    total = models.DecimalField(_("total due, EUR"), max_digits=20, decimal_places=2, null=True)
    # What a person has added to the words, and the day of their figures. One that is held has no words yet.
    extra = models.TextField(_("further words"), default="", db_default="", blank=True)
    day = models.DateField(_("figures of"), null=True)
    # What the guard said last (law/contact), when, and what a manager has lifted; none before there was a guard.
    guard = models.JSONField(_("verdict"), null=True)
    judged_at = models.DateTimeField(_("judged at"), null=True)
    lifted = models.JSONField(_("lifted"), default=list, db_default=Value([], models.JSONField()))
    # Those that were written before a letter could do so moved their cases at the click.
    moves_case = models.BooleanField(_("moves the case when it has been sent"), default=False, db_default=False)
    payment = models.ForeignKey(
        "recoveries.Acompte", on_delete=models.CASCADE, null=True, related_name="receipts", verbose_name=_("payment")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a debtor")
        verbose_name_plural = _("messages to debtors")
        ordering = ("-created_at", "-id")
        # Done by a button on the case; rights.py says who may.
        permissions = [
            ("send_email", _("Can send e-mails to debtors")),
            ("lift_email", _("Can lift what holds an e-mail to a debtor")),
            ("enter_party_fact", _("Can enter what is known of a debtor as a person")),
        ]
        indexes = [
            models.Index(fields=("due_at",), name="email_waiting", condition=Q(state="queued")),
            models.Index(fields=("due_at",), name="email_held", condition=Q(state="held")),
            models.Index(fields=("due_at",), name="message_sending", condition=Q(state="sending")),
            models.Index(fields=("channel", "id"), name="message_to_post", condition=Q(state="to_post")),
            models.Index(fields=("goes_with",), name="message_goes_with", condition=Q(goes_with__isnull=False)),
            models.Index(fields=("id",), name="message_planned", condition=Q(state="planned")),
            models.Index(fields=("recipient", "sent_at"), name="message_by_phone", condition=Q(channel="sms")),
        ]
        constraints = [
            models.UniqueConstraint(fields=("payment", "kind"), name="receipt_once_a_payment"),
            models.CheckConstraint(
                condition=Q(kind__in=RECEIPTS, payment__isnull=False) | ~Q(kind__in=RECEIPTS) & Q(payment=None),
                name="receipt_of_a_payment",
            ),
        ]

    def __str__(self) -> str:
        """By the reference of its case where that was read; nothing is asked for it."""
        is_read = "recovery" in self._state.fields_cache
        return pair(self.recovery.recovery_reference if is_read else self.recovery_id, self.get_kind_display())

    @property
    def is_receipt(self) -> bool:
        """Whether it tells of a payment and asks for nothing."""
        return self.kind in RECEIPTS


class MessageFactQuerySet(SeenWithCase["MessageFact"]):
    """Words of the field."""

    case_path = "message__recovery"


class MessageFact(models.Model):
    """What became of a message, told by a mail server, a carrier or a person. Written once (trigger)."""

    class Kind(models.TextChoices):
        """What happened. States follow from facts, never the other way round."""

        DEPOSITED = "deposited", _("handed to the carrier")
        SENT = "sent", _("sent")
        DELAYED = "delayed", _("delayed")
        PRESENTED = "presented", _("first presented")
        DELIVERED = "delivered", _("delivered")
        OPENED = "opened", _("opened")
        BOUNCED = "bounced", _("bounced")
        RETURNED = "returned", _("returned to the sender")
        REFUSED = "refused", _("refused by the debtor")
        UNCLAIMED = "unclaimed", _("not fetched")
        EXPIRED = "expired", _("expired")
        REPLIED = "replied", _("answered by the debtor")
        FAILED = "failed", _("failed")

    class Source(models.TextChoices):
        """Who says so."""

        SMTP = "smtp", _("mail server")
        PROVIDER = "provider", _("carrier")
        STAFF = "staff", _("staff")
        SYSTEM = "system", _("the system")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="facts", verbose_name=_("message"))
    kind = models.CharField(_("what happened"), max_length=9, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    source = models.CharField(_("told by"), max_length=8, choices=Source.choices)
    # What the source calls it: told twice, it is written once.
    provider_id = models.CharField(_("id at the source"), max_length=255, null=True)
    payload_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True, editable=False)
    proof = models.ForeignKey(
        "documents.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("proof")
    )
    note = models.CharField(_("note"), max_length=500, default="", db_default="", blank=True)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = MessageFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact about a message")
        verbose_name_plural = _("facts about messages")
        ordering = ("at", "id")
        constraints = [models.UniqueConstraint(fields=("source", "provider_id"), name="message_fact_once")]

    def __str__(self) -> str:
        return pair(self.message_id, self.get_kind_display())


class MessageCaseQuerySet(SeenWithCase["MessageCase"]):
    """Words of the field."""

    case_path = "recovery"


class MessageCase(OfOwner):
    """A case that a message about several was about, with its account as it left. Written once (trigger)."""

    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="cases", verbose_name=_("message")
    )
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="+", verbose_name=_("case"))
    decompte = models.JSONField(_("account"), null=True)
    sha256 = models.CharField(max_length=64, default="", db_default="", blank=True, editable=False)
    total = models.DecimalField(_("total due, EUR"), max_digits=20, decimal_places=2, null=True)
    step_run = models.ForeignKey(
        "recoveries.StepRun",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("step carried out"),
    )

    objects = MessageCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case of a message")
        verbose_name_plural = _("cases of messages")
        ordering = ("message", "id")
        constraints = [models.UniqueConstraint(fields=("message", "recovery"), name="message_case_once")]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.recovery_id}"
