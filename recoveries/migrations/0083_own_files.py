"""Clients' own files: what their columns are, remembered for the client; rows that are not right are set aside."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0082_results"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="caseimport",
            name="matching",
            field=models.JSONField(editable=False, null=True, verbose_name="columns"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="set_aside",
            field=models.JSONField(editable=False, null=True, verbose_name="rows set aside"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="sets_aside",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="wrong rows set aside"
            ),
        ),
        migrations.AlterField(
            model_name="caseimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("reading", "being read"),
                    ("matching", "waiting for its columns to be matched"),
                    ("checked", "waiting to be confirmed"),
                    ("importing", "being imported"),
                    ("imported", "imported"),
                    ("refused", "refused"),
                ],
                default="reading",
                editable=False,
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.CreateModel(
            name="ColumnMatching",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
                ("fixed", models.JSONField(default=dict, verbose_name="for every row")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "columns of a client's files",
                "verbose_name_plural": "columns of clients' files",
            },
        ),
    ]
