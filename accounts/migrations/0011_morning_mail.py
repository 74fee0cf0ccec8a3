"""Whether a member of staff is told in the morning what waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_previous_webhook_secret"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="morning_mail",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="e-mail in the morning about cases to act on today"
            ),
        ),
    ]
