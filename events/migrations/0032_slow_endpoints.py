from django.db import migrations, models


class Migration(migrations.Migration):
    """Endpoints that answer slowly stand apart. A column without a default: nothing is rewritten."""

    dependencies = [
        ("events", "0031_held_state"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="slow_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="slow until"),
        ),
    ]
