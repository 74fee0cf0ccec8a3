"""What the audit and the histories learn from what writes by itself."""

from collections.abc import Collection
from typing import Any

from constance.models import Constance
from constance.signals import config_updated
from django.conf import settings
from simple_history.signals import pre_create_historical_record

from backoffice.audit import CHANGED, DOOR_OPENED, audit_record
from backoffice.history import origin_fill
from legalcity.lib.append_only import door_recorder


def connect() -> None:
    """Once, when the process starts."""
    config_updated.connect(_setting_changed, dispatch_uid="audit-settings")
    pre_create_historical_record.connect(origin_fill, dispatch_uid="history-origin")
    door_recorder(_door_opened)


def _door_opened(reason: str, tables: Collection[str]) -> None:
    """Rows that are written once may be changed for once."""
    audit_record(action=DOOR_OPENED, reason=reason, details={"tables": list(tables)})


def _setting_changed(*, key: str, old_value: Any, new_value: Any, **_: Any) -> None:
    """A system setting, whoever changed it and through which door."""
    before = settings.CONSTANCE_CONFIG[key][0] if old_value is None else old_value
    if before != new_value:
        setting = Constance.objects.get(key=key)
        audit_record(action=CHANGED, target=setting, before={"value": before}, after={"value": new_value}, label=key)
