"""The statuses that the contract fixes. Staff may rename them; their ids stay."""

from typing import Any

from django.db import migrations

# id, name, description; each in a group of the same id and name.
STATUSES = (
    (1, "Dossier Créé", "Recovery case created and awaiting processing"),
    (2, "Relance 1", "First reminder sent to the debtor"),
    (3, "Relance 2", "Second reminder sent to the debtor"),
)


def add(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing."""
    group_of, status_of = apps.get_model("recoveries", "StatusGroup"), apps.get_model("recoveries", "Status")
    for number, name, description in STATUSES:
        group_of.objects.update_or_create(id=number, defaults={"name": name, "position": number})
        status_of.objects.update_or_create(
            id=number, defaults={"name": name, "description": description, "group_id": number, "position": number}
        )


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0002_text_sorts_and_search")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
