"""The next legal date of each case, what the claim is about, and alerts of cases instead of procedures."""

import django.db.models.deletion
from django.db import migrations, models

MATTERS = [("ordinary", "ordinary claim"), ("housing_lease", "housing lease"), ("consumer_credit", "consumer credit")]


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0014_payment_keys_sealed"), ("invoicing", "0007_day_of_performance")]

    operations = [
        migrations.AddField(
            model_name="recovery",
            name="matter",
            field=models.CharField(
                choices=MATTERS, db_default="ordinary", default="ordinary", max_length=20, verbose_name="matter"
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="next_deadline",
            field=models.DateField(editable=False, null=True, verbose_name="next legal deadline"),
        ),
        migrations.AddField(
            model_name="recovery",
            name="next_deadline_code",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=30),
        ),
        migrations.AddField(
            model_name="recovery",
            name="next_deadline_article",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=100),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["next_deadline", "id"], name="recovery_by_deadline"),
        ),
        migrations.AddField(
            model_name="injunction",
            name="hearing_on",
            field=models.DateField(blank=True, null=True, verbose_name="hearing on"),
        ),
        migrations.AddField(
            model_name="transferrequest",
            name="left_behind",
            field=models.JSONField(db_default=[], default=list, verbose_name="left behind"),
        ),
        migrations.AddField(
            model_name="deadlinealert",
            name="recovery",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deadline_alerts",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
    ]
