"""No invoice without the owner of its case; one key and one index less, which others do the work of."""

from django.db import migrations, models

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_held


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0013_owners_filled")]

    operations = [
        *owners_held("invoice"),
        key_of_case_dropped("invoicing_invoice"),
        migrations.AlterField(
            "invoice",
            "recovery",
            models.ForeignKey(
                db_index=False,
                on_delete=models.deletion.CASCADE,
                related_name="invoices",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
    ]
