"""Tasks are held to the owner of their case, as whatever belongs to one; those of the firm have neither."""

from django.db import migrations

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0061_staff_tasks")]

    operations = [
        *owners_filled("recoveries", "stafftask"),
        key_of_case_dropped("recoveries_stafftask"),
    ]
