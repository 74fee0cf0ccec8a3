"""What the accounting file of a past period needs of cases that are deleted from now on."""

from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0053_message_columns")]

    operations = [
        migrations.CreateModel(
            name="DepartedPosting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True, verbose_name="number")),
                ("piece", models.CharField(max_length=30, verbose_name="case")),
                ("client", models.BigIntegerField(verbose_name="client")),
                ("kind", models.CharField(max_length=14, verbose_name="kind")),
                (
                    "reversed_kind",
                    models.CharField(blank=True, max_length=14, verbose_name="kind of what it reverses"),
                ),
                ("effective_on", models.DateField(verbose_name="effective on")),
                ("recorded_at", models.DateTimeField(db_index=True, verbose_name="recorded at")),
                ("deleted_at", models.DateTimeField(db_index=True, verbose_name="deleted at")),
                ("lines", models.JSONField(verbose_name="lines")),
            ],
            options={
                "verbose_name": "posting of a deleted case",
                "verbose_name_plural": "postings of deleted cases",
                "ordering": ("number",),
            },
        ),
        AppendOnly("DepartedPosting"),
    ]
