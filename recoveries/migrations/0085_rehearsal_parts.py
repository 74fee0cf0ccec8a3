"""Parts of rehearsals, which workers share."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import legalcity.lib.claims


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0084_client_statements"),
    ]

    operations = [
        migrations.AddField(
            model_name="rehearsal",
            name="begun_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="begun at"),
        ),
        migrations.CreateModel(
            name="RehearsalPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "claimed_until",
                    models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=legalcity.lib.claims.after_patience,
                        editable=False,
                        verbose_name="next attempt",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("debtors", models.JSONField(verbose_name="cases")),
                ("cases", models.PositiveIntegerField(verbose_name="how many cases")),
                ("sums", models.JSONField(null=True, verbose_name="result")),
                ("rows", models.TextField(db_default="", default="", editable=False, verbose_name="CSV")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                (
                    "rehearsal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="recoveries.rehearsal",
                        verbose_name="rehearsal",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a rehearsal",
                "verbose_name_plural": "parts of rehearsals",
                "ordering": ("rehearsal", "number"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["due_at"], name="rehearsal_part_waiting"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("rehearsal", "number"), name="rehearsal_part_once")],
            },
        ),
    ]
