import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits for a document of another case to be fetched."""

    dependencies = [("documents", "0005_time_spent_fetching")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="waits_for",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="waiting",
                to="documents.document",
                verbose_name="fetched with",
            ),
        ),
    ]
