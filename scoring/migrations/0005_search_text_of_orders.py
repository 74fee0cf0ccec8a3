"""What things are found by, folded: by case and accents, as cases are."""

from django.db import migrations

from legalcity.lib.migrations import search_texts_added


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("scoring", "0004_jobs")]

    operations = [
        *search_texts_added("scoring", "ScoringOrder", "order_id", "company_name", "company_siren"),
    ]
