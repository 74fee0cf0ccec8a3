"""What things are found by, folded: by case and accents, as cases are."""

from django.db import migrations

from legalcity.lib.migrations import search_texts_added


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("invoicing", "0010_disputed_invoices")]

    operations = [
        *search_texts_added("invoicing", "Invoice", "invoice_number", "api_invoice_id"),
        *search_texts_added("invoicing", "BillingClient", "name", "company_registration_number", "contact_email"),
        *search_texts_added("invoicing", "BillingAddress", "line1", "postal_code", "city"),
    ]
