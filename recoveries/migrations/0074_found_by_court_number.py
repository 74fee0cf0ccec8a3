"""Procedures are found by the number of the court."""

from django.db import migrations

from legalcity.lib.migrations import search_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0073_bulk_sendings")]

    operations = search_index("injunction_search", "recoveries_injunction")
