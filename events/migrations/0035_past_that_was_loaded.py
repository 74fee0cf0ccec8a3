"""Events may come through a door of their own: what had happened before it was loaded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0034_statements_told"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="door",
            field=models.CharField(
                choices=[
                    ("backoffice", "back-office"),
                    ("api", "API"),
                    ("worker", "worker"),
                    ("command", "command line"),
                    ("past", "past that was loaded"),
                ],
                max_length=12,
                verbose_name="door",
            ),
        ),
    ]
