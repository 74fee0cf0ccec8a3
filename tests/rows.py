"""A row of any model, with the least that its columns ask for. For tests that walk over all models."""

import uuid
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.db import models

from accounts.models import User
from recoveries.letters.scenarios.drawing import draft_open
from recoveries.letters.wording.services import draft_begin
from recoveries.models import (
    DeadlineAlert,
    Posting,
    Recovery,
    Scenario,
    ScenarioVersion,
    Template,
    TemplateVersion,
)
from scoring.models import ScoringOrder
from tests.factories import ApiUserFactory

_numbers = count(1000)

# What the kind of a column does not tell.
VALUES: dict[type[models.Model], dict[str, Any]] = {
    Recovery: {"recovery_reference": "REC-ROW001"},
    DeadlineAlert: {"kind": "service"},
    Posting: {"kind": "remittance"},  # The one kind that is of no case.
    ScoringOrder: {"solvency_report": True},
}
KINDS: tuple[tuple[type[models.Field], Any], ...] = (
    (models.UUIDField, uuid.uuid4),
    (models.DateTimeField, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)),
    (models.DateField, lambda: date(2026, 3, 2)),
    (models.BooleanField, lambda: False),
    (models.GenericIPAddressField, lambda: "192.0.2.1"),
    (models.JSONField, dict),
    (models.IntegerField, lambda: next(_numbers)),
    (models.DecimalField, lambda: 1),
    (models.BinaryField, lambda: b"r"),
    (models.Field, lambda: f"r{next(_numbers)}"),
)


def a_row(model: type[models.Model]) -> models.Model:
    """A row that is there, or a new one; what it refers to is made too."""
    if issubclass(model, User):  # A room may show users in its own way.
        return model._base_manager.get(pk=ApiUserFactory().pk)
    if model is Group:
        return Group.objects.create(name=f"group {next(_numbers)}")
    if model is TemplateVersion:  # What was published is only looked at.
        return draft_begin(template_id=a_row(Template).pk, by=None)
    if model is ScenarioVersion:
        return draft_open(scenario_id=a_row(Scenario).pk, by=None)
    present = model._base_manager.order_by("pk").first()
    if present is not None:
        return present
    given = VALUES.get(model, {})
    values = {field.name: given.get(field.name, _value(field)) for field in model._meta.concrete_fields if _asks(field)}
    if isinstance(case := values.get("recovery"), Recovery) and "owner" in values:
        values["owner"] = case.owner  # A row of a case is of the account that owns the case.
    return model._base_manager.create(**{**values, **given})


def _asks(field: models.Field) -> bool:
    is_made = getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
    return not (is_made or field.null or field.has_default() or isinstance(field, models.AutoField))


def _value(field: models.Field) -> Any:
    if field.is_relation:
        return a_row(field.related_model)
    if field.choices:
        return next(key for key, _label in field.flatchoices if key not in ("", None))
    return next(make for kind, make in KINDS if isinstance(field, kind))()
