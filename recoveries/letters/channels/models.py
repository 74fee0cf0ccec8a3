"""What comes back, what waits to be posted, and what carriers have told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.reach import Person, SeenWithCase
from legalcity.lib.claims import JobRow
from legalcity.lib.pairs import pair
from recoveries.letters.models import Message


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    """Words of the field."""

    def unread(self) -> "InboundMailQuerySet":
        """Those of strangers that nobody has dealt with."""
        return self.filter(message=None, handled_at=None, sort=InboundMail.Sort.REPLY)

    def in_reach_of(self, user: Person) -> "InboundMailQuerySet":
        """What a member of staff sees: answers to messages of cases that they see, and those that belong to none."""
        return self.filter(Q(message=None) | Q(message__in=Message.objects.in_reach_of(user)))


class InboundMail(models.Model):
    """A mail that came to one of the firm's mailboxes: its beginning, as text. Of attachments nothing is kept."""

    class Sort(models.TextChoices):
        """What it is."""

        BOUNCE = "bounce", _("not delivered")
        DELAY = "delay", _("delayed")
        AUTOMATIC = "automatic", _("automatic answer")
        REPLY = "reply", _("answer")

    # Its Message-ID, or a hash of what came: the same mail is taken once.
    mail_id = models.CharField(max_length=255, unique=True, editable=False)
    sort = models.CharField(_("kind"), max_length=9, choices=Sort.choices)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, related_name="mails", verbose_name=_("message")
    )
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    text = models.TextField(_("text"), blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    handled_at = models.DateTimeField(_("dealt with at"), null=True)
    handled_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("dealt with by")
    )

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail received")
        verbose_name_plural = _("mails received")
        ordering = ("-received_at", "-id")
        indexes = [
            models.Index(
                fields=("received_at",),
                name="mail_of_strangers",
                condition=Q(message=None, handled_at=None, sort="reply"),
            ),
            models.Index(fields=("received_at",), name="mail_received"),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_sort_display()


class InboundHook(JobRow):
    """A call of a carrier, as it came, kept for thirty days."""

    adapter = models.CharField(_("carrier"), max_length=24)
    # What the carrier calls it, or a hash of its bytes: told twice, it is read once.
    provider_id = models.CharField(_("id at the carrier"), max_length=255)
    body = models.BinaryField(_("as it came"), editable=False)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True, db_index=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    error = models.CharField(_("error"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("call of a carrier")
        verbose_name_plural = _("calls of carriers")
        ordering = ("-received_at", "-id")
        indexes = [models.Index(fields=("due_at",), name="hook_waiting", condition=Q(read_at=None))]
        constraints = [models.UniqueConstraint(fields=("adapter", "provider_id"), name="hook_once")]

    def __str__(self) -> str:
        return pair(self.adapter, self.provider_id)


class PostBatch(models.Model):
    """Letters that were printed together, on the day on which they are to be posted."""

    class State(models.TextChoices):
        """What became of it."""

        PRINTED = "printed", _("printed")
        POSTED = "posted", _("posted")

    posting_day = models.DateField(_("posting day"))
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.PRINTED)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("printed by")
    )
    created_at = models.DateTimeField(_("printed at"), auto_now_add=True)
    posted_at = models.DateTimeField(_("posted at"), null=True)
    posted_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("posted by")
    )

    class Meta:
        verbose_name = _("batch of letters")
        verbose_name_plural = _("batches of letters")
        ordering = ("-id",)
        permissions = [("confirm_posting", _("Can print and post letters"))]

    def __str__(self) -> str:
        return f"{self.pk} · {self.posting_day:%d/%m/%Y}"


class PostItemQuerySet(SeenWithCase["PostItem"]):
    """Words of the field."""

    case_path = "message__recovery"

    def standing(self) -> "PostItemQuerySet":
        """Those that nobody has taken out of their batch."""
        return self.filter(taken_out_at=None)


class PostItem(models.Model):
    """A letter of a batch."""

    batch = models.ForeignKey(PostBatch, on_delete=models.CASCADE, related_name="items", verbose_name=_("batch"))
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="post_items", verbose_name=_("message"))
    position = models.PositiveSmallIntegerField(_("position"))
    # The number of the receipt of a registered letter, as the post office prints it.
    number = models.CharField(_("number of the receipt"), max_length=30, default="", db_default="", blank=True)
    taken_out_at = models.DateTimeField(_("taken out at"), null=True)
    # Of a letter about several cases: what the paper says of the others (followers.py: `printed_others`).
    others = models.JSONField(_("further cases on it"), null=True, editable=False)

    objects = PostItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter of a batch")
        verbose_name_plural = _("letters of batches")
        ordering = ("batch", "position")
        constraints = [
            models.UniqueConstraint(fields=("message",), condition=Q(taken_out_at=None), name="post_item_in_one_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"
