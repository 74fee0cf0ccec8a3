from django.db import migrations

from legalcity.lib.migrations import search_texts_folded


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("invoicing", "0005_jobs"),
    ]

    operations = [
        search_texts_folded("invoicing", "ProtectedInvoice", "invoice_number", "description"),
    ]
