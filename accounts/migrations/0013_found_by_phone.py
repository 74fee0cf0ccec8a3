"""Clients are found by phone in any spelling."""

from django.db import migrations

import legalcity.lib.search_columns
from legalcity.lib.migrations import search_index, search_texts_anew


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0012_scopes_of_api_keys")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="search_text",
            field=legalcity.lib.search_columns.SearchText(
                *("email", "first_name", "last_name", "entreprise", "siren"),
                phones=("phone",),
                blank=True,
                db_default="",
                default="",
                editable=False,
            ),
        ),
        search_texts_anew("accounts", "User"),
        *search_index("user_search", "accounts_user"),
    ]
