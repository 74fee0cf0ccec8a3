"""Clients' own references of cases; cases are found by them, and by the numbers of their invoices."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

from legalcity.lib.text import searchable

BATCH = 500  # cases
TEXTS = ("recovery_reference", "debtor_name", "debtor_company", "customer_company")


def numbers_added(apps: Any, schema_editor: Any) -> None:
    """Add the numbers of its invoices to what a case is found by, batch by batch."""
    alias = schema_editor.connection.alias
    cases = apps.get_model("recoveries", "Recovery")._base_manager.using(alias)
    invoices = apps.get_model("invoicing", "Invoice")._base_manager.using(alias)
    last = 0
    while batch := list(cases.filter(pk__gt=last).order_by("pk").only("search_text", *TEXTS)[:BATCH]):
        numbers: dict[int, list[str]] = {}
        found = invoices.filter(recovery_id__gt=last, recovery_id__lte=batch[-1].pk).order_by("id")
        for case_id, number in found.values_list("recovery_id", "invoice_number"):
            numbers.setdefault(case_id, []).append(number)
        last = batch[-1].pk
        changed = [case for case in batch if case.pk in numbers]
        for case in changed:
            case.search_text = searchable(*(getattr(case, name) for name in TEXTS), *numbers[case.pk])
        cases.bulk_update(changed, ["search_text"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("invoicing", "0011_search_texts"),
        ("recoveries", "0040_owners_held"),
    ]

    operations = [
        migrations.AddField(
            "recovery",
            "external_id",
            models.CharField(blank=True, max_length=64, null=True, verbose_name="client's reference"),
        ),
        migrations.AddConstraint(
            "recovery",
            models.UniqueConstraint(fields=("owner", "external_id"), name="recovery_external_id_once"),
        ),
        migrations.RunPython(numbers_added, migrations.RunPython.noop),
    ]
