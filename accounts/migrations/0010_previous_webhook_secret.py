"""A renewed webhook secret leaves the old one in force for a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_idempotent_requests")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sealed_previous_auth_secret",
            field=models.TextField(
                blank=True, editable=False, null=True, verbose_name="previous webhook secret (encrypted)"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="previous_auth_secret_until",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="previous webhook secret valid until"
            ),
        ),
    ]
