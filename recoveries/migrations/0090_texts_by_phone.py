"""What a phone answers names no message of ours: the last one that went to it is found by an index."""

from django.db import migrations, models

from legalcity.lib.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0089_counts_in_slots")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                condition=models.Q(("channel", "sms")), fields=["recipient", "sent_at"], name="message_by_phone"
            ),
        ),
    ]
