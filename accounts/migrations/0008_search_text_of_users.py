"""What things are found by, folded: by case and accents, as cases are."""

from django.db import migrations

from legalcity.lib.migrations import search_texts_added


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0007_second_factors_sealed")]

    operations = [
        *search_texts_added("accounts", "User", "email", "first_name", "last_name", "entreprise", "siren"),
    ]
