"""Procedures no longer keep what their cases do."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0016_alerts_of_cases")]

    operations = [
        migrations.RemoveConstraint(model_name="deadlinealert", name="deadline_alert_once"),
        migrations.RemoveField(model_name="deadlinealert", name="injunction"),
        migrations.AlterField(
            model_name="deadlinealert",
            name="recovery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deadline_alerts",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinealert",
            constraint=models.UniqueConstraint(fields=("recovery", "kind", "date"), name="deadline_alert_of_case_once"),
        ),
        migrations.RemoveField(model_name="injunction", name="next_deadline"),
    ]
