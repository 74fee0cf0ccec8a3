"""The owners of rows of before, in batches."""

from django.db import migrations

from legalcity.lib.owner_migrations import owners_filled


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("invoicing", "0012_owners_added")]

    operations = owners_filled("invoicing", "invoice")
