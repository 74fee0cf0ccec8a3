"""Follow-ups are held to the owner of their case, as whatever belongs to one."""

from django.db import migrations

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0063_follow_ups")]

    operations = [
        *owners_filled("recoveries", "followup"),
        key_of_case_dropped("recoveries_followup"),
    ]
