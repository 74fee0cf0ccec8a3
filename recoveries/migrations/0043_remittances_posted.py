"""Postings of clients beside those of cases: money that was handed over, and the fees that were retained of it.

Remittances of before get theirs when `migrate` has ended (`ledger.receivers`).
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly

KINDS = [
    ("claim", "claim"),
    ("claim_change", "claim corrected"),
    ("payment", "payment received"),
    ("direct_payment", "payment received by the creditor"),
    ("reversal", "reversal"),
    ("credit_note", "credit note"),
    ("waiver", "waiver"),
    ("writeoff", "written off"),
    ("cost", "cost"),
    ("penalty", "penalty"),
    ("refund", "refund"),
    ("transfer_out", "went on to another case"),
    ("transfer_in", "came from another case"),
    ("remittance", "handed over to the client"),
]
ACCOUNTS = ("debtor", "bank", "creditor", "waived", "lost", "suspense", "fees")
# Class 41 of the plan comptable général: what clients owe the firm, settled out of what is held for them.
FEES = {"number": "411100", "label": "Clients, honoraires retenus sur fonds de tiers"}


def fill(apps: Any, _schema_editor: Any) -> None:
    """Add the account of the fees to the chart of accounts."""
    apps.get_model("recoveries", "ChartAccount").objects.get_or_create(account="fees", defaults=FEES)


def _chart_account(**more: Any) -> models.CharField:
    labels = ("debtors", "bank", "creditors", "waived", "lost", "to be allocated or refunded", "fees retained")
    choices = list(zip(ACCOUNTS, labels, strict=True))
    return models.CharField(choices=choices, max_length=8, verbose_name="account of the ledger", **more)


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0042_guard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="recovery",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="postings",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=14, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="line",
            name="account",
            field=models.CharField(
                choices=[(account, account) for account in ACCOUNTS], max_length=8, verbose_name="account"
            ),
        ),
        migrations.AlterField(
            model_name="chartaccount", name="account", field=_chart_account(primary_key=True, serialize=False)
        ),
        migrations.AlterField(model_name="historicalchartaccount", name="account", field=_chart_account(db_index=True)),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("recovery", None)), fields=["owner", "id"], name="posting_of_client"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("remittance", "reversal")), ("recovery", None)),
                    models.Q(("recovery__isnull", False), models.Q(("kind", "remittance"), _negated=True)),
                    _connector="OR",
                ),
                name="posting_of_case_or_client",
            ),
        ),
        AppendOnly("Posting"),
        AppendOnly("Line"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
