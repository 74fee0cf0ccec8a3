"""The history of the system settings by the name that staff read."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_roles")]
    operations = [
        migrations.AlterModelOptions(
            name="historicalconstance",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "change of a setting",
                "verbose_name_plural": "changes of settings",
            },
        ),
    ]
