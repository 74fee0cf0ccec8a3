from django.db import migrations

from legalcity.lib.migrations import search_texts_folded


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("recoveries", "0012_jobs"),
    ]

    operations = [
        search_texts_folded(
            "recoveries", "Recovery", "recovery_reference", "debtor_name", "debtor_company", "customer_company"
        ),
    ]
