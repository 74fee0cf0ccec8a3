import django.db.models.functions.datetime
from django.db import migrations, models

import legalcity.lib.claims


class Migration(migrations.Migration):
    """The columns and the index of a row that is a job."""

    dependencies = [("invoicing", "0004_billing_stands")]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AddField(
            model_name="charge",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
        ),
        migrations.AddField(
            model_name="charge",
            name="due_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=legalcity.lib.claims.after_patience,
                editable=False,
                verbose_name="next attempt",
            ),
        ),
        migrations.RemoveIndex(model_name="charge", name="charge_waiting"),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(condition=models.Q(("invoice", None)), fields=["due_at"], name="charge_due"),
        ),
    ]
