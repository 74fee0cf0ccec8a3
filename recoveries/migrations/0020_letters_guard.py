from django.db import migrations, models

STATES = [("queued", "queued"), ("sent", "sent"), ("failed", "failed"), ("cancelled", "cancelled")]


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0019_payments_go_along")]

    operations = [
        migrations.AddField(
            "sentemail",
            "total",
            models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="total due, EUR"),
        ),
        migrations.AlterField(
            "sentemail",
            "state",
            models.CharField(choices=STATES, default="queued", max_length=9, verbose_name="state"),
        ),
        migrations.AlterField(
            "sentemail", "error", models.CharField(blank=True, max_length=1000, verbose_name="error")
        ),
    ]
