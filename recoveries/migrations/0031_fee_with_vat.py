from decimal import Decimal
from typing import Any

from django.db import migrations, models


def as_invoiced(apps: Any, schema_editor: Any) -> None:
    """Fees that were invoiced ask from now on what their invoice asks."""
    charges = apps.get_model("invoicing", "Charge").objects.filter(invoice_entity_type="recovery")
    injunctions = apps.get_model("recoveries", "Injunction").objects
    for charge in charges.exclude(invoice=None).select_related("invoice").iterator(chunk_size=500):
        if charge.invoice_entity_id.isdigit():
            rows = injunctions.filter(recovery_id=int(charge.invoice_entity_id))
            rows.update(handling_vat=charge.invoice.total_vat)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0011_search_texts"), ("recoveries", "0030_search_texts")]

    operations = [
        migrations.AddField(
            "injunction",
            "handling_vat",
            models.DecimalField(
                db_default=Decimal(0),
                decimal_places=2,
                default=0,
                max_digits=8,
                verbose_name="VAT of the handling fee, EUR",
            ),
        ),
        migrations.RunPython(as_invoiced, migrations.RunPython.noop, elidable=True),
    ]
