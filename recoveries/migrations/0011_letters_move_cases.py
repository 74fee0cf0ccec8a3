from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0010_emails_to_debtors")]

    operations = [
        migrations.AddField(
            model_name="sentemail",
            name="moves_case",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="moves the case when it has been sent"
            ),
        ),
    ]
