"""Each debt gets its head.

What stands there stays principal, also where its label ("Frais de recouvrement …") sounds like costs that the creditor
has to keep (art. L111-8 CPCE): a label is no proof of what a sum is for, and sums that debtors were told of do not
change by themselves. Staff reverse such a debt and enter it anew under its head.
"""

from django.db import migrations, models
from django.db.models import Q

HEADS = [
    ("principal", "principal"),
    ("deposit", "deposit"),
    ("cost_of_title", "costs of a title"),
    ("kept_by_creditor", "stays with the creditor"),
]


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0024_facts_as_shipped")]

    operations = [
        migrations.AddField(
            model_name="dette",
            name="head",
            field=models.CharField(
                choices=HEADS, db_default="principal", default="principal", max_length=16, verbose_name="head"
            ),
        ),
        migrations.AddConstraint(
            model_name="dette",
            constraint=models.CheckConstraint(
                condition=Q(("head__in", [head for head, _label in HEADS])), name="dette_head_known"
            ),
        ),
    ]
