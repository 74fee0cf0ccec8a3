"""Facts of the law as rows, and whether the court fee of a procedure is confirmed."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0022_shipped_rates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalinjunctionfee",
            name="is_confirmed",
            field=models.BooleanField(
                default=True,
                help_text="The court fee was compared with the text that the source names.",
                verbose_name="confirmed",
            ),
        ),
        migrations.AddField(
            model_name="injunctionfee",
            name="is_confirmed",
            field=models.BooleanField(
                default=True,
                help_text="The court fee was compared with the text that the source names.",
                verbose_name="confirmed",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalLegalFact",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
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
                ("code", models.SlugField(editable=False, verbose_name="code")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1000000000),
                        ],
                        verbose_name="value",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("eur", "EUR"),
                            ("days", "days"),
                            ("months", "months"),
                            ("years", "years"),
                            ("persons", "employees"),
                            ("yes_no", "1 is yes, 0 no"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="unit",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="text")),
                ("article", models.CharField(max_length=100, verbose_name="article")),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=False,
                        help_text="Compared with the official text that the source names.",
                        verbose_name="confirmed",
                    ),
                ),
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
                "verbose_name": "historical fact of the law",
                "verbose_name_plural": "historical facts of the law",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="LegalFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(editable=False, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1000000000),
                        ],
                        verbose_name="value",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("eur", "EUR"),
                            ("days", "days"),
                            ("months", "months"),
                            ("years", "years"),
                            ("persons", "employees"),
                            ("yes_no", "1 is yes, 0 no"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="unit",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="text")),
                ("article", models.CharField(max_length=100, verbose_name="article")),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=False,
                        help_text="Compared with the official text that the source names.",
                        verbose_name="confirmed",
                    ),
                ),
            ],
            options={
                "verbose_name": "fact of the law",
                "verbose_name_plural": "facts of the law",
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value", None), models.Q(("value__gte", 0), ("value__lte", 1000000000)), _connector="OR"
                        ),
                        name="legal_fact_value_plausible",
                    )
                ],
            },
        ),
    ]
