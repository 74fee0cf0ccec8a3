"""Of a legal date it is told once that it is over. Those that are over today were known before there were events."""

from typing import Any

from django.db import migrations, models

from legalcity.lib.clock import today


def mark_what_is_over(apps: Any, schema_editor: Any) -> None:
    apps.get_model("recoveries", "DeadlineAlert").objects.filter(date__lt=today()).update(is_over_told=True)


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0035_terms_of_balances")]

    operations = [
        migrations.AddField(
            model_name="deadlinealert",
            name="is_over_told",
            field=models.BooleanField(db_default=False, default=False, verbose_name="told that it is over"),
        ),
        migrations.RunPython(mark_what_is_over, migrations.RunPython.noop),
    ]
