"""The owners of rows of before: in batches, each its own transaction; who was stopped goes on with what is empty."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

MODELS = ("Acknowledgement", "Acompte", "CaseBalance", "Dette", "FormalNotice")
BATCH = 5000  # rows


def _fill(apps: Any, _schema_editor: Any) -> None:
    cases = apps.get_model("recoveries", "Recovery").objects.filter(pk=OuterRef("recovery_id"))
    for name in MODELS:
        rows = apps.get_model("recoveries", name).objects
        empty = rows.filter(owner=None).order_by("pk")
        while ids := list(empty.values_list("pk", flat=True)[:BATCH]):
            rows.filter(pk__in=ids).update(owner_id=Subquery(cases.values("owner_id")[:1]))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0038_owners_added")]

    operations = [migrations.RunPython(_fill, migrations.RunPython.noop, elidable=True)]
