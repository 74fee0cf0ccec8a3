from django.db import migrations

import legalcity.lib.search_columns
from legalcity.lib.migrations import search_texts_folded

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

    dependencies = [
        ("companies", "0002_party_references"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="search_text",
            field=legalcity.lib.search_columns.SearchText(
                *SEARCHED, blank=True, db_default="", default="", editable=False
            ),
        ),
        search_texts_folded("companies", "Company", *SEARCHED),
    ]
