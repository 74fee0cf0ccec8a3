"""What the audit and the histories learn from libraries that write by themselves."""

from typing import Any

from constance.models import Constance
from constance.signals import config_updated
from django.conf import settings
from simple_history.signals import pre_create_historical_record

from backoffice.audit import CHANGED, audit_record
from backoffice.history import origin_fill


def connect() -> None:
    """Once, when the process starts."""
    config_updated.connect(_setting_changed, dispatch_uid="audit-settings")
    pre_create_historical_record.connect(origin_fill, dispatch_uid="history-origin")


def _setting_changed(*, key: str, old_value: Any, new_value: Any, **_: Any) -> None:
    """A system setting, whoever changed it and through which door."""
    before = settings.CONSTANCE_CONFIG[key][0] if old_value is None else old_value
    if before != new_value:
        setting = Constance.objects.get(key=key)
        audit_record(action=CHANGED, target=setting, before={"value": before}, after={"value": new_value}, label=key)
