import django.db.models.functions.datetime
from django.db import migrations, models

import legalcity.lib.claims


class Migration(migrations.Migration):
    """The columns and the index of a row that is a job."""

    dependencies = [("documents", "0003_history_of_file_types")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="due_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=legalcity.lib.claims.after_patience,
                editable=False,
                verbose_name="next attempt",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
        ),
        migrations.RemoveIndex(model_name="document", name="document_on_its_way"),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(state__in=("pending", "fetching", "scanning")),
                fields=["due_at"],
                name="document_due",
            ),
        ),
    ]
