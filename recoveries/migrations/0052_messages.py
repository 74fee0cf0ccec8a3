"""What goes to debtors is a message, whatever way it goes: the rows keep their ids and words."""

from django.db import migrations

from legalcity.lib.migrations import SqlOf

RENAMED = "ALTER TABLE recoveries_message RENAME CONSTRAINT {0} TO {1}"
KEYS = ("recoveries_sentemail_of_owner", "recoveries_message_of_owner")


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0051_owners_of_creditor_reminders")]

    operations = [
        migrations.RenameModel("SentEmail", "Message"),
        SqlOf("postgresql", RENAMED.format(*KEYS), RENAMED.format(*reversed(KEYS))),
    ]
