"""Linked rows are found by their number."""

from django.db import migrations, models

from legalcity.lib.online_migrations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("companies", "0007_links")]

    operations = [
        AddIndexConcurrently(
            model_name="company",
            index=models.Index(
                condition=models.Q(("linked_as__isnull", False)), fields=["linked_as"], name="company_by_link"
            ),
        ),
    ]
