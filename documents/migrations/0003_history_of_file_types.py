"""Every version of the file types."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_file_types"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalFileType",
            fields=[
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("backoffice", "back-office"),
                            ("api", "API"),
                            ("worker", "worker"),
                            ("command", "command line"),
                        ],
                        editable=False,
                        max_length=12,
                        verbose_name="door",
                    ),
                ),
                ("address", models.CharField(blank=True, editable=False, max_length=64, verbose_name="address")),
                ("request_id", models.CharField(blank=True, editable=False, max_length=64, verbose_name="request")),
                ("id", models.PositiveSmallIntegerField(db_index=True)),
                ("type", models.CharField(max_length=100, verbose_name="type")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("description", models.CharField(blank=True, max_length=255, verbose_name="description")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical file type",
                "verbose_name_plural": "historical file types",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
