from django.db import migrations, models


class Migration(migrations.Migration):
    """How long an address has held workers."""

    dependencies = [("documents", "0004_jobs")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="fetch_seconds",
            field=models.FloatField(db_default=0, default=0, editable=False, verbose_name="seconds spent fetching"),
        ),
    ]
