from functools import reduce
from operator import and_

from django.db import migrations, models
from django.db.models import Q

HEADS = {
    "granted_principal": "granted as principal, EUR",
    "granted_interest": "granted as interest, EUR",
    "granted_indemnity": "granted as indemnities, EUR",
    "granted_penalty": "granted as penalty, EUR",
    "granted_cost": "granted as costs, EUR",
}


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0027_ledger")]

    operations = [
        *(
            migrations.AddField(
                model_name="injunction",
                name=name,
                field=models.DecimalField(
                    blank=True,
                    decimal_places=2,
                    help_text="Empty: all that was asked.",
                    max_digits=16,
                    null=True,
                    verbose_name=label,
                ),
            )
            for name, label in HEADS.items()
        ),
        migrations.AddConstraint(
            model_name="injunction",
            constraint=models.CheckConstraint(
                condition=reduce(and_, (Q((name, None)) | Q((f"{name}__gte", 0)) for name in HEADS)),
                name="injunction_granted_not_negative",
            ),
        ),
    ]
