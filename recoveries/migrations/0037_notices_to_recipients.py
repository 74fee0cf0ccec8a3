"""A payment is told to each recipient that the client has named, once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0036_deadlines_told")]

    operations = [
        migrations.AlterField(
            model_name="creditornotice",
            name="posting",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="recoveries.posting",
                verbose_name="posting",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditornotice",
            constraint=models.UniqueConstraint(fields=("posting", "recipient"), name="creditor_notice_once"),
        ),
    ]
