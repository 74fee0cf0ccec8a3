"""One worker at a time goes a round of notices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0020_notices")]

    operations = [
        migrations.AddField(
            model_name="round",
            name="claimed_until",
            field=models.DateTimeField(null=True, verbose_name="taken by a worker until"),
        ),
    ]
