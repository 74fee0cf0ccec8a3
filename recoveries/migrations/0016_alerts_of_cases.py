"""Each alert gets the case of its procedure. By itself: PostgreSQL alters no table with rows just written."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill_cases(apps: Any, _schema_editor: Any) -> None:
    """One statement."""
    procedures = apps.get_model("recoveries", "Injunction").objects.filter(pk=OuterRef("injunction_id"))
    alerts = apps.get_model("recoveries", "DeadlineAlert").objects
    alerts.update(recovery_id=Subquery(procedures.values("recovery_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0015_legal_clocks")]

    operations = [migrations.RunPython(fill_cases, migrations.RunPython.noop)]
