"""Histories of rows: every version of a thing, with who made it and from where.

    class Claim(models.Model):
        ...
        history = history_of()

makes a table of versions (django-simple-history) and needs a migration of the room. Its admin page: let the
ModelAdmin derive from StaffAdmin and `simple_history.admin.SimpleHistoryAdmin`, in this order.

`bulk_create`, `bulk_update` and `QuerySet.update` send no signals, so they make no version: a service that writes so
calls `backoffice.audit.audit_record` with what was before and after.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import AuditEvent
from backoffice.origin import current_origin


class Version(models.Model):
    """What a version knows beside its values, its moment and its author."""

    door = models.CharField(_("door"), max_length=12, choices=AuditEvent.Door, editable=False)
    address = models.CharField(_("address"), max_length=64, blank=True, editable=False)
    request_id = models.CharField(_("request"), max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


def history_of(**options: Any) -> HistoricalRecords:
    """The manager of a model's versions; `options` are those of HistoricalRecords (`excluded_fields`, `m2m_fields`)."""
    return HistoricalRecords(bases=[Version], **options)


def origin_fill(*, history_instance: models.Model, **_: Any) -> None:
    """Receiver: where the version comes from."""
    if isinstance(history_instance, Version):
        origin = current_origin()
        history_instance.door = origin.door
        history_instance.address, history_instance.request_id = origin.address, origin.request_id
