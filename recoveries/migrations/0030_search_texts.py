"""What things are found by, folded: by case and accents, as cases are."""

from django.db import migrations

from legalcity.lib.migrations import search_texts_added


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0029_formal_notices")]

    operations = [
        *search_texts_added("recoveries", "Injunction", "file_number", "court_name"),
        *search_texts_added("recoveries", "CaseImport", "file_name"),
    ]
