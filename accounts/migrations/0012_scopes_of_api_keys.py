"""API keys have a name, and may be narrowed: an end, reads only, addresses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_morning_mail")]

    operations = [
        migrations.AddField(
            "apikey",
            "name",
            models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="name"),
        ),
        migrations.AddField(
            "apikey", "expires_at", models.DateTimeField(blank=True, null=True, verbose_name="in force until")
        ),
        migrations.AddField(
            "apikey",
            "is_read_only",
            models.BooleanField(db_default=False, default=False, verbose_name="reads only"),
        ),
        migrations.AddField(
            "apikey",
            "addresses",
            models.TextField(blank=True, db_default="", default="", verbose_name="from these addresses only"),
        ),
    ]
