"""Events are looked for by day and by type: by staff, by the feed's `since`, by what forgets them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0001_events")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["recorded_at"], name="event_by_recorded"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["type", "id"], name="event_by_type"),
        ),
    ]
