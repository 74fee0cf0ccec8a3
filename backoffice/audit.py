"""The audit: what is written down of every act of staff, and of every service that says so."""

from collections.abc import Mapping
from datetime import datetime
from threading import Thread
from typing import Any

import structlog
from django.core.files import File
from django.db import DatabaseError, connection, models

from accounts.models import AuditEvent, User
from backoffice.origin import current_origin
from legalcity.lib.brief_writes import written_at_once
from legalcity.lib.clock import now
from legalcity.lib.search_columns import SearchText

log = structlog.get_logger("legalcity.security")

ADDED, CHANGED, DELETED, VIEWED = "added", "changed", "deleted", "viewed"
DOOR_OPENED = "append_only_opened"
HIDDEN = "•••"
_SECRET_PARTS = ("password", "secret", "digest", "token", "_key")

Values = dict[str, Any]


def audit_record(
    *,
    action: str,
    target: models.Model | None = None,
    reason: str = "",
    before: Values | None = None,
    after: Values | None = None,
    details: Mapping[str, Any] | None = None,
    succeeded: bool = True,
    actor: User | None = None,
    once_key: str | None = None,
    label: str = "",
) -> AuditEvent:
    """Write down that `action` (a slug) was done to `target`, in the caller's transaction.

    Who, from where and through which door come from the request or the task that runs; `actor` names a person that
    these do not know. `before` and `after` map field names to JSON values (`field_values`, `changed_values`); secrets
    are blanked. `label` is what the thing was called, where that is not what it is called now.
    Raises IntegrityError when an event with `once_key` exists.
    """
    event = _event(action, target, actor)
    event.object_label = label[:255] or event.object_label
    event.reason, event.succeeded, event.once_key = reason, succeeded, once_key
    event.before, event.after = _without_secrets(before), _without_secrets(after)
    event.details = _without_secrets(dict(details or {})) or {}
    event.save(force_insert=True)
    return event


def view_record(*, target: models.Model, moment: datetime | None = None) -> None:
    """Write down that a member of staff has looked at personal data: once an hour for each thing. One statement.

    Who reads does not wait for who writes: where the database is busy, it is written beside the page.
    """
    event = _event(VIEWED, target, None)
    event.at = moment or now()
    event.once_key = f"{VIEWED}:{event.actor_id}:{event.object_type}:{event.object_id}:{event.at:%Y%m%d%H}"
    if not written_at_once(lambda: _view_write(event)):
        Thread(target=_view_write_later, args=(event,)).start()


def field_values(target: models.Model) -> Values:
    """What the columns and the many-to-many fields of `target` hold, as JSON can keep it; not what it is found by."""
    columns = (field for field in target._meta.concrete_fields if not isinstance(field, SearchText))
    values = {field.attname: _plain(field.value_from_object(target)) for field in columns}
    for relation in target._meta.many_to_many:
        values[relation.name] = sorted(str(other) for other in relation.value_from_object(target))
    return values


def changed_values(before: Values, after: Values) -> tuple[Values, Values]:
    """Both sides of the fields that differ, blanked where they are secret: a change of a password shows as one."""
    names = [name for name in after if before.get(name) != after[name]]
    return (
        {name: _unless_secret(name, before.get(name)) for name in names},
        {name: _unless_secret(name, after[name]) for name in names},
    )


def _view_write(event: AuditEvent) -> None:
    AuditEvent.objects.bulk_create([event], ignore_conflicts=True)


def _view_write_later(event: AuditEvent) -> None:
    """With all the patience of the settings; what is not written after that stands in the log."""
    try:
        _view_write(event)
    except DatabaseError as error:
        thing = {"thing": event.object_type, "thing_id": event.object_id}
        log.error("view_not_recorded", error=type(error).__name__, user_id=event.actor_id, **thing)
    finally:
        connection.close()


def _event(action: str, target: models.Model | None, actor: User | None) -> AuditEvent:
    origin = current_origin()
    person = actor or origin.user
    event = AuditEvent(action=action, door=origin.door, address=origin.address, request_id=origin.request_id, at=now())
    if person is not None:
        event.actor_id, event.actor_email = person.pk, person.email
    if target is not None:
        event.object_type, event.object_id = target._meta.label_lower, str(target.pk)
        event.object_label = str(target)[:255]
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, File):
        return value.name
    if isinstance(value, models.QuerySet | list | tuple | set):
        return [_plain(item) for item in value]
    return value


def _unless_secret(name: str, value: Any) -> Any:
    is_secret = name == "key" or any(part in name for part in _SECRET_PARTS)
    return HIDDEN if value and is_secret else _plain(value)


def _without_secrets(values: Values | None) -> Values | None:
    return None if not values else {name: _unless_secret(name, value) for name, value in values.items()}
