"""What goes to debtors is a message, whatever way it goes: the rows keep their ids and words."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0051_owners_of_creditor_reminders")]

    operations = [migrations.RenameModel("SentEmail", "Message")]
