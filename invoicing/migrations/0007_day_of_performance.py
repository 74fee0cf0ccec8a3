from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0006_search_texts_folded")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="performed_on",
            field=models.DateField(blank=True, null=True, verbose_name="service performed on"),
        ),
    ]
