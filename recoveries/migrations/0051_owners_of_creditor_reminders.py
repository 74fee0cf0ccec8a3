"""Reminders of creditors are held to the owner of their case, as whatever belongs to one."""

from django.db import migrations

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0050_creditor_reminders")]

    operations = [
        *owners_filled("recoveries", "creditorreminder"),
        key_of_case_dropped("recoveries_creditorreminder"),
    ]
