from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0007_day_of_performance")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="is_disputed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="disputed by the debtor"),
        ),
    ]
