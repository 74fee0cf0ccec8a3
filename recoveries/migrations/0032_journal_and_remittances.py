from typing import Any

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly

# Numbers of the plan comptable général for money that is held for others (class 46 and 51); staff may correct them.
CHART = {
    "debtor": ("467100", "Débiteurs, créances recouvrées pour le compte de tiers"),
    "bank": ("512100", "Banque, fonds de tiers"),
    "creditor": ("467200", "Créanciers, fonds et créances de tiers"),
    "waived": ("467300", "Remises accordées par les créanciers"),
    "lost": ("467400", "Créances passées en perte par les créanciers"),
    "suspense": ("471000", "Comptes d'attente, sommes à affecter ou à rendre"),
}


def fill(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing of the chart of accounts."""
    model = apps.get_model("recoveries", "ChartAccount")
    present = set(model.objects.values_list("account", flat=True))
    model.objects.bulk_create(
        model(account=account, number=number, label=label)
        for account, (number, label) in CHART.items()
        if account not in present
    )


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0031_fee_with_vat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChartAccount",
            fields=[
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("debtor", "debtors"),
                            ("bank", "bank"),
                            ("creditor", "creditors"),
                            ("waived", "waived"),
                            ("lost", "lost"),
                            ("suspense", "to be allocated or refunded"),
                        ],
                        max_length=8,
                        primary_key=True,
                        serialize=False,
                        verbose_name="account of the ledger",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="By the plan comptable général: three digits at least.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9A-Z]{2,19}\\Z", "Three to twenty digits or capitals, a digit first."
                            )
                        ],
                        verbose_name="number",
                    ),
                ),
                ("label", models.CharField(max_length=100, verbose_name="label")),
            ],
            options={
                "verbose_name": "account of the books",
                "verbose_name_plural": "chart of accounts",
                "ordering": ("number", "account"),
            },
        ),
        migrations.CreateModel(
            name="HistoricalChartAccount",
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
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("debtor", "debtors"),
                            ("bank", "bank"),
                            ("creditor", "creditors"),
                            ("waived", "waived"),
                            ("lost", "lost"),
                            ("suspense", "to be allocated or refunded"),
                        ],
                        db_index=True,
                        max_length=8,
                        verbose_name="account of the ledger",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="By the plan comptable général: three digits at least.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9A-Z]{2,19}\\Z", "Three to twenty digits or capitals, a digit first."
                            )
                        ],
                        verbose_name="number",
                    ),
                ),
                ("label", models.CharField(max_length=100, verbose_name="label")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical account of the books",
                "verbose_name_plural": "historical chart of accounts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Remittance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="handed over")),
                ("fees", models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name="fees retained")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="reference")),
                ("reason", models.CharField(blank=True, max_length=255, verbose_name="reason")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
            ],
            options={
                "verbose_name": "remittance",
                "verbose_name_plural": "remittances",
                "ordering": ("-id",),
                "permissions": [("record_remittance", "Can record remittances to clients")],
            },
        ),
        migrations.CreateModel(
            name="RemittanceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="amount")),
            ],
            options={
                "verbose_name": "line of a remittance",
                "verbose_name_plural": "lines of a remittance",
                "ordering": ("id",),
            },
        ),
        migrations.AlterModelOptions(
            name="posting",
            options={
                "ordering": ("id",),
                "permissions": [("see_journal", "Can see and export the journal")],
                "verbose_name": "posting",
                "verbose_name_plural": "postings",
            },
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(condition=models.Q(("head", "")), fields=["posting"], name="line_of_money"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["recorded_at", "id"], name="posting_by_moment"),
        ),
        migrations.AddConstraint(
            model_name="chartaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="chart_account_numbered"
            ),
        ),
        migrations.AddField(
            model_name="historicalchartaccount",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="reverses",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reversal",
                to="recoveries.remittance",
                verbose_name="reverses",
            ),
        ),
        migrations.AddField(
            model_name="remittanceline",
            name="posting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="recoveries.posting",
                verbose_name="posting",
            ),
        ),
        migrations.AddField(
            model_name="remittanceline",
            name="remittance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="recoveries.remittance",
                verbose_name="remittance",
            ),
        ),
        migrations.AddIndex(
            model_name="remittance",
            index=models.Index(fields=["owner", "id"], name="remittance_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("fees__gte", 0)), name="remittance_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), ("fees", 0), _negated=True), name="remittance_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses", None), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="remittance_reversed_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceline",
            constraint=models.UniqueConstraint(fields=("remittance", "posting"), name="remittance_line_once"),
        ),
        AppendOnly("Remittance"),
        AppendOnly("RemittanceLine"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
