"""Parties are found by phone in any spelling, and by all that they are found by in no more time than one case is."""

from django.db import migrations

import legalcity.lib.search_columns
from legalcity.lib.migrations import search_index, search_texts_anew

SEARCHED = (
    "company_name",
    "company_legalrep_firstname",
    "company_legalrep_lastname",
    "company_email",
    "company_phone",
    "company_siren",
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("companies", "0005_identity")]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="search_text",
            field=legalcity.lib.search_columns.SearchText(
                *SEARCHED, phones=("company_phone",), blank=True, db_default="", default="", editable=False
            ),
        ),
        search_texts_anew("companies", "Company"),
        *search_index("company_search", "companies_company"),
    ]
