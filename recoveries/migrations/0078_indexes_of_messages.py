"""Messages that go with another, and those that are planned, are found by indexes of their own.

They stood in `0077_messages_of_several_cases`, which held the messages while it built them: where that one has run as
it was, they are made anew here beside those who write.
"""

from django.db import migrations, models

from legalcity.lib.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0077_messages_of_several_cases")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                condition=models.Q(("goes_with__isnull", False)), fields=["goes_with"], name="message_goes_with"
            ),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(condition=models.Q(("state", "planned")), fields=["id"], name="message_planned"),
        ),
    ]
