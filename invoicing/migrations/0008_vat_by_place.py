"""Which VAT services bear by place, as rows; and the VAT category O (not subject to VAT) of EN 16931."""

import uuid

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.migrations import SqlOf

# SQLite makes a table anew to change its constraints, and forgets its trigger (migration 0004) on the way.
FIXED = ("name", "code", "description", "kind", "category", "exemption_code", "percent", "units")
TRIGGER = "invoicing_tax_update_stands"
STANDS_AGAIN = (
    f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON invoicing_tax "
    f"WHEN {' OR '.join(f'OLD.{column} IS NOT NEW.{column}' for column in FIXED)} "
    "BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END"
)
FORGET = f"DROP TRIGGER IF EXISTS {TRIGGER}"


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0007_day_of_performance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        SqlOf("sqlite", FORGET, STANDS_AGAIN),
        migrations.CreateModel(
            name="HistoricalVatRule",
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
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "place",
                    models.CharField(
                        help_text="ISO code of a country or territory; EU: the other member states; *: anywhere else.",
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^([A-Z]{2}|\\*)$")],
                        verbose_name="place",
                    ),
                ),
                (
                    "client",
                    models.CharField(
                        choices=[
                            ("identified", "a business with a VAT number of another member state"),
                            ("business", "a business"),
                            ("person", "a private person"),
                        ],
                        max_length=10,
                        verbose_name="client",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "historical VAT by place",
                "verbose_name_plural": "historical VAT by place",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="VatRule",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "place",
                    models.CharField(
                        help_text="ISO code of a country or territory; EU: the other member states; *: anywhere else.",
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^([A-Z]{2}|\\*)$")],
                        verbose_name="place",
                    ),
                ),
                (
                    "client",
                    models.CharField(
                        choices=[
                            ("identified", "a business with a VAT number of another member state"),
                            ("business", "a business"),
                            ("person", "a private person"),
                        ],
                        max_length=10,
                        verbose_name="client",
                    ),
                ),
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
                "verbose_name": "VAT by place",
                "verbose_name_plural": "VAT by place",
                "ordering": ("place", "client"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="tax",
            name="tax_category_fits_percent",
        ),
        migrations.RemoveConstraint(
            model_name="tax",
            name="tax_exemption_has_mention",
        ),
        migrations.AlterField(
            model_name="tax",
            name="category",
            field=models.CharField(
                choices=[
                    ("S", "standard rate"),
                    ("Z", "zero rate"),
                    ("E", "exempt"),
                    ("AE", "reverse charge"),
                    ("O", "not subject to VAT"),
                ],
                default="S",
                max_length=2,
                verbose_name="VAT category",
            ),
        ),
        migrations.AddConstraint(
            model_name="tax",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "vat"), _negated=True),
                    models.Q(("category", "S"), ("percent__gt", 0)),
                    models.Q(("category__in", ("Z", "E", "AE", "O")), ("percent", 0)),
                    _connector="OR",
                ),
                name="tax_category_fits_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="tax",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category__in", ("E", "AE", "O")), _negated=True),
                    models.Q(("description", ""), _negated=True),
                    _connector="OR",
                ),
                name="tax_exemption_has_mention",
            ),
        ),
        migrations.AddField(
            model_name="historicalvatrule",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalvatrule",
            name="tax",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                limit_choices_to={"kind": "vat"},
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="invoicing.tax",
                verbose_name="VAT",
            ),
        ),
        migrations.AddField(
            model_name="vatrule",
            name="tax",
            field=models.ForeignKey(
                limit_choices_to={"kind": "vat"},
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.tax",
                verbose_name="VAT",
            ),
        ),
        migrations.AddConstraint(
            model_name="vatrule",
            constraint=models.UniqueConstraint(fields=("place", "client"), name="vat_rule_one_row"),
        ),
        SqlOf("sqlite", STANDS_AGAIN, FORGET),
    ]
