"""Statements of clients, numbered and written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0011_owners_held"),
        ("recoveries", "0083_own_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("month", models.DateField(verbose_name="month")),
                ("opening", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="held before")),
                (
                    "received",
                    models.DecimalField(decimal_places=2, max_digits=16, verbose_name="received in the month"),
                ),
                ("fees", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="fees retained")),
                ("handed_over", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="handed over")),
                ("closing", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="held after")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.storedfile",
                        verbose_name="PDF",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement of a client",
                "verbose_name_plural": "statements of clients",
                "ordering": ("-number",),
                "permissions": [("make_statement", "Can make the statements of clients")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "month"), name="client_statement_once_a_month")
                ],
            },
        ),
        AppendOnly("ClientStatement"),
    ]
