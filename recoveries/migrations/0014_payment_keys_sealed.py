from collections.abc import Callable
from typing import Any

from django.db import migrations, models

import legalcity.lib.sealing
from legalcity.lib.sealing import opened, sealed

TABLE = "recoveries_injunction"


def each_key(change: Callable[[str], str]) -> Callable[[Any, Any], None]:
    """Write every key anew, as the database holds it."""

    def write(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT id, key FROM {TABLE}")  # noqa: S608 - a constant
            keys = [(change(key), pk) for pk, key in cursor.fetchall()]
            cursor.executemany(f"UPDATE {TABLE} SET key = %s WHERE id = %s", keys)  # noqa: S608 - a constant

    return write


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0013_search_texts_folded"),
    ]

    operations = [
        # In two steps: way back the keys are opened before they must fit their old column.
        migrations.AlterField(
            model_name="injunction",
            name="key",
            field=models.TextField(editable=False, verbose_name="key of the payment page"),
        ),
        migrations.RunPython(each_key(sealed), each_key(opened)),
        migrations.AlterField(
            model_name="injunction",
            name="key",
            field=legalcity.lib.sealing.SealedField(editable=False, verbose_name="key of the payment page"),
        ),
    ]
