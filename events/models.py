"""What happened, as rows that are written once."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from events.notices.models import Notice, Place, Preference, Recipient, Round, Waiting
from legalcity.lib.sealing import SealedField

# Django looks for the tables of the inner room here.
__all__ = ["Change", "Event", "IdKey", "Notice", "Place", "Preference", "Recipient", "Round", "Waiting"]

# The door of what had happened before it was loaded: feed and pages show it, and nobody is told of it any more.
PAST = "past"


class Event(models.Model):
    """A fact that was committed. Nothing of it changes but `fanned_out_at`.

    Identity values are given before commit, so who reads along orders by `(xact, id)` and stops before the oldest
    transaction that still runs; on SQLite, where writers take turns, `xact` is 0 and `id` alone is in order. `xact` is
    the number of the transaction and what was counted before this database server.
    """

    xact = models.BigIntegerField(_("transaction"), editable=False)
    # Kept as plain values are: an account that is deleted takes no history with it, and no write waits for its row.
    owner = models.ForeignKey(
        "accounts.User",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("client"),
    )
    type = models.CharField(_("type"), max_length=60)
    object_type = models.CharField(_("kind of thing"), max_length=40)
    object_id = models.CharField(_("thing (id)"), max_length=64)
    recovery_id = models.BigIntegerField(_("case (id)"), null=True)
    audience = models.PositiveSmallIntegerField(_("seen by"))
    data = models.JSONField(_("what is told"), encoder=DjangoJSONEncoder)
    actor_id = models.BigIntegerField(_("person (id)"), null=True)
    door = models.CharField(
        _("door"), max_length=12, choices=[*AuditEvent.Door.choices, (PAST, _("past that was loaded"))]
    )
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    idempotency_key = models.CharField(_("hash of the idempotency key"), max_length=64, blank=True)
    effective_at = models.DateTimeField(_("true since"))
    recorded_at = models.DateTimeField(_("recorded at"))
    fanned_out_at = models.DateTimeField(_("handed on at"), null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("owner", "xact", "id"), name="event_feed"),
            models.Index(fields=("recovery_id", "id"), name="event_of_case"),
            models.Index(fields=("recorded_at",), name="event_by_recorded"),
            models.Index(fields=("type", "id"), name="event_by_type"),
            models.Index(fields=("xact", "id"), name="event_in_order"),
            models.Index(fields=("id",), name="event_not_fanned_out", condition=Q(fanned_out_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_type} {self.object_id}"


class Change(models.Model):
    """What an event changed, value by value: `{"table": {"pk": {"field": [before, after]}}}`. It is never sent.

    Apart from the event, so that it may be kept for another time, and a person's erasure rewrites no event.
    """

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="change", verbose_name=_("event")
    )
    changes = models.JSONField(_("before and after"), encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return str(self.event_id)


class IdKey(models.Model):
    """The key under which ids of events are shown: one row, never another, since ids that were sent stand."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    key = SealedField(editable=False)

    class Meta:
        verbose_name = _("key of event ids")
        verbose_name_plural = _("keys of event ids")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="event_id_key_is_one")]

    def __str__(self) -> str:
        return "•••"


class Server(models.Model):
    """What was counted of transactions before a database server wrote the events of a table, which `xact` goes on from.

    Written by the database itself (`events_go_on()`), once for each: a dump takes no counter of transactions along, and
    a server that was brought back to an earlier moment counts again, on another timeline.
    """

    server = models.CharField(_("server"), max_length=20)
    relation = models.BigIntegerField(_("table (oid)"))
    timeline = models.IntegerField(_("timeline"), default=1, db_default=1)
    counted_before = models.BigIntegerField(_("counted before"))

    class Meta:
        verbose_name = _("database server")
        verbose_name_plural = _("database servers")
        constraints = [
            models.UniqueConstraint(fields=("server", "relation", "timeline"), name="event_server_timeline_once")
        ]

    def __str__(self) -> str:
        return f"{self.server}/{self.relation}"


# The tables of the inner room belong to the app.
from events.webhooks.models import Attempt, Body, Delivery, Endpoint  # noqa: E402

__all__ = ["Attempt", "Body", "Change", "Delivery", "Endpoint", "Event", "IdKey", "Server"]
