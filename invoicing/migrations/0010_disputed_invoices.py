from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0009_vat_rows")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="is_disputed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="disputed by the debtor"),
        ),
    ]
