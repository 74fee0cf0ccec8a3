"""Which further cases a printed letter names, and what it says of each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0086_pinned_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="postitem",
            name="others",
            field=models.JSONField(editable=False, null=True, verbose_name="further cases on it"),
        ),
    ]
