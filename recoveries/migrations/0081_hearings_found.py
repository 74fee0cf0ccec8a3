"""Hearings are found by their day, for the calendar."""

from django.db import migrations, models

from legalcity.lib.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0080_calendar_feeds")]

    operations = [
        AddIndexConcurrently(
            "injunction",
            models.Index(
                condition=models.Q(("hearing_on__isnull", False)), fields=["hearing_on"], name="injunction_by_hearing"
            ),
        ),
    ]
