"""What decides an account and is in no posting is kept as it was: parties, terms, notices, procedure, rates, a setting.

So an earlier day is told as it was known. Of what was changed before nobody knows what it was: it counts as if it had
always been as this migration finds it.
"""

from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly
from legalcity.lib.former_rows import KeepsFormer

INTO = "recoveries_formerrow"
GRANTED = ("principal", "interest", "indemnity", "penalty", "cost")
TERMS = ("late_interest", "interest_rate", "interest_rate_percent")
PENALTY = ("penalty", "penalty_type", "penalty_amount", "penalty_percent")
RATE = ("valid_from", "rate_percent", "source", "is_confirmed")
WHENEVER = ("insert", "update", "delete")
SETTING = "NOTICE_PRESENTATION_COUNTS"


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0004_quality"),
        ("constance", "0003_drop_pickle"),
        ("recoveries", "0048_lines_looked_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=10)),
                ("row_id", models.BigIntegerField()),
                ("until", models.DateTimeField(verbose_name="until")),
                ("told", models.JSONField(null=True)),
            ],
            options={
                "verbose_name": "former row",
                "verbose_name_plural": "former rows",
                "ordering": ("until", "id"),
                "indexes": [models.Index(fields=["about", "row_id", "until"], name="former_row_of")],
            },
        ),
        AppendOnly("FormerRow"),
        KeepsFormer(
            "Recovery",
            about="case",
            fields=("customer", "debtor", *(f"recovery_{name}" for name in (*TERMS, *PENALTY))),
            into=INTO,
        ),
        KeepsFormer(
            "Injunction",
            about="procedure",
            fields=(
                *("order_made_on", "served_on", "enforceable_on", "granted_amount"),
                *(f"granted_{head}" for head in GRANTED),
            ),
            into=INTO,
        ),
        KeepsFormer(
            "FormalNotice",
            about="notice",
            fields=("state", "sent_on", "presented_on", "received_on"),
            into=INTO,
        ),
        KeepsFormer(
            "companies.Company",
            about="company",
            fields=("company_type", "acts_as"),
            events=("update", "delete"),
            into=INTO,
        ),
        KeepsFormer("LegalRate", about="legal_rate", fields=("creditor", *RATE), events=WHENEVER, into=INTO),
        KeepsFormer("EcbRate", about="ecb_rate", fields=RATE, events=WHENEVER, into=INTO),
        KeepsFormer(
            "constance.Constance",
            about="setting",
            fields=("value",),
            events=WHENEVER,
            key="0",
            where='{row}."key" = ' + f"'{SETTING}'",
            into=INTO,
        ),
    ]
