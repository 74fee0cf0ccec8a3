"""What things are found by, folded: by case and accents, as cases are."""

from django.db import migrations

from legalcity.lib.migrations import search_texts_added


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0006_documents_fetched_once")]

    operations = [
        *search_texts_added("documents", "Document", "name"),
        *search_texts_added("documents", "StoredFile", "filename"),
        *search_texts_added("documents", "SignatureRequest", "signer_name", "signer_email"),
    ]
