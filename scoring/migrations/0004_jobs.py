import django.db.models.functions.datetime
from django.db import migrations, models

import legalcity.lib.claims


class Migration(migrations.Migration):
    """The columns and the index of a row that is a job."""

    dependencies = [("scoring", "0003_ledger_is_append_only")]

    operations = [
        migrations.AddField(
            model_name="scoringorder",
            name="due_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=legalcity.lib.claims.after_patience,
                editable=False,
                verbose_name="next attempt",
            ),
        ),
        migrations.AlterField(
            model_name="scoringorder",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
        ),
        migrations.RemoveIndex(model_name="scoringorder", name="scoring_order_unfinished"),
        migrations.AddIndex(
            model_name="scoringorder",
            index=models.Index(
                condition=models.Q(("status__in", ("pending", "processing"))),
                fields=["due_at"],
                name="scoring_order_due",
            ),
        ),
    ]
