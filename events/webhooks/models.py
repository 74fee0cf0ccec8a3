"""Where events are sent, each event that is to arrive there, and each try."""

import uuid
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from legalcity.lib.claims import JobRow
from legalcity.lib.clock import now
from legalcity.lib.sealing import SealedField

API_VERSION = "2.0"


def unpaced() -> datetime:
    """A new endpoint may have the tries of a second at once."""
    return now() - timedelta(seconds=1)


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Words for endpoints."""

    def standing(self) -> "EndpointQuerySet":
        """Those that their owners have not removed."""
        return self.filter(deleted_at=None)

    def owned_by(self, user: User) -> "EndpointQuerySet":
        """Those of an account, but for removed ones."""
        return self.standing().filter(owner=user)


class Endpoint(models.Model):
    """An address of a client that is told what happens. One that was removed stays until its deliveries are gone."""

    class State(models.TextChoices):
        """Whether anything is sent."""

        ENABLED = "enabled", _("enabled")
        DISABLED = "disabled", _("disabled")

    class Reason(models.TextChoices):
        """Why nothing is sent any more."""

        OWNER = "owner", _("by its owner")
        STAFF = "staff", _("by staff")
        GONE = "gone", _("it answered that it is gone (410)")
        FAILING = "failing", _("every try failed for five days")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("client"))
    url = models.CharField(_("address"), max_length=2000)
    description = models.CharField(_("description"), max_length=255, null=True, blank=True)
    types = models.JSONField(_("kinds of events"), default=list)  # codes and `family.*`; none: all
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ENABLED)
    secret = SealedField(_("secret"), editable=False)
    previous_secret = SealedField(_("previous secret"), null=True, editable=False)
    previous_until = models.DateTimeField(_("previous secret valid until"), null=True, editable=False)
    sign_with_auth_secret = models.BooleanField(_("signed with the account's secret too"), default=True)
    api_version = models.CharField(_("version of the API"), max_length=8, default=API_VERSION, editable=False)
    # What was recorded before is not sent: set when it is made, and when it is enabled again.
    listens_since = models.DateTimeField(_("told what happens since"), default=now)
    failing_since = models.DateTimeField(_("every try has failed since"), null=True)
    # Until when it stands apart from those that answer at once (lanes.py).
    slow_until = models.DateTimeField(_("slow until"), null=True, editable=False)
    # Until when its tries are paid for, at so many a second (claiming.py).
    paced_until = models.DateTimeField(default=unpaced, editable=False)
    disabled_at = models.DateTimeField(_("disabled at"), null=True)
    disabled_reason = models.CharField(_("disabled why"), max_length=8, choices=Reason, null=True)
    # When the e-mail about it is to be sent, or sent again; null when there is none to send.
    tell_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=now)
    deleted_at = models.DateTimeField(_("removed at"), null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ("created_at", "id")
        permissions = [("manage_endpoints", _("Can disable and enable endpoints, and send deliveries again"))]
        indexes = [models.Index(fields=("tell_at",), name="endpoint_to_tell", condition=Q(tell_at__isnull=False))]

    def __str__(self) -> str:
        """Without the path, which may hold a secret of the client."""
        return urlsplit(self.url).netloc or self.url

    @property
    def is_enabled(self) -> bool:
        """Whether events are sent there."""
        return self.state == self.State.ENABLED


class Delivery(JobRow):
    """One event that is to arrive at one endpoint. `due_at` is the next try of one that waits."""

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", pgettext_lazy("delivery", "cancelled")

    # Outsiders know it by `public_id`; `id` is the order in which deliveries were made.
    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, db_index=False, related_name="deliveries", verbose_name=_("endpoint")
    )
    event = models.ForeignKey(
        "events.Event", on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("event")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    is_replay = models.BooleanField(_("sent again"), default=False)
    created_at = models.DateTimeField(_("created at"), default=now)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("endpoint", "event"), condition=Q(is_replay=False), name="delivery_of_event_once"
            )
        ]
        indexes = [
            models.Index(fields=("endpoint", "-id"), name="delivery_list"),
            models.Index(fields=("endpoint", "ended_at"), name="delivery_ended"),
            models.Index(fields=("due_at",), name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=("endpoint", "due_at"), name="delivery_due_there", condition=Q(state="waiting")),
            models.Index(
                fields=("endpoint", "claimed_until"),
                name="delivery_in_flight",
                condition=Q(state="waiting", claimed_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Body(models.Model):
    """The bytes that are sent of an event: kept from the first try on, the same for every endpoint, try and replay.

    In a table of its own: events know nothing of what is sent, and ten endpoints share one body.
    """

    event = models.OneToOneField("events.Event", on_delete=models.CASCADE, primary_key=True, related_name="+")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("body of a webhook")
        verbose_name_plural = _("bodies of webhooks")

    def __str__(self) -> str:
        return str(self.event_id)


class Attempt(models.Model):
    """One try: what came of it. Written once."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries", verbose_name=_("delivery"))
    at = models.DateTimeField(_("when"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    reason = models.CharField(_("why there is no answer"), max_length=40, blank=True)
    ms = models.PositiveIntegerField(_("milliseconds"))
    response_head = models.TextField(_("beginning of the answer"), blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.reason}"
