"""The legal and ECB rates that the product ships with, so that a fresh database can reckon.

What staff entered or corrected is left alone, and so is every other row that is there: `load_rates` brings those up to
date.
"""

from typing import Any

from django.db import migrations

from recoveries.shipped import shipped_rates

SHIPPED = (("legal_rates.csv", "LegalRate", ("valid_from", "creditor")), ("ecb_rates.csv", "EcbRate", ("valid_from",)))


def fill(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing."""
    for name, model_name, keys in SHIPPED:
        model = apps.get_model("recoveries", model_name)
        present = set(model.objects.values_list(*keys))
        missing = [row for row in shipped_rates(name) if tuple(row[key] for key in keys) not in present]
        model.objects.bulk_create(model(**row, by_hand=False) for row in missing)


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0021_imports_are_jobs")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
