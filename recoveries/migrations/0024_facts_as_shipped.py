"""The facts of the law that the product ships with, and which court fees are still to be confirmed.

What is there already is left alone.
"""

from typing import Any

from django.db import migrations

from recoveries.shipped import shipped_facts

TO_BE_CONFIRMED = "(à confirmer)"  # as migration 0005 says it of the fees whose sources differ


def fill(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing."""
    model = apps.get_model("recoveries", "LegalFact")
    present = set(model.objects.values_list("code", flat=True))
    model.objects.bulk_create(model(**row) for row in shipped_facts() if row["code"] not in present)
    fees = apps.get_model("recoveries", "InjunctionFee").objects
    fees.filter(source__contains=TO_BE_CONFIRMED).update(is_confirmed=False)


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0023_facts_of_the_law")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
