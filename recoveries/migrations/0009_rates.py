"""Legal and ECB rates by half-year, and every version of the catalogues."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import recoveries.ledger.rate_models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0008_staff_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EcbRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "valid_from",
                    models.DateField(validators=[recoveries.ledger.rate_models.half_year], verbose_name="valid from"),
                ),
                (
                    "rate_percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="rate, % a year",
                    ),
                ),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=True,
                        help_text="Compared with the official text that the source names.",
                        verbose_name="confirmed",
                    ),
                ),
                ("by_hand", models.BooleanField(default=True, editable=False, verbose_name="entered by hand")),
            ],
            options={
                "verbose_name": "ECB refinancing rate",
                "verbose_name_plural": "ECB refinancing rates",
                "ordering": ("-valid_from",),
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from",), name="ecb_rate_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("rate_percent__gte", 0), ("rate_percent__lte", 100)),
                        name="ecb_rate_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalEcbRate",
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
                (
                    "valid_from",
                    models.DateField(validators=[recoveries.ledger.rate_models.half_year], verbose_name="valid from"),
                ),
                (
                    "rate_percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="rate, % a year",
                    ),
                ),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=True,
                        help_text="Compared with the official text that the source names.",
                        verbose_name="confirmed",
                    ),
                ),
                ("by_hand", models.BooleanField(default=True, editable=False, verbose_name="entered by hand")),
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
                "verbose_name": "historical ECB refinancing rate",
                "verbose_name_plural": "historical ECB refinancing rates",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalInjunctionFee",
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
                (
                    "procedure",
                    models.CharField(
                        choices=[("national", "injonction de payer"), ("european", "European order for payment")],
                        max_length=10,
                        verbose_name="procedure",
                    ),
                ),
                (
                    "court_type",
                    models.CharField(
                        choices=[
                            ("tribunal_de_commerce", "Tribunal de commerce"),
                            ("tribunal_judiciaire", "Tribunal judiciaire"),
                            ("juge_des_contentieux_de_la_protection", "Juge des contentieux de la protection"),
                        ],
                        max_length=40,
                        verbose_name="kind of court",
                    ),
                ),
                ("court_fee", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="court fee, EUR")),
                ("handling_fee", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="handling fee, EUR")),
                ("source", models.CharField(blank=True, max_length=255, verbose_name="source")),
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
                "verbose_name": "historical fee of a procedure",
                "verbose_name_plural": "historical fees of procedures",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalLegalRate",
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
                (
                    "valid_from",
                    models.DateField(validators=[recoveries.ledger.rate_models.half_year], verbose_name="valid from"),
                ),
                (
                    "rate_percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="rate, % a year",
                    ),
                ),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=True,
                        help_text="Compared with the official text that the source names.",
                        verbose_name="confirmed",
                    ),
                ),
                ("by_hand", models.BooleanField(default=True, editable=False, verbose_name="entered by hand")),
                (
                    "creditor",
                    models.CharField(
                        choices=[
                            ("individual", "a natural person who does not act for business"),
                            ("other", "everybody else"),
                        ],
                        max_length=10,
                        verbose_name="creditor",
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
                "verbose_name": "historical legal interest rate",
                "verbose_name_plural": "historical legal interest rates",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalStatus",
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
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=255, verbose_name="description")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_closing", models.BooleanField(default=False, verbose_name="closes the case")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="recoveries.statusgroup",
                        verbose_name="group",
                    ),
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
                "verbose_name": "historical status",
                "verbose_name_plural": "historical statuses",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalStatusGroup",
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
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
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
                "verbose_name": "historical group of statuses",
                "verbose_name_plural": "historical groups of statuses",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="LegalRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "valid_from",
                    models.DateField(validators=[recoveries.ledger.rate_models.half_year], verbose_name="valid from"),
                ),
                (
                    "rate_percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="rate, % a year",
                    ),
                ),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=True,
                        help_text="Compared with the official text that the source names.",
                        verbose_name="confirmed",
                    ),
                ),
                ("by_hand", models.BooleanField(default=True, editable=False, verbose_name="entered by hand")),
                (
                    "creditor",
                    models.CharField(
                        choices=[
                            ("individual", "a natural person who does not act for business"),
                            ("other", "everybody else"),
                        ],
                        max_length=10,
                        verbose_name="creditor",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal interest rate",
                "verbose_name_plural": "legal interest rates",
                "ordering": ("-valid_from", "creditor"),
                "constraints": [
                    models.UniqueConstraint(fields=("creditor", "valid_from"), name="legal_rate_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("rate_percent__gte", 0), ("rate_percent__lte", 100)),
                        name="legal_rate_percent",
                    ),
                ],
            },
        ),
    ]
