"""Whom a client wants to be told, of what and how; the events that still wait for it; the e-mails."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from backoffice.reach import Person, sees_all_cases
from events.notices.groups import LEGAL, Group, Mode
from events.notices.ports import notice_enclosers
from events.notices.tokens import leaving_address
from legalcity.lib.emails.rows import Email, Enclosure
from legalcity.lib.pairs import pair

MOST_RECIPIENTS = 5
DIGEST, MORNING, CONFIRMATION = "digest", "my_cases", "confirmation"


class Preference(models.Model):
    """What a client has chosen for a group. One without a row is told as the group's rule says, at its own address."""

    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="notice_preferences", verbose_name=_("client")
    )
    group = models.CharField(_("told of"), max_length=30, choices=Group)
    mode = models.CharField(_("how"), max_length=8, choices=Mode)
    recipients = models.JSONField(_("recipients"), default=list)  # addresses in lower case, five at most
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("preference for notices")
        verbose_name_plural = _("preferences for notices")
        ordering = ("owner", "group")
        constraints = [models.UniqueConstraint(fields=("owner", "group"), name="notice_preference_once")]

    def __str__(self) -> str:
        return pair(self.get_group_display(), self.get_mode_display())


class Recipient(models.Model):
    """An address that a client has named, and what is known of it. The account's own needs no confirmation."""

    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="notice_recipients", verbose_name=_("client")
    )
    email = models.EmailField(_("address"), max_length=254)
    asked_at = models.DateTimeField(_("asked to confirm at"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    held_at = models.DateTimeField(_("held since"), null=True)
    held_reason = models.CharField(_("held because"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("recipient of notices")
        verbose_name_plural = _("recipients of notices")
        ordering = ("owner", "email")
        constraints = [models.UniqueConstraint(fields=("owner", "email"), name="notice_recipient_once")]

    def __str__(self) -> str:
        return self.email


class Waiting(models.Model):
    """An event that a client is still to be told of, in the way that was chosen when it was read.

    The row goes in the transaction that writes its notice: it is told once, and never lost on the way.
    """

    event_id = models.BigIntegerField(_("event (id)"), unique=True)
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("client")
    )
    group = models.CharField(_("told of"), max_length=30, choices=Group)
    mode = models.CharField(_("how"), max_length=8, choices=Mode)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("event to be told")
        verbose_name_plural = _("events to be told")
        ordering = ("event_id",)
        indexes = [
            models.Index(fields=("mode", "recorded_at"), name="notice_waiting_mode"),
            models.Index(fields=("owner", "event_id"), name="notice_waiting_owner"),
        ]

    def __str__(self) -> str:
        return str(self.event_id)


class Place(models.Model):
    """How far the events have been read: one row. Behind (xact, event_id) comes what nobody was told of."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    xact = models.BigIntegerField(_("transaction"))
    event_id = models.BigIntegerField(_("event (id)"))

    class Meta:
        verbose_name = _("how far events were read")
        verbose_name_plural = _("how far events were read")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="notice_place_is_one")]

    def __str__(self) -> str:
        return f"{self.xact}/{self.event_id}"


class Round(models.Model):
    """The last day for which a round (weekly summaries, alerts of staff) was gone to its end."""

    name = models.CharField(_("round"), max_length=30, primary_key=True)
    day = models.DateField(_("day"))
    claimed_until = models.DateTimeField(_("taken by a worker until"), null=True)

    class Meta:
        verbose_name = _("round of notices")
        verbose_name_plural = _("rounds of notices")

    def __str__(self) -> str:
        return f"{self.name}: {self.day}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Words of the field."""

    def in_reach_of(self, user: Person) -> "NoticeQuerySet":
        """Those that a member of staff sees: one may tell of several cases, so who sees some sees only their own."""
        return self if sees_all_cases(user) else self.filter(owner_id=user.pk)


class Notice(Email):
    """An e-mail to a client, or to a member of staff: the words as they went out, and what became of it."""

    KINDS = [
        *Group.choices,
        (DIGEST, _("Daily digest")),
        (MORNING, _("My cases to act on today")),
        (CONFIRMATION, _("Confirmation of an address")),
    ]

    owner = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="notices", verbose_name=_("client")
    )
    group = models.CharField(_("tells of"), max_length=30, choices=KINDS)
    # What makes it the only one: the day, the week, the first of its events, the asking.
    period = models.CharField(_("period"), max_length=40)
    event_ids = models.JSONField(_("events (ids)"), default=list)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice to a client")
        verbose_name_plural = _("notices to clients")
        ordering = ("-created_at", "-id")
        permissions = [("manage_notices", _("Can send notices again and release addresses"))]
        indexes = [models.Index(fields=("due_at",), name="notice_waiting", condition=Q(state="queued"))]
        constraints = [
            models.UniqueConstraint(fields=("owner", "group", "period", "recipient"), name="notice_once_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.get_group_display()} · {date_format(localtime(self.created_at), 'SHORT_DATE_FORMAT')}"

    @property
    def may_be_left(self) -> bool:
        """Whether a recipient may say that no more of its kind shall come: not of what the law has told."""
        return self.group not in LEGAL and self.group not in (MORNING, CONFIRMATION)

    def own_headers(self) -> dict[str, str]:
        """The one-click way out (RFC 8058)."""
        if not self.may_be_left:
            return {}
        address = leaving_address(owner_id=self.owner_id, group=self.group, email=self.recipient)
        return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

    def enclosures(self) -> Sequence[Enclosure]:
        """As the room knows that the notice tells of."""
        return notice_enclosers.of(self.group, self.owner_id, self.period)
