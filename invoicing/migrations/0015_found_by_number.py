"""Invoices are found by a part of their number, or of the client's own id, among all that there are."""

from django.db import migrations

from legalcity.lib.migrations import search_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("invoicing", "0014_owners_held")]

    operations = search_index("invoice_search", "invoicing_invoice")
